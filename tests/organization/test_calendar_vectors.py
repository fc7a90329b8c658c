"""Due moments worked out in three ways: by hand, by a day-by-day oracle on another package, and by the module."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays
import pytest

import organization.calendar as module
from organization.calendar import Limit, Unit, calendar_from_notice, due, due_at

NOTICES = json.loads(Path(module.__file__).with_name("data").joinpath("calendar_cn.json").read_text())
OFFICIAL = calendar_from_notice(1, NOTICES)
SHANGHAI = ZoneInfo("Asia/Shanghai")
WORKED = set(chinese_calendar.get_workdays(date(2025, 1, 1), date(2026, 12, 31)))
TWO_YEARS = [date(2025, 1, 1) + timedelta(days=passed) for passed in range(730)]


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def by_walking(start, limit):
    """The oracle: one day, or one minute, after another, asking chinesecalendar; naive and slow on purpose."""
    amount, unit = int(limit.rstrip("WDH")), limit.lstrip("0123456789")
    moment = datetime.fromisoformat(start)
    if unit == "WH":
        left = amount * 60
        while left:
            clock = (moment.hour, moment.minute)
            in_hours = (8, 30) <= clock < (12, 0) or (13, 30) <= clock < (17, 30)
            left -= in_hours and moment.date() in WORKED
            moment += timedelta(minutes=1)
        return moment.replace(tzinfo=SHANGHAI)
    left = amount
    while left:
        moment += timedelta(days=1)
        left -= unit == "D" or moment.date() in WORKED
    while moment.date() not in WORKED:
        moment += timedelta(days=1)
    return moment.replace(hour=17, minute=30, tzinfo=SHANGHAI)


BY_HAND = [
    # the published examples: all swapped days of 2026
    ("2026-02-12 10:00", "5WD", "2026-02-26 17:30"),
    ("2026-04-30 10:00", "5WD", "2026-05-11 17:30"),
    ("2026-06-18 10:00", "5WD", "2026-06-26 17:30"),
    ("2026-09-19 10:00", "5WD", "2026-09-24 17:30"),
    ("2026-09-30 10:00", "5WD", "2026-10-13 17:30"),
    ("2026-02-14 16:30", "4WH", "2026-02-24 11:30"),
    ("2026-06-12 17:00", "4WH", "2026-06-15 12:00"),
    ("2026-10-10 12:30", "2WH", "2026-10-10 15:30"),
    ("2026-11-20 17:30", "1WH", "2026-11-23 09:30"),
    ("2026-08-02 10:00", "60D", "2026-10-08 17:30"),
    # New Year 2026: off 1-3, Sunday the 4th is worked
    ("2025-12-31 09:00", "1WD", "2026-01-04 17:30"),
    ("2025-12-31 17:00", "1WH", "2026-01-04 09:00"),
    ("2026-01-01 00:00", "2WD", "2026-01-05 17:30"),
    ("2025-12-30 16:30", "10WH", "2026-01-04 10:00"),
    # Spring Festival 2026: off 15-23 February, Saturdays 14 and 28 are worked
    ("2026-02-13 09:00", "1WD", "2026-02-14 17:30"),
    ("2026-02-14 09:00", "1WD", "2026-02-24 17:30"),
    ("2026-02-20 09:00", "1WD", "2026-02-24 17:30"),
    ("2026-02-27 18:00", "1WD", "2026-02-28 17:30"),
    ("2026-02-28 17:30", "1WH", "2026-03-02 09:30"),
    ("2026-02-16 12:00", "8WH", "2026-02-25 09:00"),
    ("2026-02-10 09:00", "5D", "2026-02-24 17:30"),
    ("2026-02-10 09:00", "4D", "2026-02-14 17:30"),
    # Qingming, Labour Day, Dragon Boat, Mid-Autumn, National Day 2026
    ("2026-04-03 09:00", "1WD", "2026-04-07 17:30"),
    ("2026-04-03 17:00", "1WH", "2026-04-07 09:00"),
    ("2026-05-06 09:00", "3WD", "2026-05-09 17:30"),
    ("2026-05-08 17:00", "2WH", "2026-05-09 10:00"),
    ("2026-04-28 09:00", "3D", "2026-05-06 17:30"),
    ("2026-06-18 17:00", "1WH", "2026-06-22 09:00"),
    ("2026-09-18 09:00", "1WD", "2026-09-20 17:30"),
    ("2026-09-24 16:00", "2WH", "2026-09-28 09:00"),
    ("2026-09-30 17:29", "1WD", "2026-10-08 17:30"),
    ("2026-10-09 09:00", "1WD", "2026-10-10 17:30"),
    ("2026-10-10 09:00", "1WD", "2026-10-12 17:30"),
    # 2025: Spring Festival off 28 January - 4 February, worked 26 January and 8 February
    ("2025-01-24 09:00", "1WD", "2025-01-26 17:30"),
    ("2025-01-27 09:00", "1WD", "2025-02-05 17:30"),
    ("2025-01-27 16:00", "3WH", "2025-02-05 10:00"),
    ("2025-02-07 09:00", "1WD", "2025-02-08 17:30"),
    ("2025-02-07 09:00", "2WD", "2025-02-10 17:30"),
    ("2025-01-20 09:00", "10D", "2025-02-05 17:30"),
    # 2025: Qingming, Labour Day, Dragon Boat; National Day and Mid-Autumn together 1-8 October
    ("2025-04-03 09:00", "1WD", "2025-04-07 17:30"),
    ("2025-04-25 09:00", "5WD", "2025-05-06 17:30"),
    ("2025-04-26 09:00", "8WH", "2025-04-28 09:00"),
    ("2025-05-30 17:00", "1WH", "2025-06-03 09:00"),
    ("2025-05-29 09:00", "2D", "2025-06-03 17:30"),
    ("2025-09-26 09:00", "4WD", "2025-10-09 17:30"),
    ("2025-09-30 16:30", "2WH", "2025-10-09 09:30"),
    ("2025-10-10 09:00", "1WD", "2025-10-11 17:30"),
    ("2025-10-11 16:30", "1WH", "2025-10-11 17:30"),
    ("2025-10-11 16:30", "2WH", "2025-10-13 09:30"),
    # plain weeks, long limits
    ("2026-03-09 09:00", "5WD", "2026-03-16 17:30"),
    ("2026-03-13 23:59", "1WD", "2026-03-16 17:30"),
    ("2026-03-14 09:00", "1WD", "2026-03-16 17:30"),
    ("2026-03-11 09:00", "3D", "2026-03-16 17:30"),
    ("2026-03-11 09:00", "2D", "2026-03-13 17:30"),
    ("2025-06-30 09:00", "180D", "2025-12-29 17:30"),
]


@pytest.mark.parametrize(("start", "limit", "expected"), BY_HAND)
def test_a_limit_ends_where_the_hand_and_the_walk_say(start, limit, expected):
    assert by_walking(start, limit) == at(expected)
    assert due_at(OFFICIAL, at(start), Limit.parse(limit)) == at(expected)
    assert due(OFFICIAL, at(start), Limit.parse(limit)).at == at(expected)


@pytest.mark.parametrize(
    ("start", "limit", "expected"),
    [
        ("2026-02-15 03:00", "2H", "2026-02-15 05:00"),
        ("2026-02-28 23:50", "15M", "2026-03-01 00:05"),
        ("2026-12-31 23:30", "60M", "2027-01-01 00:30"),
        ("2026-09-30 17:30", "24H", "2026-10-01 17:30"),
    ],
)
def test_natural_hours_and_minutes_run_day_and_night(start, limit, expected):
    found = due(OFFICIAL, at(start), Limit.parse(limit))
    assert found.at == at(expected)
    assert (found.counted, found.skipped, found.provisional) == ((), (), False)


@pytest.mark.parametrize("limit", ["1WD", "5WD", "20WD", "3D", "30D"])
def test_from_every_day_of_two_years_the_walk_agrees(limit):
    for on in TWO_YEARS[:-60]:
        start = f"{on} 10:00"
        assert due_at(OFFICIAL, at(start), Limit.parse(limit)) == by_walking(start, limit), start


def test_from_every_third_hour_around_a_holiday_the_walk_agrees_on_working_hours():
    for count in range(100):
        start = str(datetime(2026, 2, 12) + timedelta(minutes=205 * count))
        assert due_at(OFFICIAL, at(start), Limit(4, Unit.WH)) == by_walking(start, "4WH"), start


def test_every_day_of_2025_and_2026_is_worked_as_two_other_packages_say():
    china = holidays.country_holidays("CN", years=[2025, 2026])
    for on in TWO_YEARS:
        assert OFFICIAL.is_working(on) == chinese_calendar.is_workday(on) == china.is_working_day(on), on


def test_the_swapped_working_days_are_those_of_another_package():
    china = holidays.country_holidays("CN", years=[2025, 2026])
    swapped = {on for on, day in OFFICIAL.days.items() if day.kind == "work"}
    assert swapped == {on for on in china.weekend_workdays if on.year in (2025, 2026)}


def test_each_year_has_248_working_days():
    assert [len(OFFICIAL.year(year).working_days) for year in (2025, 2026)] == [248, 248]


def test_2027_has_only_the_statutory_days_and_is_not_confirmed():
    listed = {on for on in OFFICIAL.days if on.year == 2027}
    assert listed == set(holidays.country_holidays("CN", years=2027))
    assert OFFICIAL.confirmed_years == {2025, 2026}


def test_every_notice_names_its_source_and_the_festival_of_each_day():
    for notice in NOTICES.values():
        assert notice["source"]
        assert all(day["name"] for day in notice["off"] + notice["work"])


def test_the_moment_is_the_same_whatever_zone_it_comes_in():
    start = at("2026-09-19 10:00")
    found = due_at(OFFICIAL, start.astimezone(UTC), Limit(5, Unit.WD))
    assert found == due_at(OFFICIAL, start, Limit(5, Unit.WD))
    assert found.tzinfo is SHANGHAI


def test_the_day_is_the_local_one_for_a_moment_given_in_utc():
    late = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)  # 00:30 on the 10th in Shanghai
    assert due_at(OFFICIAL, late, Limit(1, Unit.WD)) == at("2026-03-11 17:30")
