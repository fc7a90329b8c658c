"""The calendar in force, read once for each version and kept in the process."""

from datetime import date, time
from functools import lru_cache

from organization.calendar import Day, WorkingCalendar
from organization.models import CalendarDay, CalendarVersion


def current():
    """The published calendar with the highest number (one small query; the days are cached by number)."""
    number = CalendarVersion.objects.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        return WorkingCalendar(version=0, days={}, confirmed_years=frozenset())
    return version(number)


@lru_cache(maxsize=8)
def version(number):
    row = CalendarVersion.objects.get(number=number)
    days = CalendarDay.objects.filter(version=row)
    return WorkingCalendar(
        version=number,
        days={day.on: Day(day.on, day.kind, day.name) for day in days},
        spans=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in row.office_hours),
        confirmed_years=frozenset(row.confirmed_years),
        closes_at_midnight=row.closes_at_midnight,
    )


def publish(notices, *, note, at, office_hours=(("08:30", "12:00"), ("13:30", "17:30"))):
    """Publish yearly notices ({"2026": {"confirmed", "off", "work"}}) as the next version, and return it."""
    latest = CalendarVersion.objects.order_by("-number").first()
    row = CalendarVersion.objects.create(
        number=latest.number + 1 if latest else 1,
        published_at=at,
        note=note,
        office_hours=office_hours,
        confirmed_years=sorted(int(year) for year, notice in notices.items() if notice["confirmed"]),
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(version=row, on=date.fromisoformat(day["date"]), kind=kind, name=day["name"])
        for notice in notices.values()
        for kind in ("off", "work")
        for day in notice[kind]
    )
    return row
