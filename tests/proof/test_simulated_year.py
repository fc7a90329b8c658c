"""A simulated year of matters against an oracle written from the rules: every rung at its moment, none too many.

The engine walks from due moment to due moment, as the clock would bring it there; units sign, answer and hand in as
scripted by the seed. The oracle shares no code with it. Differences are printed with the seed that replays them.
"""

import os
import random
from datetime import date, timedelta

import pytest

from dispatch import answering, escalation, handling
from dispatch.models import Node, Responsibility, Rung
from matters.models import Category
from tests.proof.oracle import LEVELS, Days, Habits, Line, Oracle
from tests.town import LISTED, NOTICES, at

pytestmark = pytest.mark.django_db

LONG = bool(os.environ.get("GOVFLOW_LONG"))
FROM, UNTIL = at("2026-01-05 00:00"), at("2026-12-20 00:00")
LIMITS = [
    (1, "WD"),
    (2, "WD"),
    (5, "WD"),
    (7, "WD"),
    (15, "WD"),
    (3, "WH"),
    (6, "WH"),
    (12, "WH"),
    (2, "D"),
    (10, "D"),
]
WORKS = {
    "committee": "village_handler",
    "enforcement": "town_handler",
    "room": "desk",
    "centre": "district_desk",
}


def lines(town):
    """A category and a line for each kind of limit, led by the village and by the town."""
    made = []
    for level, office in (("village", "CWH"), ("town", "ZFDW")):
        for amount, unit in LIMITS:
            for first in (0, 4):
                code = f"P{len(made):02d}"
                category = Category.objects.create(
                    code=code, name=code, platform=town.platforms["ZZ"], major="推演", keywords=[]
                )
                Responsibility.objects.create(
                    code=code, version=1, category=category, area=town.district, list_kind="basic", lead_level=level,
                    lead_office=office, limit_amount=amount, limit_unit=unit,
                    first_response=f"{first}WH" if first else "", effective_from=LISTED,
                    published_at=at("2025-12-20 10:00"),
                )  # fmt: skip
                made.append((category, Line(level, amount, unit, first)))
    return made


def drawn_habits(choice, line):
    """Some never move, some sign, some answer late, some finish; at the latest the district finishes."""
    minutes = lambda: round(choice.expovariate(1 / 2500), 3)  # noqa: E731
    return [
        Habits(
            signs=minutes() if choice.random() < 0.5 else None,
            answers=minutes() if choice.random() < 0.4 else None,
            finishes=choice.uniform(2000, 12000) if level == "district" or choice.random() < 0.3 else None,
        )
        for level in LEVELS[LEVELS.index(line.level) :]
    ]


class PlainWeek(Days):
    """Knows no notice: an oracle that must be wrong."""

    def __init__(self, _file):
        self.off, self.work = set(), set()


class Year:
    """The engine's side: what people do when, between what rings."""

    def __init__(self, town):
        self.town = town
        self.plans = []  # (moment, node, verb)
        self.known = {}

    def report(self, category, when, habits):
        matter = self.town.report(category, at=when)
        self.known[matter.pk] = (set(), habits)
        self.plan(matter)
        return matter

    def plan(self, matter):
        seen, habits = self.known[matter.pk]
        lead = (
            matter.nodes.filter(part="lead", kind="handle")
            .select_related("department")
            .order_by("-pk")
            .first()
        )
        if lead.pk in seen or len(seen) >= len(habits):
            return
        does = habits[len(seen)]
        seen.add(lead.pk)
        for verb, minutes in (("sign", does.signs), ("contact", does.answers), ("hand_in", does.finishes)):
            if minutes is not None:
                self.plans.append((lead.opened_at + timedelta(minutes=minutes), lead.pk, verb))

    def act(self, moment, node_pk, verb):
        node = Node.objects.select_related("department", "matter").get(pk=node_pk)
        if not node.is_running or (verb == "sign" and node.status == "signed"):
            return
        unit = next(name for name in WORKS if getattr(self.town, name).pk == node.department_id)
        facts = {"contact": {"reached": True, "how": "phone"}, "hand_in": {"text": "已处理"}}.get(verb, {})
        getattr(handling, verb)(node_pk, by=self.town.actor(WORKS[unit], at=moment), at=moment, **facts)
        if verb == "hand_in":  # what follows is not foretold here, and ends by itself
            answering.verify(
                node.matter_id, solved=True, by=self.town.actor("grid_member", at=moment), at=moment
            )

    def walk(self, until):
        while True:
            alarm = (
                Node.objects.alarm_due(until)
                .order_by("next_alarm_at")
                .values_list("next_alarm_at", flat=True)
                .first()
            )
            self.plans.sort()
            if self.plans and self.plans[0][0] <= until and (alarm is None or self.plans[0][0] < alarm):
                self.act(*self.plans.pop(0))
                continue
            if alarm is None:
                return
            before = Rung.objects.filter(action="escalate").count()
            assert escalation.sweep(at=alarm), "what is due rings"
            if Rung.objects.filter(action="escalate").count() > before:
                for rung in Rung.objects.filter(action="escalate", fired_at=alarm).select_related(
                    "node__matter"
                ):
                    if rung.node.kind == "handle":
                        self.plan(rung.node.matter)


def rung_by_engine(matter):
    rungs = Rung.objects.filter(node__matter=matter, node__kind="handle").select_related("node")
    return {(each.fired_at, each.node.level, each.node.part, each.action) for each in rungs}


def near(found):
    """To the second: the two sides may round a microsecond differently."""
    return {((moment + timedelta(seconds=0.5)).replace(microsecond=0), *rest) for moment, *rest in found}


@pytest.mark.parametrize("seed", range(20) if LONG else [1])
def test_a_year_rings_as_the_rules_say(town, all_holds, seed):
    choice, year = random.Random(seed), Year(town)
    oracle = Oracle(Days(NOTICES), UNTIL)
    kinds, expected = lines(town), {}
    count, first, days = (100, FROM, 300) if LONG else (8, at("2026-09-25 00:00"), 14)
    reports = sorted(first + timedelta(seconds=choice.randrange(days * 86400)) for _ in range(count))
    for when in reports:
        year.walk(when)
        category, line = choice.choice(kinds)
        habits = drawn_habits(choice, line)
        matter = year.report(category, when, habits)
        expected[matter] = (line, when, habits)
    year.walk(UNTIL)
    without_holidays = Oracle(PlainWeek(NOTICES), UNTIL)
    rang = unlike = 0
    for matter, (line, when, habits) in expected.items():
        wanted, got = near(oracle.rungs(line, when, habits)), near(rung_by_engine(matter))
        told = f"seed {seed}, {matter.number}: {line}, reported {when}, {habits}"
        assert sorted(got - wanted) == sorted(wanted - got) == [], told
        rang += len(got)
        unlike += got != near(without_holidays.rungs(line, when, habits))
    assert rang > 5 * count and unlike, "a comparison that could not fail would be none"
    all_holds()


def test_the_year_has_the_holidays_in_it():
    days = Days(NOTICES)
    assert not days.is_worked(date(2026, 10, 1)) and sum(day.year == 2026 for day in days.work) >= 3
    assert days.after(at("2026-09-30 10:00"), 1, "WD") == at("2026-10-08 17:30")
