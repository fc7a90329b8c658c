"""The edges: office spans, half days, midnight, years without a notice, refusals, explanations."""

import json
import pickle
from dataclasses import replace
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

import organization.calendar as module
from organization.calendar import (
    Day,
    Limit,
    Unit,
    WorkingCalendar,
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
HALF = date(2026, 3, 11)
WITH_HALF_DAY = replace(OFFICIAL, days={**OFFICIAL.days, HALF: Day(HALF, "half", "半天")})
TO_MIDNIGHT = replace(OFFICIAL, closes_at_midnight=True)
EVERY_VERB = [
    lambda calendar, moment: due(calendar, moment, Limit(1, Unit.WD)),
    lambda calendar, moment: due_at(calendar, moment, Limit(1, Unit.H)),
    lambda calendar, moment: due_at(calendar, moment, Limit(0, Unit.WH)),
    lambda calendar, moment: working_minutes(calendar, moment, moment),
    lambda calendar, moment: fraction_at(calendar, moment, moment, 0.5, Unit.D),
    lambda calendar, moment: plus_working_minutes(calendar, moment, 5),
    lambda calendar, moment: minus_working(calendar, moment, 5),
    lambda calendar, moment: calendar.is_open(moment),
    lambda calendar, moment: calendar.next_open(moment),
]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def ends(start, limit, calendar=OFFICIAL):
    return str(due_at(calendar, at(start), Limit.parse(limit)).replace(tzinfo=None))[:16]


# Limits in words


@pytest.mark.parametrize("text", ["5WD", "4WH", "60D", "24H", "15M", "0WD"])
def test_a_limit_is_written_as_it_is_read(text):
    assert str(Limit.parse(text)) == text


def test_a_limit_forgives_spaces_and_small_letters():
    assert Limit.parse(" 5 wd ") == Limit(5, Unit.WD)


@pytest.mark.parametrize("text", ["", "WD", "-5WD", "5", "5W", "1.5WH", "５WD", "5WD4WH", "100000M"])
def test_what_is_not_a_limit_is_refused(text):
    with pytest.raises(ValueError, match="not a limit"):
        Limit.parse(text)


@pytest.mark.parametrize("amount", [-1, 1.5, 100_000])
def test_a_limit_is_a_whole_number_and_not_negative(amount):
    with pytest.raises(ValueError, match="whole number"):
        Limit(amount, Unit.WD)


def test_a_unit_read_from_a_row_is_as_good_as_the_member():
    assert Limit(4, "WH").unit is Unit.WH
    with pytest.raises(ValueError, match="XX"):
        Limit(4, "XX")


def test_hours_and_minutes_are_short_and_days_are_not():
    assert [unit for unit in Unit if Limit(1, unit).short] == [Unit.WH, Unit.H, Unit.M]


# Office hours


def test_working_hours_that_start_in_the_lunch_break_run_from_the_afternoon():
    assert ends("2026-03-09 12:10", "1WH") == "2026-03-09 14:30"


def test_working_hours_that_start_before_opening_run_from_opening():
    assert ends("2026-03-09 06:00", "1WH") == "2026-03-09 09:30"


def test_working_hours_that_start_after_closing_run_from_the_next_morning():
    assert ends("2026-03-09 20:00", "1WH") == "2026-03-10 09:30"


def test_working_hours_that_start_on_a_weekend_run_from_monday():
    assert ends("2026-03-14 10:00", "4WH") == "2026-03-16 14:00"


def test_working_hours_that_start_at_the_closing_moment_run_from_the_next_morning():
    assert ends("2026-03-09 17:30", "1WH") == "2026-03-10 09:30"


def test_a_limit_that_ends_on_a_span_edge_ends_at_the_earlier_span():
    assert ends("2026-03-09 11:00", "1WH") == "2026-03-09 12:00"
    assert ends("2026-03-09 16:30", "1WH") == "2026-03-09 17:30"
    assert ends("2026-06-12 17:00", "4WH") == "2026-06-15 12:00"


def test_seconds_are_kept():
    start = datetime(2026, 3, 9, 11, 59, 30, 250, tzinfo=SHANGHAI)
    assert due_at(OFFICIAL, start, Limit(1, Unit.WH)) == datetime(
        2026, 3, 9, 14, 29, 30, 250, tzinfo=SHANGHAI
    )


def test_the_office_opens_at_the_first_moment_and_is_closed_at_the_last():
    moments = ["08:29", "08:30", "11:59", "12:00", "13:29", "13:30", "17:29", "17:30"]
    opened = [moment for moment in moments if OFFICIAL.is_open(at(f"2026-03-09 {moment}"))]
    assert opened == ["08:30", "11:59", "13:30", "17:29"]
    assert OFFICIAL.is_open(at("2026-09-20 09:00"))
    assert not OFFICIAL.is_open(at("2026-10-01 09:00"))
    assert not OFFICIAL.is_open(at("2026-01-01 00:00"))


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-03-09 09:00", "2026-03-09 09:00"),
        ("2026-03-09 12:00", "2026-03-09 13:30"),
        ("2026-03-09 17:30", "2026-03-10 08:30"),
        ("2026-09-30 20:00", "2026-10-08 08:30"),
        ("2025-12-31 17:30", "2026-01-04 08:30"),
    ],
)
def test_the_next_opening_is_now_if_the_office_is_open(moment, opening):
    assert OFFICIAL.next_open(at(moment)) == at(opening)


def test_a_date_is_skipped_for_the_weekend_or_for_the_name_of_the_holiday():
    assert OFFICIAL.reason(date(2026, 3, 14)) == "weekend"
    assert OFFICIAL.reason(date(2026, 10, 3)) == "国庆节"
    assert OFFICIAL.reason(date(2026, 9, 20)) is None
    assert OFFICIAL.reason(date(2026, 3, 9)) is None


def test_a_moment_is_not_taken_for_a_date():
    with pytest.raises(TypeError):
        OFFICIAL.is_working(at("2026-10-01 09:00"))


# Half days, other hours, midnight


def test_a_half_day_has_the_first_span_only():
    assert WITH_HALF_DAY.spans_on(HALF) == ((time(8, 30), time(12, 0)),)
    assert ends("2026-03-11 11:00", "2WH", WITH_HALF_DAY) == "2026-03-12 09:30"


def test_a_limit_in_days_that_ends_on_a_half_day_ends_at_noon():
    assert ends("2026-03-10 09:00", "1WD", WITH_HALF_DAY) == "2026-03-11 12:00"
    assert ends("2026-03-09 09:00", "2D", WITH_HALF_DAY) == "2026-03-11 12:00"


def test_a_half_day_on_a_weekend_is_worked():
    saturday = date(2026, 3, 14)
    calendar = replace(OFFICIAL, days={saturday: Day(saturday, "half", "半天")})
    assert ends("2026-03-13 09:00", "1WD", calendar) == "2026-03-14 12:00"


def test_a_notice_may_list_half_days():
    notice = {
        "2026": {"confirmed": True, "off": [], "work": [], "half": [{"date": "2026-03-11", "name": "半天"}]}
    }
    assert calendar_from_notice(2, notice).spans_on(HALF) == OFFICIAL.spans[:1]


def test_with_midnight_closing_days_end_at_24_and_working_hours_as_before():
    assert ends("2026-03-09 09:00", "1WD", TO_MIDNIGHT) == "2026-03-11 00:00"
    assert ends("2026-03-11 09:00", "3D", TO_MIDNIGHT) == "2026-03-17 00:00"
    assert ends("2026-03-09 16:30", "1WH", TO_MIDNIGHT) == "2026-03-09 17:30"


def test_one_long_span_can_be_the_office_hours():
    calendar = replace(OFFICIAL, spans=((time(9), time(17)),))
    assert ends("2026-03-09 16:00", "2WH", calendar) == "2026-03-10 10:00"
    assert (calendar.day_minutes, OFFICIAL.day_minutes) == (480, 450)


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(8)),),
        ((time(13), time(17)), (time(8), time(12))),
        ((time(8), time(12)), (time(11), time(17))),
    ],
)
def test_office_hours_that_make_no_sense_are_refused(spans):
    with pytest.raises(ValueError, match="spans"):
        WorkingCalendar(1, {}, spans=spans)


def test_a_calendar_without_days_is_the_plain_week_and_always_provisional():
    plain = WorkingCalendar(version=0, days={}, confirmed_years=frozenset())
    found = due(plain, at("2026-09-30 10:00"), Limit(2, Unit.WD))
    assert (found.at, found.provisional) == (at("2026-10-02 17:30"), True)


def test_a_date_listed_twice_is_refused():
    day = {"date": "2026-10-01", "name": "国庆节"}
    with pytest.raises(ValueError, match="twice"):
        calendar_from_notice(1, {"2026": {"confirmed": True, "off": [day], "work": [day]}})


def test_a_calendar_is_equal_by_its_contents_and_survives_a_pickle():
    OFFICIAL.year(2026)
    again = pickle.loads(pickle.dumps(OFFICIAL))
    assert again == OFFICIAL
    assert hash(again) == hash(OFFICIAL)
    assert again != TO_MIDNIGHT
    assert ends("2026-03-09 09:00", "1WD", again) == "2026-03-10 17:30"


# Zero, nothing, refusals


@pytest.mark.parametrize("unit", Unit)
def test_a_limit_of_nothing_is_due_at_its_start(unit):
    start = at("2026-10-01 03:00")
    found = due(OFFICIAL, start, Limit(0, unit))
    assert (found.at, found.provisional, found.counted, found.skipped) == (start, False, (), ())


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_a_moment_without_a_zone_is_refused(verb):
    with pytest.raises(ValueError, match="time zone"):
        verb(OFFICIAL, datetime(2026, 3, 9, 9, 0))


# Years without a notice


@pytest.mark.parametrize(
    ("start", "limit", "provisional"),
    [
        ("2026-12-30 10:00", "1WD", False),
        ("2026-12-31 10:00", "1WD", True),
        ("2026-12-31 10:00", "4WH", False),
        ("2026-12-31 16:30", "4WH", True),
        ("2026-12-01 10:00", "30D", False),
        ("2026-12-01 10:00", "31D", True),
        ("2026-12-31 20:00", "5H", False),
        ("2027-05-10 10:00", "1WD", True),
        ("2024-12-31 10:00", "1WD", False),
        ("2024-12-31 10:00", "8WH", True),
    ],
)
def test_what_counts_into_a_year_without_a_notice_is_provisional(start, limit, provisional):
    assert due(OFFICIAL, at(start), Limit.parse(limit)).provisional is provisional


def test_a_limit_may_cross_from_2026_into_the_provisional_2027():
    assert ends("2026-12-31 10:00", "1WD") == "2027-01-04 17:30"
    assert ends("2026-12-31 17:00", "1WH") == "2027-01-04 09:00"


def test_the_last_midnight_of_a_confirmed_year_is_not_provisional():
    found = due(TO_MIDNIGHT, at("2026-12-30 10:00"), Limit(1, Unit.WD))
    assert (found.at, found.provisional) == (at("2027-01-01 00:00"), False)


# Explanations


def test_working_days_explain_what_they_counted_and_skipped():
    found = due(OFFICIAL, at("2026-09-30 10:00"), Limit(3, Unit.WD))
    assert found.counted == (date(2026, 10, 8), date(2026, 10, 9), date(2026, 10, 10))
    assert found.skipped == tuple((date(2026, 10, day), "国庆节") for day in range(1, 8))


def test_natural_days_explain_only_the_days_off_that_moved_the_end():
    found = due(OFFICIAL, at("2026-03-06 10:00"), Limit(8, Unit.D))
    assert found.counted == (*(date(2026, 3, day) for day in range(7, 14)), date(2026, 3, 16))
    assert found.skipped == ((date(2026, 3, 14), "weekend"), (date(2026, 3, 15), "weekend"))


def test_working_hours_explain_their_stretches():
    found = due(OFFICIAL, at("2026-06-12 17:00"), Limit(4, Unit.WH))
    assert found.counted == (
        {"from": at("2026-06-12 17:00"), "to": at("2026-06-12 17:30")},
        {"from": at("2026-06-15 08:30"), "to": at("2026-06-15 12:00")},
    )
    assert found.skipped == ((date(2026, 6, 13), "weekend"), (date(2026, 6, 14), "weekend"))


# Time between moments


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-03-09 08:30", "2026-03-09 17:30", 450),
        ("2026-03-09 11:00", "2026-03-09 14:00", 90),
        ("2026-03-09 12:10", "2026-03-09 13:20", 0),
        ("2026-03-13 17:00", "2026-03-16 09:00", 60),
        ("2026-10-01 00:00", "2026-10-08 00:00", 0),
        ("2025-12-31 16:30", "2026-01-04 09:30", 120),
        ("2025-01-01 00:00", "2027-01-01 00:00", 496 * 450),
        ("2026-03-09 14:00", "2026-03-09 11:00", -90),
    ],
)
def test_working_minutes_are_those_inside_office_hours(start, end, minutes):
    assert working_minutes(OFFICIAL, at(start), at(end)) == minutes


def test_eighty_percent_of_five_working_days_is_reached_inside_office_hours():
    start, end = at("2026-03-09 08:30"), at("2026-03-13 17:30")
    assert fraction_at(OFFICIAL, start, end, 0.8, Unit.WD) == at("2026-03-12 17:30")
    assert fraction_at(OFFICIAL, start, end, 0.5, Unit.WH) == at("2026-03-11 13:45")


@pytest.mark.parametrize("unit", [Unit.D, Unit.H, Unit.M])
def test_a_fraction_of_natural_time_runs_through_the_night(unit):
    assert fraction_at(OFFICIAL, at("2026-03-13 00:00"), at("2026-03-17 00:00"), 0.5, unit) == at(
        "2026-03-15 00:00"
    )


@pytest.mark.parametrize("unit", Unit)
def test_the_whole_and_the_nothing_of_a_time_are_its_end_and_its_start(unit):
    start, end = at("2026-03-14 03:00"), at("2026-03-21 03:00")
    assert fraction_at(OFFICIAL, start, end, 0, unit) == start
    assert fraction_at(OFFICIAL, start, end, 1, unit) == end


def test_where_no_working_time_lies_between_the_fraction_is_of_natural_time():
    assert fraction_at(OFFICIAL, at("2026-03-14 00:00"), at("2026-03-15 00:00"), 0.5, Unit.WD) == at(
        "2026-03-14 12:00"
    )


@pytest.mark.parametrize(
    ("fraction", "end"), [(-0.1, "2026-03-10"), (1.1, "2026-03-10"), (0.5, "2026-03-08")]
)
def test_a_fraction_outside_its_time_is_refused(fraction, end):
    with pytest.raises(ValueError, match="fraction"):
        fraction_at(OFFICIAL, at("2026-03-09"), at(end), fraction, Unit.WD)


def test_working_minutes_are_added_inside_office_hours():
    assert plus_working_minutes(OFFICIAL, at("2026-03-13 17:00"), 60) == at("2026-03-16 09:00")
    assert plus_working_minutes(OFFICIAL, at("2026-03-14 03:00"), 0) == at("2026-03-14 03:00")
    assert plus_working_minutes(OFFICIAL, at("2026-03-09 08:30"), 210) == at("2026-03-09 12:00")


@pytest.mark.parametrize(
    ("end", "less", "moment"),
    [
        ("2026-03-16 17:30", 225, "2026-03-16 13:45"),
        ("2026-03-16 09:00", 60, "2026-03-13 17:00"),
        ("2026-03-16 09:30", 60, "2026-03-13 17:30"),
        ("2026-03-16 13:30", 0, "2026-03-16 13:30"),
        ("2026-01-04 09:30", 120, "2025-12-31 16:30"),
        ("2026-01-04 09:30", 60, "2025-12-31 17:30"),
        ("2026-10-08 09:30", Limit(2, Unit.WH), "2026-09-30 16:30"),
        ("2026-03-16 10:00", Limit(1, Unit.WD), "2026-03-13 10:00"),
        ("2026-03-16 10:00", Limit(2, Unit.D), "2026-03-14 10:00"),
        ("2026-03-16 10:00", Limit(12, Unit.H), "2026-03-15 22:00"),
        ("2026-03-16 10:00", Limit(15, Unit.M), "2026-03-16 09:45"),
    ],
)
def test_time_is_taken_off_before_an_end(end, less, moment):
    assert minus_working(OFFICIAL, at(end), less) == at(moment)


def test_negative_minutes_are_refused():
    with pytest.raises(ValueError, match="negative"):
        plus_working_minutes(OFFICIAL, at("2026-03-09 09:00"), -1)
    with pytest.raises(ValueError, match="negative"):
        minus_working(OFFICIAL, at("2026-03-09 09:00"), -1)
