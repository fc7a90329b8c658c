"""Killed at any instruction: fire, relay, report and the verbs leave nothing or everything (C1).

`os._exit` before each statement, after it, before COMMIT and after COMMIT before returning; then one clean pass. The
short form takes a sample of the places, the long form all of them.
"""

import os
import random
import uuid
from datetime import timedelta

import pytest

from dispatch import answering, escalation, handling, limits, outbox, reporting
from dispatch.models import Node, Outbox, Pace, Rung
from matters.models import Matter, Receipt
from organization import clock
from organization.actors import Actor
from tests.dispatch.walking import lead, walk
from tests.proof.crashing import Tape, dies_at, points
from tests.town import NOW, at

pytestmark = pytest.mark.django_db(transaction=True)

LONG = bool(os.environ.get("GOVFLOW_LONG"))
SAMPLE = 2  # places of each piece of work in the short form, beside its last COMMIT


def chosen(steps, seed):
    every = points(steps)
    last = [(len(steps), "before"), (len(steps), "after")]
    return every if LONG else sorted({*random.Random(seed).sample(every, min(SAMPLE, len(every))), *last})


def measured(make):
    """The statements of one clean run, after one that has read what the process then keeps."""
    make()()
    work = make()
    with Tape() as tape:
        work()
    return tape.steps


# --- a rung of each kind ------------------------------------------------------------------------------------------


def until(action):
    """A matter whose lead's next rung is `action`, brought there by the ladder itself."""
    way = {"supervise": "JG06", "urge": "JG06", "lapse": "ZF11"}

    def make(town):
        matter = town.report(way.get(action, "ZZ01"), at=NOW)
        if action == "lapse":
            node = lead(matter)
            handling.hand_in(node.pk, text="已处理", by=town.actor("town_handler"), at=NOW)
            answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=NOW)
        for _ in range(40):
            node = lead(matter)
            if node.next_action == action:
                return node
            assert escalation.ring(node.pk, matter.pk, limits.timing(node.next_alarm_at))
        raise AssertionError(f"{action} never comes next")

    return make


def ring(node):
    return lambda: escalation.ring(node.pk, node.matter_id, limits.timing(node.next_alarm_at))


@pytest.mark.parametrize(
    "action", ["sign_missed", "remind", "warn", "escalate", "supervise", "urge", "lapse"]
)
def test_a_rung_killed_anywhere_fires_once(town, all_holds, action):
    make = until(action)
    steps = measured(lambda: ring(make(town)))
    assert steps[-1] == "COMMIT" and steps.count("COMMIT") == 1, "one rung, one transaction"
    for place, side in chosen(steps, action):
        node = make(town)
        fired, before = Rung.objects.filter(node=node).count(), node.matter.entries.count()
        assert dies_at(ring(node), place, side), (place, side)
        committed = Rung.objects.filter(node=node).count() - fired
        assert committed == int((place, side) == (len(steps), "after")), (
            f"{action} {place} {side}: half an effect"
        )
        assert (node.matter.entries.count() > before) == bool(committed)
        if not committed:
            assert ring(node)()
        assert Rung.objects.filter(node=node).count() == fired + 1
        _one_message_each()
    all_holds()


def _one_message_each():
    keys = list(Outbox.objects.values_list("key", flat=True))
    assert len(keys) == len(set(keys))


# --- sending ------------------------------------------------------------------------------------------------------


def test_a_relay_killed_anywhere_sends_at_least_once_under_one_id(town, all_holds, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    moment = at("2026-06-15 10:00")

    def fresh(folder):
        settings.EMAIL_FILE_PATH = str(folder)
        Outbox.objects.all().delete()
        Pace.objects.all().delete()  # no pause after the message of the place before
        town.report("ZF11", at=NOW)
        Outbox.objects.exclude(pk=Outbox.objects.order_by("pk").first().pk).delete()

    def relay():
        outbox.relay(at=moment)

    def prepared():
        fresh(tmp_path / "measured")
        return relay

    steps = measured(prepared)
    for place, side in chosen(steps, "relay"):
        folder = tmp_path / f"{place}-{side}"
        fresh(folder)
        dies_at(relay, place, side)
        Outbox.objects.update(
            lease_until=clock.real_now() - timedelta(seconds=1)
        )  # the lease of the dead runs out
        relay()
        relay()
        row = Outbox.objects.get()
        ids = _ids(folder)
        assert row.state == "sent", (place, side)
        assert 1 <= len(ids) <= 2 and set(ids) == {f"<{row.message_id}@govflow>"}, (place, side, ids)
    all_holds()


def _ids(folder):
    lines = [line for file in folder.glob("*") for line in file.read_text(encoding="utf-8").splitlines()]
    return [line.partition(":")[2].strip() for line in lines if line.lower().startswith("message-id:")]


# --- reporting ----------------------------------------------------------------------------------------------------


def test_a_report_killed_anywhere_is_there_whole_or_not_at_all_and_once_when_sent_again(town, all_holds):
    client, _key = town.client()
    by = Actor.of_client(client)

    def report(external=""):
        external = external or str(uuid.uuid4())
        new = town.new("ZZ01", channel="hotline", external_id=external)
        return lambda: reporting.report(new, by=by, at=NOW)

    steps = measured(report)
    for place, side in chosen(steps, "report"):
        external = f"{place}-{side}"
        assert dies_at(report(external), place, side)
        stored = Matter.objects.filter(external_id=external).count()
        assert stored == int((place, side) == (len(steps), "after")), (place, side)
        first, _created = report(external)()
        again, created = report(external)()
        assert (again.pk, created) == (first.pk, False)
        assert Node.objects.filter(matter=first, part="lead", status="open").count() == 1
    all_holds()


def test_a_post_killed_anywhere_answers_with_the_same_number_when_sent_again(town, all_holds, client):
    _client, key = town.client()

    def post(name=""):
        name = name or str(uuid.uuid4())
        body = {"text": "三号楼漏水", "channel": "hotline", "area": town.grid.code, "category": "ZZ01"}
        headers = {"Authorization": f"Api-Key {key}", "Idempotency-Key": name}
        return client.post("/api/v1/matters", body, content_type="application/json", headers=headers)

    steps = measured(lambda: post)
    assert steps.count("COMMIT") == 1, "the change and the answer it is remembered by commit together"
    commit = steps.index("COMMIT") + 1
    for place, side in chosen(steps[:commit], "post"):
        name = f"{place}-{side}"
        assert dies_at(lambda name=name: post(name), place, side)
        numbers = {post(name).json()["number"] for _ in range(2)}
        assert len(numbers) == 1 and Receipt.objects.filter(key=name).count() == 1
    assert Matter.objects.count() == Receipt.objects.count(), "no report without its receipt, none twice"
    all_holds()


# --- the verbs ----------------------------------------------------------------------------------------------------


def handing_in(town):
    node = lead(town.report("ZF11", at=NOW))
    return node, lambda: handling.hand_in(node.pk, text="已处理", by=town.actor("town_handler"), at=NOW)


def sending_back(town):
    node = lead(town.report("ZF11", at=NOW))
    by = town.actor("town_handler")
    return node, lambda: handling.send_back(node.pk, reason="not_ours", text="不属于", by=by, at=NOW)


def verifying(town):
    node, hand_in = handing_in(town)
    hand_in()
    by = town.actor("grid_member")
    return node, lambda: answering.verify(node.matter_id, solved=False, text="还在响", by=by, at=NOW)


@pytest.mark.parametrize("verb", [handing_in, sending_back, verifying])
def test_a_verb_killed_anywhere_is_done_or_not_begun(town, all_holds, verb):
    steps = measured(lambda: verb(town)[1])
    for place, side in chosen(steps, verb.__name__):
        node, work = verb(town)
        matter = Matter.objects.get(pk=node.matter_id)
        before = state(matter)
        assert dies_at(work, place, side)
        done = steps[:place].count("COMMIT") if side == "after" else steps[: place - 1].count("COMMIT")
        assert (state(matter) != before) == bool(done), (place, side)
        if not done:
            work()
        assert state(matter) != before
    walk(at("2026-06-16 12:00"))
    all_holds()


def state(matter):
    matter.refresh_from_db()
    nodes = list(matter.nodes.order_by("pk").values_list("pk", "status"))
    return matter.status, matter.entry_count, nodes


def test_the_tape_counts_what_a_child_counts(town):
    """If it did not, the places above would not be the places that are hit."""
    steps = measured(lambda: ring(until("remind")(town)))
    other = until("remind")(town)
    assert dies_at(ring(other), len(steps), "after")
    assert not dies_at(ring(until("remind")(town)), len(steps) + 1, "before")
