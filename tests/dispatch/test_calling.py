"""An emergency calls people until one of them answers."""

import datetime as dt
from contextlib import nullcontext

import pytest
from django.db import IntegrityError, transaction

from dispatch import calling, escalation, handling, limits, rings, triage
from dispatch.models import Node, Notice, Outbox, Rung
from matters.refusals import Invalid, NotAllowed, Refused
from tests.dispatch.walking import kinds, lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

NIGHT = at("2026-10-01 02:00")


def after(minutes):
    return NIGHT + dt.timedelta(minutes=minutes)


@pytest.fixture
def matter(town):
    return town.report("ZZ13", at=NIGHT)


@pytest.fixture
def node(matter):
    return lead(matter)


def rung_after(node):
    """Minutes after which the node rang."""
    found = node.rungs.filter(action="ring").order_by("number")
    return [(rung.fired_at - NIGHT).total_seconds() / 60 for rung in found]


def roles_called(node):
    return [
        sorted({told["role"] for told in rung.tells})
        for rung in node.rungs.filter(action="ring").order_by("number")
    ]


def test_it_rings_at_once_then_every_three_minutes_and_at_the_moments_that_widen_the_circle(node):
    walk(after(24))
    assert rung_after(node) == [0, 3, 6, 9, 10, 13, 16, 19, 20, 23]


def test_after_ten_minutes_the_next_level_is_called_and_after_twenty_the_districts_leader(node):
    walk(after(20))
    called = roles_called(node)
    assert called[:4] == [["duty"]] * 4
    assert called[4:8] == [["duty", "duty_above"]] * 4
    assert called[8] == ["duty", "duty_above", "duty_leader"]


def test_every_call_is_a_rung_with_a_number_and_the_timeline_tells_only_of_more_people(matter, node):
    walk(after(24))
    assert list(node.rungs.order_by("number").values_list("number", flat=True)) == list(
        range(1, node.rungs.count() + 1)
    )
    told = [
        entry for entry in matter.entries.of_kind("rang").order_by("seq") if entry.data["node"] == node.pk
    ]
    assert [entry.data["roles"] for entry in told] == [
        ["duty"],
        ["duty", "duty_above"],
        ["duty", "duty_above", "duty_leader"],
    ]
    assert set(Rung.objects.filter(node=node, action="ring").values_list("entry", flat=True)) == {
        entry.pk for entry in told
    }


def test_the_same_call_cannot_be_made_twice(node):
    walk(NIGHT)
    rung = node.rungs.get(action="ring")
    with pytest.raises(IntegrityError, match="action_once"), transaction.atomic():
        Rung.objects.create(
            node=node, number=rung.number + 1, action="ring", turn=rung.turn, planned_at=NIGHT,
            due_at=NIGHT, fired_at=NIGHT, entry=rung.entry,
        )  # fmt: skip


def test_nobody_is_called_twice_at_one_time_for_two_steps_of_one_matter(matter):
    walk(after(20))
    seen = [
        (person, moment)
        for person, moment in Notice.objects.filter(matter=matter, kind="ring").values_list("person", "at")
    ]
    assert len(seen) == len(set(seen))
    assert Rung.objects.filter(node__matter=matter, action="ring", fired_at=after(20)).count() == 2


def test_every_call_leaves_the_house_at_once_and_only_calls_may_use_a_voice(matter, node):
    walk(after(3))
    messages = Outbox.objects.filter(node=node, kind="ring")
    assert set(messages.values_list("send_after", flat=True)) == {NIGHT, after(3)}
    assert set(messages.values_list("medium", flat=True)) == {"voice", "sms"}
    assert not Outbox.objects.filter(matter=matter, medium="voice").exclude(kind="ring").exists()


def test_an_answer_stops_the_calls_and_says_after_how_long(town, matter, node):
    walk(after(4))
    calling.acknowledge(node.pk, by=town.actor("rescue_head"), at=after(5))
    walk(after(40))
    node.refresh_from_db()
    assert rung_after(node) == [0, 3]
    assert (node.acknowledged_at, node.ring_at, node.status) == (after(5), None, "open")
    entry = matter.entries.get(kind="acknowledged")
    assert (entry.actor_name, entry.data["minutes"], entry.why) == (
        town.rescue_head.name,
        5,
        "5 分钟后应答。",
    )
    assert kinds(matter, "sign_missed"), "it must still be signed for"


def test_an_answer_leaves_what_others_have_read_in_force(town, node):
    calling.acknowledge(node.pk, by=town.actor("rescue_head"), at=after(1))
    assert Node.objects.get(pk=node.pk).revision == node.revision


def test_an_answer_may_be_entered_for_another_who_gave_it_by_phone(town, matter, node):
    calling.acknowledge(
        node.pk, on_word_of=town.rescue_handler, phone="14100001234", by=town.actor("desk"), at=after(2)
    )
    entry = matter.entries.get(kind="acknowledged")
    assert entry.actor_name == town.desk.name
    assert entry.data["on_word_of"] == town.rescue_handler.pk
    assert entry.why == f"2 分钟后应答。据{town.rescue_handler.name} 14100001234告知代录。"
    assert "14100001234" not in str(entry.data), "what may have to be erased stays beside the chain"


@pytest.mark.parametrize("step", ["sign", "contact", "progress"])
def test_whoever_works_on_it_has_answered(town, node, step):
    fields = {"sign": {}, "contact": {"reached": True, "how": "phone"}, "progress": {"text": "已到现场"}}[
        step
    ]
    getattr(handling, step)(node.pk, by=town.actor("rescue_handler"), at=after(1), **fields)
    walk(after(14))
    node.refresh_from_db()
    assert (rung_after(node), node.acknowledged_at) == ([], after(1))


def test_accepting_in_the_tray_is_an_answer(town):
    matter = town.report("XX90", at=NIGHT)
    node = lead(matter)
    assert node.kind == "triage"
    walk(after(1))
    triage.accept(matter.pk, by=town.actor("desk"), at=after(2))
    walk(after(9))
    assert rung_after(node) == [0]


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("rescue_handler", True),
        ("desk", True),
        ("town_supervisor", True),
        ("district_head", True),
        ("other_desk", False),
        ("market_handler", False),
        ("grid_member", False),
        ("auditor", False),
    ],
)
def test_who_may_answer(town, node, who, may):
    refusal = nullcontext() if may else pytest.raises(NotAllowed)
    with refusal:
        calling.acknowledge(node.pk, by=town.actor(who), at=after(1))


def test_what_does_not_ring_cannot_be_answered(town, node):
    calling.acknowledge(node.pk, by=town.actor("rescue_head"), at=after(1))
    with pytest.raises(Refused) as refused:
        calling.acknowledge(node.pk, by=town.actor("rescue_head"), at=after(2))
    assert refused.value.code == "not_ringing"


def test_the_word_of_somebody_who_has_left_does_not_count(town, node):
    town.rescue_handler.is_active = False
    with pytest.raises(Invalid):
        calling.acknowledge(node.pk, on_word_of=town.rescue_handler, by=town.actor("desk"), at=after(1))


def test_an_ordinary_or_urgent_matter_never_rings(town):
    for urgency in ("normal", "urgent"):
        assert lead(town.report("ZZ07", urgency=urgency, at=NIGHT)).ring_at is None


def test_after_a_day_without_an_answer_it_calls_hourly(node):
    for waited, distance in [(24 * 60 - 4, 3), (24 * 60, 60), (30 * 60, 60)]:
        assert rings.following(node, limits.timing(after(waited))) == after(waited + distance)


def test_after_an_outage_it_calls_once_and_the_ladder_jumps_beside_it(node):
    woken = after(600)
    while escalation.sweep(at=woken):
        pass
    assert rung_after(node) == [600]
    assert "escalate" in node.rungs.values_list("action", flat=True)


def test_correcting_the_urgency_stops_the_calls(town, matter, node):
    triage.correct(
        matter.pk,
        urgency="normal",
        category=town.categories["ZZ07"],
        text="看错了",
        by=town.actor("desk"),
        at=after(1),
    )
    walk(after(30))
    assert not Rung.objects.filter(node__matter=matter, action="ring", fired_at__gt=after(1)).exists()


@pytest.mark.parametrize("who", ["desk", "district_desk"])
def test_a_dispatcher_who_makes_it_an_emergency_has_it_ring_at_once(town, who):
    matter = town.report("ZZ07", at=NIGHT)
    triage.correct(matter.pk, urgency="emergency", text="人员被困", by=town.actor(who), at=after(5))
    walk(after(5))
    assert lead(matter).rungs.get(action="ring").fired_at == after(5)


def test_a_step_handed_up_calls_the_level_above_anew(matter, node):
    walk(node.escalate_at)
    heir = lead(matter)
    assert heir.level == "district"
    assert (
        heir.rungs.filter(action="ring", fired_at=node.escalate_at).exists()
        or heir.ring_at == node.escalate_at
    )
    kept = matter.nodes.get(department=node.department, status__in=["open", "signed"])
    assert kept.ring_at is None, "its people have had their calls"
