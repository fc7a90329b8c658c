"""A week of the test district with something of everything in it, ending on a fixed moment."""

from django.db import connection

from dispatch import answering, calling, escalation, handling, outbox, reporting, triage
from dispatch.models import Node
from matters.models import Receipt
from organization.actors import Actor
from tests import town as small
from tests.dispatch.walking import climb, lead, walk
from tests.town import at

END = at("2026-06-26 18:00")
OUTAGE = at("2026-06-17 08:00"), at("2026-06-18 15:00")


class Busy:
    """`matters` by name; `set_clock()` makes the database's business time END."""

    def __init__(self):
        self.town = town = small.build()
        self.matters = {
            "rated": town.report("ZZ07"),
            "late": town.report("ZZ01"),
            "secret": town.report("ZZ18"),
            "about": town.report("ZF11", about=town.enforcement),
            "sent back": town.report("JG01"),
            "spot": town.report("ZZ07", handled_text="当场劝导移走"),
            "declined": town.report(None, text="法院判了还要再查的事情"),
            "emergency": town.report("ZZ13", at=at("2026-06-26 14:00")),
            "unhappy": town.report("ZF11"),
            "corrected": town.report("ZZ01"),
            "unanswered": town.report("ZF11"),
        }
        self.client = Actor.of_client(town.client()[0])
        self.matters["foreign"], _ = reporting.report(
            town.new("ZZ01", external_id="A-1"), by=self.client, at=small.NOW
        )
        self._live()
        self._acknowledge()
        while outbox.relay(at=END):
            pass
        Receipt.objects.create(
            sender="client:1", key="k-1", fingerprint="f", matter=self.matters["foreign"], status_code=201,
            body={"number": self.matters["foreign"].number}, created_at=small.NOW,
        )  # fmt: skip

    def _live(self):
        town, by = self.town, self.town.actor
        self._work("rated", "village_head", grade=5)
        self._work("unhappy", "town_handler", grade=1)
        self._work("unanswered", "town_handler", grade=None)
        soon = at("2026-06-15 10:30")
        handling.send_back(
            lead(self.matters["sent back"]).pk,
            reason="not_ours",
            text="不归我们",
            by=by("market_handler"),
            at=soon,
        )
        triage.decline(
            self.matters["declined"].pk, reason="court", text="请向法院申请再审", by=by("desk"), at=soon
        )
        triage.correct(
            self.matters["corrected"].pk, text="是充电，不是纠纷", category=town.categories["ZZ07"],
            by=by("desk"), at=soon,
        )  # fmt: skip
        walk(OUTAGE[0])
        escalation.sweep(at=OUTAGE[1])
        walk(at("2026-06-26 15:00"))
        late = self.node("emergency", part="assisting", status="open")
        calling.acknowledge(late.pk, phone="14100002010", by=by("district_desk"), at=at("2026-06-26 15:00"))
        walk(END)

    def _work(self, name, who, *, grade):
        """Signed, handed in, verified, and rated by whoever reported unless nobody answers."""
        matter, town = self.matters[name], self.town
        by = town.actor(who)
        node = lead(matter)
        for part in matter.nodes.filter(part="assisting"):
            handling.hand_in(
                part.pk, text="已配合", by=town.actor("rescue_handler"), at=at("2026-06-15 09:20")
            )
        handling.sign(node.pk, by=by, at=at("2026-06-15 09:30"))
        handling.progress(node.pk, text="正在处理", by=by, at=at("2026-06-15 09:40"))
        handling.hand_in(node.pk, text="已经处理完毕", by=by, at=at("2026-06-15 10:00"))
        verify = lead(matter)
        person = verify.assignee or town.village_head
        answering.verify(matter.pk, solved=True, by=town.actor(person), at=at("2026-06-15 10:10"))
        if grade:
            solved = "yes" if grade > 2 else "no"
            reporter = Actor.reporter()
            answering.rate(matter.pk, solved=solved, grade=grade, by=reporter, at=at("2026-06-15 10:20"))

    def _acknowledge(self):
        for matter in self.matters.values():
            matter.refresh_from_db()

    def node(self, name, **facts):
        return Node.objects.filter(matter=self.matters[name], **facts).order_by("pk").first()


def set_clock(moment=END):
    """Business time is `moment` for every statement of this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO organization_clockoffset (id, ahead) VALUES (1, %s - now())"
            " ON CONFLICT (id) DO UPDATE SET ahead = excluded.ahead",
            [moment],
        )


__all__ = ["END", "Busy", "climb", "set_clock"]
