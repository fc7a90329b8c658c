"""One matter's story while it is told: the moment it has reached and the verbs its people use."""

from datetime import timedelta

from django.db import connection

from demo.seeding import facts
from dispatch import answering, handling, reporting, triage
from dispatch.choices import NodeStatus
from dispatch.models import Node
from dispatch.reporting import NewMatter, Point
from dispatch.responsibility import Units, forbids, lines_for
from matters.choices import Part
from organization.actors import Actor
from organization.calendar import plus_working_minutes
from organization.choices import Role

HONORIFICS = ("先生", "女士")


class Story:
    """`at` is set by the teller before each step. Every change is made by a verb, as its people would make it."""

    def __init__(self, plan, number, rng, world):
        self.plan, self.number, self.rng, self.world = plan, number, rng, world
        self.cast, self.at = world.cast, plan.at
        self.matter = None
        self.caller = self.rng.choice(facts.texts()["surnames"]) + self.rng.choice(HONORIFICS)

    # --- time

    def wait(self, minutes):
        """The moment so many minutes on: office minutes, except in an emergency."""
        if self.plan.is_emergency:
            return self.at + timedelta(minutes=minutes)
        return plus_working_minutes(self.world.calendar, self.at, minutes)

    def share(self, least, most):
        """The moment a share of the planned handling time on."""
        return self.wait(self.plan.minutes * self.rng.uniform(least, most))

    def hours(self, least, most):
        """Hours of day and night on: residents keep no office hours."""
        return self.at + timedelta(hours=self.rng.uniform(least, most))

    def chance(self, share):
        return self.rng.random() < share

    def say(self, about):
        return self.rng.choice(facts.texts()["answers"][about])

    # --- where it stands

    def nodes(self):
        found = Node.objects.filter(matter=self.matter).running().order_by("pk")
        return sorted(found, key=lambda node: node.part != Part.LEAD)

    def lead(self):
        return self.nodes()[0]

    def still_runs(self, node):
        return Node.objects.filter(pk=node.pk).running().exists()

    # --- verbs

    def report(self, handled=""):
        plan = self.plan
        spot = plan.area.ring and plan.channel in ("grid", "mini", "hotline") and self.chance(0.8)
        new = NewMatter(
            channel=self.world.channels[plan.channel],
            text=plan.text,
            category=plan.category if plan.is_named else None,
            area=None if spot or plan.area.parent is None else plan.area,
            point=self._point() if spot else None,
            address=plan.area.name,
            occurred_at=self.at - timedelta(minutes=self.rng.randrange(5, 600)) if self.chance(0.3) else None,
            external_id=f"HL{self.at:%Y%m%d}{self.number:04d}" if plan.channel == "hotline" else None,
            handled_text=handled,
            **self._reporter(),
        )
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('matter_serial', %s, false)", [self.number])
        self.matter, _ = reporting.report(new, by=self._sender(), at=self.at)

    def triage(self, decline=False):
        """The desk's decision on what lies in its tray."""
        desk = self.cast.worker(self.lead())
        if decline:
            reason = self.rng.choice(["not_government", "court"])
            triage.decline(self.matter.pk, reason=reason, text=self.say("decline"), by=desk, at=self.at)
            return
        unit, assisting, line = self._units()
        triage.dispatch(
            self.matter.pk, department=unit, assisting=assisting, category=line.category,
            text="请按职责办理。", by=desk, at=self.at,
        )  # fmt: skip

    def correct_place(self, area):
        by = self.cast.worker(self.lead())
        triage.correct(self.matter.pk, text="已联系反映人，核实地点。", area=area, by=by, at=self.at)

    def accept(self):
        triage.accept(self.matter.pk, by=self.cast.worker(self.lead()), at=self.at)

    def on(self, verb, node, **fields):
        """A verb of the unit on its own node."""
        getattr(handling, verb)(node.pk, by=self.cast.worker(node), at=self.at, **fields)

    def verify(self, solved):
        text = self.say("verify_yes" if solved else "verify_no")
        by = self.cast.worker(self.lead())
        answering.verify(self.matter.pk, solved=solved, text=text, by=by, at=self.at)

    def rate(self, solved, grade):
        text = facts.texts()["answers"]["rate"][min(5 - grade, 4)] if self.chance(0.6) else ""
        by = Actor.reporter(self.caller)
        answering.rate(self.matter.pk, solved=solved, grade=grade, text=text, by=by, at=self.at)

    def reopen(self):
        by = self.cast.worker(self.lead())
        answering.reopen(self.matter.pk, text=self.say("reopen"), by=by, at=self.at)

    def comment(self):
        by = self.cast.at(self.plan.area, Role.SUPERVISOR)
        answering.comment(self.matter.pk, text=self.say("comment"), by=by, at=self.at)

    # --- how it was reported

    def _point(self):
        area, rng = self.plan.area, self.rng
        lon = area.west + (area.east - area.west) * rng.uniform(0.1, 0.9)
        lat = area.south + (area.north - area.south) * rng.uniform(0.1, 0.9)
        return Point(round(lon, 6), round(lat, 6), "cgcs2000", float(rng.choice([8, 15, 30, 60])))

    def _reporter(self):
        if self.plan.channel in ("grid", "patrol", "video", "leader"):
            return {}
        return {"reporter_name": self.caller, "reporter_phone": f"141000{self.rng.randrange(10**5):05d}"}

    def _sender(self):
        channel, area = self.plan.channel, self.plan.area
        if channel == "hotline":
            return self.cast.hotline
        if channel == "mini":
            return Actor.reporter(self.caller)
        member = self.cast.at(area, Role.GRID_MEMBER) if channel == "grid" else None
        return member or self.cast.at(area, Role.DISPATCHER)

    def _units(self):
        """Whom a dispatcher would choose: the units of the line; for a lead missing or refused another office."""
        line = lines_for(self.plan.category, self.matter.area, at=self.at)[0]
        units = Units(self.matter.area, [line], at=self.at)
        lead, refused = units.lead(line), self._sent_back()
        if lead is None or lead.pk == refused or forbids(line, lead):
            lead = self.world.elsewhere(self.matter.area, refused)
        return lead, units.assisting(line)[0], line

    def _sent_back(self):
        nodes = Node.objects.filter(matter=self.matter, status=NodeStatus.SENT_BACK, part=Part.LEAD)
        return nodes.order_by("-pk").values_list("department", flat=True).first()
