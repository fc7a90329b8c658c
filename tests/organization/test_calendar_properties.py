"""What holds for every moment and every limit."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

import organization.calendar as module
from organization.calendar import (
    Limit,
    Unit,
    calendar_from_notice,
    due,
    due_at,
    fraction_at,
    minus_working,
    plus_working_minutes,
    working_minutes,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
OFFICIAL = calendar_from_notice(
    1, json.loads(Path(module.__file__).with_name("data").joinpath("calendar_cn.json").read_text())
)
EDGES = [
    timedelta(hours=hour, minutes=minute) for hour, minute in [(0, 0), (8, 30), (12, 0), (13, 30), (17, 30)]
]

days = st.integers(0, 1094).map(lambda passed: datetime(2025, 1, 1, tzinfo=SHANGHAI) + timedelta(days=passed))
clock = st.sampled_from(EDGES) | st.integers(0, 86_399).map(lambda seconds: timedelta(seconds=seconds))
moments = st.builds(lambda day, into: day + into, days, clock)
amounts = st.integers(1, 90)
limits = st.builds(Limit, amounts, st.sampled_from(Unit))
working_limits = st.builds(Limit, amounts, st.sampled_from([Unit.WD, Unit.WH, Unit.D]))
parts = st.floats(0, 1)


@given(moments, moments, limits)
def test_what_starts_later_is_not_due_earlier(one, other, limit):
    earlier, later = sorted([one, other])
    assert due_at(OFFICIAL, earlier, limit) <= due_at(OFFICIAL, later, limit)


@given(moments, st.integers(0, 90), st.integers(0, 90), st.sampled_from(Unit))
def test_a_longer_limit_is_not_due_earlier(start, one, other, unit):
    shorter, longer = sorted([one, other])
    assert (
        start <= due_at(OFFICIAL, start, Limit(shorter, unit)) <= due_at(OFFICIAL, start, Limit(longer, unit))
    )


@given(moments, working_limits)
def test_days_and_working_hours_never_end_on_a_day_off(start, limit):
    assert OFFICIAL.is_working(due_at(OFFICIAL, start, limit).date())


@given(moments, limits)
def test_the_explained_moment_is_the_fast_one(start, limit):
    assert due(OFFICIAL, start, limit).at == due_at(OFFICIAL, start, limit)


@given(moments, amounts)
def test_exactly_the_working_hours_run_until_they_are_due(start, amount):
    found = due(OFFICIAL, start, Limit(amount, Unit.WH))
    assert working_minutes(OFFICIAL, start, found.at) == amount * 60
    assert sum((each["to"] - each["from"] for each in found.counted), timedelta(0)) == timedelta(hours=amount)
    assert all(each["from"] < each["to"] for each in found.counted)


@given(moments, amounts)
def test_working_hours_are_due_as_soon_as_they_have_run(start, amount):
    end = due_at(OFFICIAL, start, Limit(amount, Unit.WH))
    assert working_minutes(OFFICIAL, start, end - timedelta(seconds=1)) < amount * 60


@given(moments, st.builds(Limit, amounts, st.sampled_from([Unit.WD, Unit.D])))
def test_as_many_days_are_counted_as_the_limit_says_and_none_is_also_skipped(start, limit):
    found = due(OFFICIAL, start, limit)
    skipped = [on for on, _ in found.skipped]
    assert len(found.counted) == limit.amount
    assert found.counted[-1] == found.at.date()
    passed = (found.at.date() - start.date()).days
    assert sorted([*found.counted, *skipped]) == [
        start.date() + timedelta(days=day + 1) for day in range(passed)
    ]
    assert not any(OFFICIAL.is_working(on) for on in skipped)


@given(moments, working_limits)
def test_a_due_moment_is_provisional_exactly_if_it_touches_an_unconfirmed_year(start, limit):
    found = due(OFFICIAL, start, limit)
    first = start if limit.unit is Unit.WH else start + timedelta(days=1)
    assert found.provisional == (found.at.year > 2026 or first.year > 2026)


@given(moments, moments, parts, st.sampled_from(Unit))
def test_a_fraction_lies_between_start_and_end(one, other, part, unit):
    start, end = sorted([one, other])
    assert start <= fraction_at(OFFICIAL, start, end, part, unit) <= end


@given(moments, moments, parts, parts, st.sampled_from(Unit))
def test_a_larger_fraction_is_not_earlier(one, other, part, another, unit):
    start, end = sorted([one, other])
    smaller, larger = sorted([part, another])
    assert fraction_at(OFFICIAL, start, end, smaller, unit) <= fraction_at(OFFICIAL, start, end, larger, unit)


@given(moments, moments, parts)
def test_a_fraction_of_working_time_has_that_much_of_it_before(one, other, part):
    start, end = sorted([one, other])
    run = working_minutes(OFFICIAL, start, fraction_at(OFFICIAL, start, end, part, Unit.WD))
    assert abs(run - part * working_minutes(OFFICIAL, start, end)) < 0.001


@given(moments, moments, moments)
def test_working_time_adds_up_and_turns_its_sign(one, two, three):
    whole = working_minutes(OFFICIAL, one, three)
    assert abs(whole - working_minutes(OFFICIAL, one, two) - working_minutes(OFFICIAL, two, three)) < 0.001
    assert whole == -working_minutes(OFFICIAL, three, one)


@given(moments, st.integers(0, 20_000))
def test_what_is_added_and_taken_off_is_what_lies_between(moment, minutes):
    assert working_minutes(OFFICIAL, moment, plus_working_minutes(OFFICIAL, moment, minutes)) == minutes
    assert working_minutes(OFFICIAL, minus_working(OFFICIAL, moment, minutes), moment) == minutes


@given(moments)
def test_the_next_opening_is_open_and_no_working_time_lies_before_it(moment):
    opening = OFFICIAL.next_open(moment)
    assert opening >= moment
    assert OFFICIAL.is_open(opening)
    assert working_minutes(OFFICIAL, moment, opening) == 0


@given(st.integers(0, 99_999), st.sampled_from(Unit))
def test_every_limit_is_read_back_from_its_text(amount, unit):
    assert Limit.parse(str(Limit(amount, unit))) == Limit(amount, unit)
