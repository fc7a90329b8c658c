"""What happens as time passes, at the moments the rules say."""

import pytest

from dispatch import escalation, handling, messages
from dispatch.models import Escalation, Node, Notice, Rung
from matters import timeline
from tests.dispatch.walking import kinds, lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db


def test_a_report_lands_at_the_unit_the_list_names_with_the_reason(town):
    matter = town.report("ZZ07")

    node = lead(matter)
    assert (node.department, node.kind, node.status) == (town.committee, "handle", "open")
    assert node.due_at == at("2026-06-16 17:30")
    assert matter.level == "village"
    routing = matter.routings.get()
    assert (routing.line.code, routing.line.version, routing.matched["place"]["code"]) == (
        "ZZ07",
        1,
        town.grid.code,
    )
    assert routing.runner_up["department"] == town.rescue.name
    assert Notice.objects.filter(person=town.village_head, matter=matter, kind="opened").count() == 1


def test_every_unit_the_line_names_has_its_own_node_and_clock_at_once(town):
    matter = town.report("ZZ07")

    part = matter.nodes.get(part="assisting")
    assert (part.department, part.required) == (town.rescue, True)
    assert (part.limit_amount, part.limit_unit) == (6, "WH"), "80 % of one working day"
    assert part.due_at == at("2026-06-15 16:30")


def test_a_late_matter_is_reminded_warned_and_handed_up_from_village_to_town_to_district(town):
    matter = town.report("ZZ01", at=at("2026-06-15 09:00"))

    walk(at("2026-07-31 18:00"))
    matter.refresh_from_db()

    ladder = [
        (hand.from_level, hand.to_level)
        for hand in Escalation.objects.filter(node__matter=matter, node__part="lead").order_by("at")
    ]
    assert ladder == [("village", "town"), ("town", "district")]
    assert (matter.level, matter.escalated_level, matter.responsible) == ("district", "district", town.centre)
    leads = Node.objects.filter(matter=matter, part="lead").order_by("pk")
    assert [node.department for node in leads] == [town.committee, town.room, town.centre]
    for node in leads[:2]:
        actions = list(node.rungs.order_by("number").values_list("action", flat=True))
        assert [action for action in actions if action in ("remind", "warn", "escalate")] == [
            "remind",
            "warn",
            "escalate",
        ]
    assert not timeline.breaks(matter)


def test_each_rung_fires_at_its_own_moment(town):
    matter = town.report("ZZ01", at=at("2026-06-15 09:00"))  # Monday; 06-19 to 06-21 are days off
    node = lead(matter)
    assert node.due_at == at("2026-06-23 17:30")
    walk(at("2026-06-26 00:00"))

    moments = dict(node.rungs.values_list("action", "fired_at"))
    assert moments["warn"] == at("2026-06-23 17:30")
    assert moments["escalate"] == at("2026-06-24 17:30"), "one working day after due"
    assert moments["sign_missed"] == node.sign_due_at


def test_a_tray_that_lies_is_told_to_accept(town):
    matter = town.report(None, text="说不清楚的事情", channel="hotline")
    node = lead(matter)
    walk(node.sign_due_at)
    entry = matter.entries.get(kind="sign_missed")
    assert (entry.why, entry.data["step"]) == (f"{town.room}未按时受理。", "triage")
    assert {messages.happened(notice.kind, notice.node) for notice in matter.notices.filter(at=entry.at)} == {
        "提醒受理"
    }


def test_the_late_unit_keeps_an_assisting_part_that_is_warned_but_does_not_climb(town):
    matter = town.report("ZZ01")
    walk(at("2026-06-24 17:30"))

    kept = matter.nodes.get(department=town.committee, status__in=["open", "signed"])
    assert (kept.part, kept.climbs, kept.required) == ("assisting", False, False)
    walk(at("2026-07-10 18:00"))
    actions = set(kept.rungs.values_list("action", flat=True))
    assert {"remind", "warn", "urge"} <= actions
    assert not actions & {"escalate", "supervise"}


def test_at_the_top_one_order_is_given_and_urged_each_working_day(town):
    matter = town.report("JG06")  # led by the bureau, 1 WD
    walk(at("2026-06-24 18:00"))

    node = lead(matter)
    actions = list(node.rungs.order_by("number").values_list("action", flat=True))
    assert actions.count("supervise") == 1
    assert actions.count("urge") == 4, "06-18, 06-22, 06-23, 06-24: the days between are days off"
    assert node.next_alarm_at is not None


def test_an_emergency_climbs_by_minutes_day_and_night(town):
    matter = town.report("ZZ13", at=at("2026-10-01 02:00"))
    node = lead(matter)
    assert matter.urgency == "emergency"
    assert (node.sign_due_at, node.remind_at, node.due_at) == (
        at("2026-10-01 02:15"),
        at("2026-10-01 03:00"),
        at("2026-10-01 04:00"),
    )
    assert node.escalate_at == at("2026-10-01 04:15")
    walk(at("2026-10-01 04:15"))
    assert lead(matter).department == town.centre, "a town's unit is late, so the district has it"


def test_rungs_of_a_node_are_contiguous_and_each_has_its_entry(town):
    matter = town.report("ZZ01")
    walk(at("2026-07-20 18:00"))

    for node in matter.nodes.all():
        assert [rung.number for rung in node.rungs.order_by("number")] == list(range(1, node.rung + 1))
    assert (
        Rung.objects.filter(entry__matter=matter).count() == Rung.objects.filter(node__matter=matter).count()
    )


def test_handing_in_stops_the_ladder(town):
    matter = town.report("ZZ07")
    handling.hand_in(
        matter.nodes.get(part="assisting").pk,
        text="已断电并清理",
        by=town.actor("rescue_handler"),
        at=town.now,
    )
    handling.hand_in(lead(matter).pk, text="已拆除飞线", by=town.actor("village_head"), at=town.now)
    walk(at("2026-06-15 18:00"))

    matter.refresh_from_db()
    assert matter.status == "verifying"
    assert kinds(matter, "warned", "escalated") == []


def test_after_an_outage_each_node_takes_one_rung_and_then_keeps_its_distance(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    waking = at("2026-07-06 09:00")  # everything of the node is long past
    while escalation.sweep(at=waking):
        pass

    fired = list(node.rungs.order_by("number").values_list("action", flat=True))
    assert "warn" not in fired and "escalate" not in fired
    node.refresh_from_db()
    assert node.next_alarm_at >= at("2026-07-06 09:30"), "30 working minutes at least"


def test_an_emergency_jumps_after_an_outage_and_writes_what_it_skipped(town):
    matter = town.report("ZZ13")
    node = lead(matter)
    escalation.sweep(at=at("2026-06-15 23:00"))

    rungs = list(node.rungs.exclude(action="ring").order_by("number"))
    assert rungs[-1].action == "escalate" and not rungs[-1].skipped
    assert {rung.action for rung in rungs[:-1]} >= {"remind", "warn"} and all(r.skipped for r in rungs[:-1])
