"""The clock of a step and the promise of a matter, in numbers one can check with a paper calendar.

June 2026: the 15th is a Monday; the 19th to the 21st are days off. Office hours 08:30-12:00 and 13:30-17:30.
"""

import json
from types import SimpleNamespace

import pytest

from dispatch import deadlines
from dispatch.limits import Timing, added, shared, timing
from dispatch.models import Node, Notice, Responsibility, TimePolicy
from organization.calendar import Limit, calendar_from_notice, working_minutes
from tests.town import DAILY, LADDERS, NOTICES, NOW, STAGES, at

CALENDAR = calendar_from_notice(1, json.loads(NOTICES.read_text(encoding="utf-8")))
POLICY = TimePolicy(stages=STAGES, levels={"village": "5WD", "town": "5WD"}, ladders=LADDERS)


def line(limit="5WD", **facts):
    limit = Limit.parse(limit)
    return Responsibility(limit_amount=limit.amount, limit_unit=limit.unit, **facts)


def step(limit, *, opened=NOW, line=None, promise_at=None, **facts):
    """A step of that limit with its clocks set; `step.squeezed` when the promise left it less than the floor."""
    limit = Limit.parse(limit)
    facts = {"kind": "handle", "part": "lead", "level": "village", "urgency": "normal"} | facts
    node = Node(limit_amount=limit.amount, limit_unit=limit.unit, opened_at=opened, **facts)
    node.squeezed = deadlines.start(node, Timing(opened, CALENDAR, POLICY), line=line, promise_at=promise_at)
    return node


def test_a_step_is_signed_and_returned_within_a_working_day():
    node = step("20WD")
    assert (node.sign_due_at, node.returnable_until) == (at("2026-06-16 17:30"), at("2026-06-16 17:30"))


def test_the_windows_to_sign_and_to_return_are_at_most_a_quarter_of_the_limit():
    assert step("5WD").sign_due_at == step("5WD").returnable_until == at("2026-06-16 14:07:30")
    assert step("4WH").sign_due_at == step("4WH").returnable_until == at("2026-06-15 10:00")
    assert step("1H", urgency="urgent").sign_due_at == at("2026-06-15 09:15")


@pytest.mark.parametrize("limit", ["1WD", "2WD", "5WD", "30WD", "2WH", "8WH", "40WH"])
@pytest.mark.parametrize(
    "opened", ["2026-06-15 09:00", "2026-06-18 17:29", "2026-06-20 12:00", "2026-12-31 23:59"]
)
def test_no_window_is_longer_than_a_quarter_of_the_working_time_there_is(limit, opened):
    node = step(limit, opened=at(opened))
    whole = working_minutes(CALENDAR, node.opened_at, node.due_at)
    for window in (node.sign_due_at, node.returnable_until):
        assert working_minutes(CALENDAR, node.opened_at, window) <= whole / 4 + 0.001


def test_the_reminder_comes_at_four_fifths_in_the_limits_own_kind_of_time():
    assert step("5WD").remind_at == at("2026-06-22 16:06"), "of 2670 working minutes"
    assert step("4WH").remind_at == at("2026-06-15 13:42"), "of four working hours"
    assert step("2H").remind_at == at("2026-06-15 10:36"), "of 120 minutes"
    assert step("5D").due_at == at("2026-06-22 17:30"), "the fifth day is a day off, so it moves"
    assert step("5D").remind_at == at("2026-06-21 06:12"), "natural days run on days off"


def test_an_emergency_is_reminded_at_half():
    assert step("2H", urgency="emergency", opened=at("2026-10-01 02:00")).remind_at == at("2026-10-01 03:00")


def test_hand_up_comes_one_working_day_after_due():
    node = step("5WD")
    assert (node.due_at, node.escalate_at) == (at("2026-06-23 17:30"), at("2026-06-24 17:30"))
    assert step("3D", opened=at("2026-06-15 09:00")).escalate_at == at("2026-06-22 17:30")


def test_hand_up_of_a_limit_under_a_working_day_comes_one_limit_length_after_due():
    assert step("4WH").due_at == at("2026-06-15 14:30")
    assert step("4WH").escalate_at == at("2026-06-16 09:30")
    assert step("2H").escalate_at == at("2026-06-15 13:00")


def test_an_emergency_goes_up_fifteen_minutes_after_due_day_and_night():
    node = step("2H", urgency="emergency", opened=at("2026-10-01 02:00"))
    assert (node.due_at, node.escalate_at, node.urge_every) == (
        at("2026-10-01 04:00"),
        at("2026-10-01 04:15"),
        "60M",
    )


def test_a_line_may_bring_its_own_ladder():
    own = [{**rung, "at": {"remind": 0.5, "warn": "due"}.get(rung["action"], "+2WD")} for rung in DAILY[:4]]
    own += [{"action": "urge", "every": "2WD"}]
    node = step("5WD", line=line(ladder=own))
    assert (node.remind_at, node.escalate_at) == (at("2026-06-18 08:45"), at("2026-06-25 17:30"))
    assert node.urge_every == "2WD"


def test_the_first_response_is_asked_of_the_lead_only_and_never_after_due():
    asked = line(first_response="4WH")
    assert step("5WD", line=asked).first_response_due_at == at("2026-06-15 14:30")
    assert step("2WH", line=asked).first_response_due_at == at("2026-06-15 11:00")
    assert step("5WD", line=asked, part="assisting").first_response_due_at is None


def promise(level, **facts):
    matter = SimpleNamespace(reported_at=NOW, reply_by=facts.pop("reply_by", None))
    made = line(**facts)
    return deadlines.promise(Timing(NOW, CALENDAR, POLICY), matter, level=level, limit=made.limit, line=made)


def test_the_promise_is_the_limits_of_the_levels_from_the_leads_up():
    assert promise("district") == at("2026-06-23 17:30"), "5 working days"
    assert promise("town") == at("2026-06-30 17:30"), "twice"
    assert promise("village") == at("2026-07-07 17:30"), "three times"
    assert promise("grid") == promise("village"), "a grid member works for the village committee"


def test_a_level_takes_the_shorter_of_the_lines_limit_and_its_own():
    assert promise("town", limit="1WD") == at("2026-06-17 17:30")
    assert promise("town", limit="20WD") == at("2026-08-11 17:30"), "the district's is as the line says"


def test_the_lines_total_is_the_promise_when_it_has_one_and_the_source_may_ask_for_less():
    assert promise("village", total="10WD") == at("2026-06-30 17:30")
    sooner = at("2026-06-18 12:00")
    assert promise("village", reply_by=sooner) == promise("village", total="10WD", reply_by=sooner) == sooner
    assert promise("village", reply_by=at("2027-01-01 12:00")) == at("2026-07-07 17:30")


def test_a_step_ends_half_a_working_day_before_the_promise_when_that_is_sooner():
    node = step("5WD", promise_at=at("2026-06-18 12:00"))
    assert (node.due_at, node.squeezed) == (at("2026-06-17 17:15"), False)
    assert (step("1WD", promise_at=at("2026-06-18 12:00")).due_at) == at("2026-06-16 17:30"), (
        "its own is smaller"
    )


def test_a_step_is_never_given_less_than_two_working_hours():
    node = step("5WD", promise_at=at("2026-06-15 12:00"))
    assert (node.due_at, node.squeezed) == (at("2026-06-15 11:00"), True)
    assert step("5WD", promise_at=at("2026-06-12 12:00")).due_at == at("2026-06-15 11:00"), (
        "even when it has passed"
    )
    assert step("1WH", promise_at=at("2026-06-15 09:30")).due_at == at("2026-06-15 10:00"), (
        "its own limit is less"
    )


@pytest.mark.parametrize("limit", ["2H", "90M"])
def test_limits_in_natural_hours_are_not_cut_by_the_promise(limit):
    node = step(limit, promise_at=at("2026-06-15 09:30"))
    assert (node.due_at, node.squeezed) == (step(limit).due_at, False)


def test_when_the_promise_leaves_too_little_the_next_levels_desk_is_told_at_once(town):
    matter = town.report("ZZ01", reply_by=at("2026-06-15 12:00"))

    told = Notice.objects.filter(matter=matter, kind="squeezed").values_list(
        "person", "node__department", "at"
    )
    assert set(told) == {
        (town.desk.pk, town.committee.pk, NOW),
        (town.district_desk.pk, town.police.pk, NOW),
        (town.district_head.pk, town.police.pk, NOW),
        (town.sensitive_desk.pk, town.committee.pk, NOW),
    }


@pytest.mark.parametrize(
    ("whole", "part"),
    [
        ("5WD", "4WD"), ("1WD", "6WH"), ("3WD", "19WH"), ("4WH", "3WH"), ("1WH", "1WH"),
        ("5D", "4D"), ("1D", "1D"), ("2H", "96M"), ("10M", "8M"), ("1M", "1M"),
    ],
)  # fmt: skip
def test_an_assisting_part_has_four_fifths_of_the_leads_limit(whole, part):
    assert str(shared(Limit.parse(whole))) == part


def test_two_limits_in_a_row_are_one_figure_when_their_units_agree():
    assert str(added(Limit.parse("4WH"), Limit.parse("4WH"))) == "8WH"
    assert str(deadlines.triage_limit(Timing(NOW, CALENDAR, POLICY), "emergency")) == "20M"


def test_a_tray_is_accepted_before_it_is_dispatched():
    node = step("8WH", kind="triage", level="town")
    assert (node.sign_due_at, node.due_at, node.returnable_until) == (
        at("2026-06-15 14:30"),
        at("2026-06-16 09:30"),
        None,
    )


def test_a_rating_that_is_waited_for_has_its_end_and_nothing_else():
    node = step("2WD", kind="callback", asks=True)
    assert (node.next_action, node.next_alarm_at) == ("lapse", at("2026-06-17 17:30"))
    assert (node.remind_at, node.sign_due_at, node.escalate_at) == (None, None, None)


def test_the_part_of_a_late_unit_is_urged_where_others_climb():
    node = step("4WD", part="assisting", climbs=False)
    assert (node.sign_due_at, node.returnable_until) == (None, None)
    assert node.urge_at == node.escalate_at == at("2026-06-23 17:30")


def test_a_rung_put_off_after_an_outage_stays_put_off_when_somebody_signs():
    node = step("5WD")
    node.fired = ["sign_missed", "return_lapsed", "remind"]
    node.rest_until = at("2026-07-06 09:30")
    node.signed_at = at("2026-07-06 09:10")
    deadlines.rearm(node)
    assert (node.next_action, node.next_alarm_at) == ("warn", at("2026-07-06 09:30"))


def test_the_policy_in_force_that_day_sets_the_limits(town):
    shorter = STAGES | {"sign": {"normal": "2WH"}}
    TimePolicy.objects.create(
        effective_from=at("2026-07-01 00:00").date(), stages=shorter, levels={}, ladders=LADDERS
    )
    assert str(timing(at("2026-06-30 23:59")).stage("sign", "normal")) == "1WD"
    assert str(timing(at("2026-07-01 00:00")).stage("sign", "normal")) == "2WH"
    with pytest.raises(TimePolicy.DoesNotExist):
        timing(at("2019-12-31 12:00"))
