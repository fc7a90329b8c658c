"""The promise to the reporter has reminders of its own, each once, whoever leads; stages on the way have theirs.

June 2026: the 15th is a Monday; the 19th to the 21st are days off. Office hours 08:30-12:00 and 13:30-17:30.
"""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from dispatch import answering, escalation, handling, limits, recount, staged
from dispatch.clocks import PromiseRing
from dispatch.models import Node, Notice, Rung
from matters import lifecycle
from matters.models import Matter
from matters.refusals import Invalid
from tests.dispatch.test_recount import publish
from tests.dispatch.walking import kinds, lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

PLAN = [
    {"name": "责令停工", "limit": "4WH"},
    {"name": "立案查处", "limit": "7WD"},
    {"name": "整改拆除", "limit": "20WD"},
]


def rung(matter, action):
    return [
        (each.fired_at, each.node.department)
        for each in Rung.objects.filter(node__matter=matter, action=action).order_by("fired_at")
    ]


def test_whoever_leads_is_told_at_four_fifths_of_the_promise_and_when_it_is_missed(town):
    matter = town.report("ZZ01", reply_by=at("2026-06-25 17:30"))
    walk(at("2026-06-25 18:00"))
    (near,), (missed,) = rung(matter, "promise_near"), rung(matter, "promise_missed")
    assert near[0] == at("2026-06-24 11:36"), "2856 of 3570 working minutes"
    assert missed == (at("2026-06-25 17:30"), town.room), "the town leads since the village was late"
    told = Notice.objects.filter(matter=matter, kind="promise_missed").values_list("person", flat=True)
    assert {town.desk.pk, town.district_desk.pk, town.district_supervisor.pk} <= set(told)
    assert "06-25 17:30" in matter.entries.get(kind="promise_missed").why


def test_each_rings_once_across_hand_ups_returns_and_rounds(town):
    matter = town.report("ZZ01", reply_by=at("2026-06-17 17:30"))
    walk(at("2026-06-18 09:00"))
    handling.hand_in(
        matter.nodes.get(department=town.police, status="open").pk,
        text="已配合", by=town.actor("police_handler"), at=at("2026-06-18 09:00"),
    )  # fmt: skip
    handling.hand_in(lead(matter).pk, text="已调解", by=town.actor("village_head"), at=at("2026-06-18 09:10"))
    answering.verify(
        matter.pk, solved=False, text="还在漏水", by=town.actor("grid_member"), at=at("2026-06-18 10:00")
    )
    walk(at("2026-07-31 18:00"))
    assert len(rung(matter, "promise_near")) == len(rung(matter, "promise_missed")) == 1
    assert {node.promise_due_at for node in matter.nodes.filter(opened_at__gt=at("2026-06-18 09:30"))} == {
        None
    }


def test_a_promise_that_moved_is_another_promise(town):
    matter = town.report("ZZ01")
    first = lead(matter).promise_near_at
    walk(first)
    node = Node.objects.filter(matter=matter, part="lead").running().get()
    publish(off=["2026-07-01"], when="2026-06-30 09:00")
    recount.by_calendar(lifecycle.lock(matter.pk), limits.timing(first))
    matter.refresh_from_db()
    assert lead(matter).promise_near_at > first and node.promise_near_at is None
    walk(matter.promise_at)
    assert len(rung(matter, "promise_near")) == 2
    assert PromiseRing.objects.filter(matter=matter, action="promise_near").count() == 2


def test_a_promise_already_broken_when_a_unit_first_has_it_is_said_at_once(town):
    matter = town.report("ZZ01", reply_by=at("2026-06-15 08:00"))
    node = lead(matter)
    assert (node.promise_near_at, node.promise_due_at, node.next_action) == (None, town.now, "promise_missed")
    walk(town.now)
    assert kinds(matter, "promise_near", "promise_missed") == ["promise_missed"]


def test_handing_in_stops_the_promises_reminders(town):
    matter = town.report("ZZ07", reply_by=at("2026-06-16 17:30"))
    for who, part in (("rescue_handler", "assisting"), ("village_head", "lead")):
        node = matter.nodes.get(part=part, status="open")
        handling.hand_in(node.pk, text="已处理", by=town.actor(who), at=at("2026-06-15 10:00"))
    walk(at("2026-06-16 18:00"))
    assert kinds(matter, "promise_near", "promise_missed") == []


def test_the_second_ring_of_one_promise_cannot_commit(town):
    matter = town.report("ZZ01")
    ring = {"matter": matter, "action": "promise_near", "promise_at": matter.promise_at, "at": town.now}
    PromiseRing.objects.create(**ring)
    with pytest.raises(IntegrityError, match="a_promise_rings_once"), transaction.atomic():
        PromiseRing.objects.create(**ring)


def test_an_emergency_that_woke_up_late_jumps_its_ladder_and_still_says_the_promise(town):
    matter = town.report("ZZ13")
    while escalation.sweep(at=at("2026-06-17 12:00")):
        pass
    assert kinds(matter, "promise_missed") == ["promise_missed"]


@pytest.fixture
def building(town):
    """An illegal building: stop within 4 working hours, file within 7 working days, demolish within 20."""
    line = town.lines["ZF01"]
    line.stages = PLAN
    line.save()
    return town.report("ZF01")


def stages(matter):
    return {stage["name"]: stage for stage in lead(matter).stages}


def test_each_stage_has_its_moment_on_the_leads_step(town, building):
    due = {name: stage["due_at"][:16] for name, stage in stages(building).items()}
    assert due == {
        "责令停工": "2026-06-15T14:30", "立案查处": "2026-06-25T17:30", "整改拆除": lead(building).due_at.astimezone(
            at("2026-06-15 09:00").tzinfo).isoformat()[:16],
    }  # fmt: skip
    assert not building.nodes.get(part="assisting").stages


def test_a_stage_is_reminded_and_missed_once_and_the_last_is_the_steps_own(town, building):
    walk(at("2026-06-30 18:00"))
    said = [(entry.kind, entry.data["stage"]) for entry in building.entries.filter(kind__startswith="stage_")]
    assert sorted(said) == sorted([
        ("stage_near", "责令停工"), ("stage_missed", "责令停工"),
        ("stage_near", "立案查处"), ("stage_missed", "立案查处"),
    ])  # fmt: skip
    assert stages(building)["责令停工"]["missed_at"]
    assert not stages(building)["整改拆除"]["missed_at"]


def test_progress_that_names_a_stage_ends_it(town, building):
    node = lead(building)
    by, when = town.actor("town_handler"), at("2026-06-15 10:00")
    handling.progress(node.pk, text="已下达停工通知", stage="责令停工", by=by, at=when)
    walk(at("2026-06-16 18:00"))
    assert stages(building)["责令停工"]["done_at"]
    assert kinds(building, "stage_near", "stage_missed") == []
    assert building.entries.get(kind="progressed").data["stage"] == "责令停工"
    with pytest.raises(Invalid):
        handling.progress(node.pk, text="再次", stage="责令停工", by=by, at=when)


def test_what_was_done_before_a_hand_up_is_not_asked_again(town, building):
    handling.progress(
        lead(building).pk,
        text="已停工",
        stage="责令停工",
        by=town.actor("town_handler"),
        at=at("2026-06-15 10:00"),
    )
    node = lead(building)
    walk(node.escalate_at)
    heir = lead(building)
    assert heir.pk != node.pk
    found = {stage["name"]: bool(stage["done_at"]) for stage in heir.stages}
    assert found == {"责令停工": True, "立案查处": False, "整改拆除": False}


def test_a_new_day_off_moves_a_stage_too(town, building):
    publish(off=["2026-06-17"])
    recount.by_calendar(lifecycle.lock(building.pk), limits.timing(at("2026-06-15 12:00")))
    assert stages(building)["立案查处"]["due_at"].startswith("2026-06-26T17:30")
    assert lead(building).stage_due_at == at("2026-06-15 14:30")


@pytest.mark.parametrize(
    "plan",
    [
        "4WH",
        [{"name": "停工"}],
        [{"name": "停工", "limit": "四小时"}],
        [PLAN[0], PLAN[0]],
        [{**PLAN[0], "x": 1}],
    ],
)
def test_a_plan_that_cannot_be_read_is_refused(plan):
    with pytest.raises(ValidationError):
        staged.check(plan)
    staged.check(PLAN)


def test_handing_in_ends_every_stage(town, building):
    for part, who in (("assisting", None), ("lead", "town_handler")):
        node = building.nodes.get(part=part, status="open")
        if who is None:
            Node.objects.filter(pk=node.pk).update(required=False)
            continue
        handling.hand_in(node.pk, text="已拆除", by=town.actor(who), at=at("2026-06-15 11:00"))
    node = building.nodes.get(part="lead", kind="handle")
    assert all(stage["done_at"] for stage in node.stages)
    assert Matter.objects.get(pk=building.pk).status == "verifying"
