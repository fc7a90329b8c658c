import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from organization import workdays
from organization.calendar import Limit, due
from organization.models import CalendarDay, CalendarVersion

NEW_YEAR = {
    "confirmed": True,
    "off": [{"date": "2028-01-03", "name": "元旦"}],
    "work": [{"date": "2028-01-08", "name": "元旦"}],
}


def load(year):
    out = io.StringIO()
    call_command("load_calendar", str(year), stdout=out)
    return out.getvalue()


def test_without_a_calendar_the_plain_week_counts_and_is_provisional(db):
    calendar = workdays.current()
    assert calendar.is_working(dt.date(2026, 10, 1))
    assert calendar.is_provisional(dt.date(2026, 1, 1), dt.date(2026, 1, 1))


def test_the_calendar_in_force_is_read_with_one_small_query(town, django_assert_num_queries):
    workdays.current()
    with django_assert_num_queries(1):
        calendar = workdays.current()
    assert not calendar.is_working(dt.date(2026, 10, 1))


def test_a_limit_skips_the_holidays_of_the_notice(town):
    found = due(workdays.current(), town.at("2026-09-30 09:00"), Limit.parse("1WD"))
    assert found.at == town.at("2026-10-08 17:30")
    assert not found.provisional


def test_half_days_of_a_notice_are_published_too(town):
    workdays.publish(
        {"2028": {**NEW_YEAR, "half": [{"date": "2028-01-25", "name": "除夕"}]}}, note="", at=town.now
    )
    assert len(workdays.current().spans_on(dt.date(2028, 1, 25))) == 1


def test_a_year_added_keeps_the_others_and_the_office_hours(town):
    latest = CalendarVersion.objects.get()
    CalendarVersion.objects.update(office_hours=[["09:00", "12:00"]], closes_at_midnight=True)
    row = workdays.add_year(2028, NEW_YEAR, note="国办发", at=town.now)
    assert row.number == latest.number + 1
    assert row.office_hours == [["09:00", "12:00"]]
    assert row.closes_at_midnight
    assert set(row.confirmed_years) == {*latest.confirmed_years, 2028}
    assert row.days.count() == latest.days.count() + 2
    assert workdays.current().is_working(dt.date(2028, 1, 8))


def test_a_year_published_again_is_replaced_and_the_earlier_version_stands(town):
    first = workdays.add_year(2028, NEW_YEAR, note="", at=town.now)
    second = workdays.add_year(
        2028, {"confirmed": False, "off": [{"date": "2028-01-04", "name": "元旦"}]}, note="", at=town.now
    )
    assert [day.on.day for day in second.days.filter(on__year=2028)] == [4]
    assert 2028 not in second.confirmed_years
    assert sorted(day.on.day for day in first.days.filter(on__year=2028)) == [3, 8]


def test_a_notice_may_name_days_of_the_december_before(town):
    workdays.add_year(
        2027,
        {"confirmed": True, "off": [], "work": [{"date": "2027-12-25", "name": "元旦"}]},
        note="",
        at=town.now,
    )
    notice = {"confirmed": True, "off": [{"date": "2027-12-25", "name": "元旦"}], "work": []}
    row = workdays.add_year(2028, notice, note="", at=town.now)
    assert row.days.get(on=dt.date(2027, 12, 25)).kind == "off"


def test_the_first_calendar_of_all_can_be_a_single_year(db, town):
    CalendarDay.objects.all().delete()
    CalendarVersion.objects.all().delete()
    assert workdays.add_year(2028, NEW_YEAR, note="", at=town.now).number == 1


@pytest.mark.parametrize(("year", "state"), [(2026, "confirmed"), (2027, "provisional")])
def test_load_calendar_publishes_the_year_and_says_its_state(town, year, state):
    text = load(year)
    assert "v2" in text
    assert state in text
    assert CalendarVersion.objects.count() == 2


def test_load_calendar_refuses_a_year_without_a_notice_on_file(town):
    with pytest.raises(CommandError, match=r"No notice for 2031.*2026"):
        load(2031)
    assert CalendarVersion.objects.count() == 1
