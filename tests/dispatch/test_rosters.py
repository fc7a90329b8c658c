"""Which units need a roster, and when nobody is there."""

import datetime as dt

import pytest

from dispatch import rosters
from organization.models import Absence, Department, DutyTurn, Post

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def turn(unit, who, now, hours, **facts):
    first, last = (now + hour * HOUR for hour in hours)
    return DutyTurn.objects.create(
        department=unit, person=who, from_at=first, to_at=last, **{"slot": "officer", **facts}
    )


def of(town, unit, days=1):
    """(first hour, last hour, why) of the unit's gaps."""
    found = rosters.gaps(town.now, days, units=[unit])
    return [((gap.from_at - town.now) / HOUR, (gap.to_at - town.now) / HOUR, gap.why) for gap in found]


def test_command_rooms_and_units_on_duty_day_and_night_need_a_roster(town):
    needing = set(rosters.needing(town.now))
    assert {town.room, town.other_room, town.centre, town.police, town.rescue} <= needing
    assert not {town.committee, town.market, town.enforcement, town.market_bureau} & needing


def test_a_unit_that_leads_an_emergency_needs_a_roster(town):
    Department.objects.filter(pk=town.other_farming.pk).update(on_duty_24h=False)
    assert town.other_farming in rosters.needing(town.now)
    town.categories["ZZ14"].emergency = False
    town.categories["ZZ14"].save()
    assert town.other_farming not in rosters.needing(town.now)


def test_a_roster_without_turns_is_one_gap(town):
    assert of(town, town.rescue, 14) == [(0, 14 * 24, "empty")]


def test_a_gap_lies_between_two_turns_and_after_the_last(town):
    turn(town.rescue, town.rescue_handler, town.now, (-4, 8))
    turn(town.rescue, town.rescue_head, town.now, (10, 20))
    assert of(town, town.rescue) == [(8, 10, "empty"), (20, 24, "empty")]


def test_turns_that_follow_each_other_leave_no_gap(town):
    turn(town.rescue, town.rescue_handler, town.now, (0, 12))
    turn(town.rescue, town.rescue_head, town.now, (12, 30))
    assert of(town, town.rescue) == []


def test_the_turn_of_a_leader_alone_leaves_a_gap(town):
    turn(town.rescue, town.rescue_head, town.now, (0, 24), slot="leader")
    assert of(town, town.rescue) == [(0, 24, "empty")]


def test_a_turn_of_somebody_away_without_a_deputy_who_is_there_is_a_gap(town):
    row = turn(town.rescue, town.rescue_handler, town.now, (0, 24))
    for who, hours in ((town.rescue_handler, (4, 10)), (town.rescue_head, (8, 30))):
        Absence.objects.create(
            person=who, from_at=town.now + hours[0] * HOUR, to_at=town.now + hours[1] * HOUR
        )
    assert of(town, town.rescue) == [(4, 10, "away")]
    row.deputy = town.rescue_head
    row.save()
    assert of(town, town.rescue) == [(8, 10, "away")]


def test_a_turn_of_somebody_who_left_is_a_gap(town):
    turn(town.rescue, town.rescue_handler, town.now, (0, 24))
    Post.objects.filter(person=town.rescue_handler).update(valid_to="2026-06-01")
    assert of(town, town.rescue) == [(0, 24, "left")]


def test_the_gaps_of_all_units_cost_the_same_queries_as_of_one(town, django_assert_max_num_queries):
    for unit, who in (
        (town.rescue, town.rescue_handler),
        (town.room, town.desk),
        (town.police, town.police_head),
    ):
        turn(unit, who, town.now, (0, 5))
    with django_assert_max_num_queries(5):
        found = rosters.gaps(town.now)
    assert {gap.department for gap in found} == set(rosters.needing(town.now))
