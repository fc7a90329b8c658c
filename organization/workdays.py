"""The calendar in force, read once for each version and kept in the process."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Max, Subquery

from organization import clock
from organization.calendar import Day, WorkingCalendar
from organization.choices import DayKind
from organization.models import CalendarDay, CalendarVersion

Notice = Mapping[str, Any]  # one year: {"confirmed", "off", "work", "half"}

# for queries that read something else anyway and want to know the version in force
LATEST = Subquery(CalendarVersion.objects.order_by("-number").values("number")[:1])


def current() -> WorkingCalendar:
    """The published calendar with the highest number (one small query; the days are cached by number)."""
    return version(CalendarVersion.objects.order_by("-number").values_list("number", flat=True).first())


@lru_cache(maxsize=8)
def version(number: int | None) -> WorkingCalendar:
    """The calendar of a version; None, before anything was published, is the plain week."""
    if number is None:
        return WorkingCalendar(version=0, days={}, confirmed_years=frozenset())
    row = CalendarVersion.objects.get(number=number)
    days = CalendarDay.objects.filter(version=row)
    return WorkingCalendar(
        version=number,
        days={day.on: Day(day.on, day.kind, day.name) for day in days},
        spans=tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in row.office_hours),
        confirmed_years=frozenset(row.confirmed_years),
        closes_at_midnight=row.closes_at_midnight,
    )


@transaction.atomic
def publish(
    notices: Mapping[str, Notice],
    *,
    note: str,
    at: datetime,
    office_hours: Sequence[Sequence[str]] = (("08:30", "12:00"), ("13:30", "17:30")),
) -> CalendarVersion:
    """Publish yearly notices ({"2026": {"confirmed", "off", "work"}}) as the next version, and return it."""
    days = [day for notice in notices.values() for day in _days(notice)]
    confirmed = frozenset(int(year) for year, notice in notices.items() if notice["confirmed"])
    whole = WorkingCalendar(0, {day.on: day for day in days}, confirmed_years=confirmed)
    return put_version(whole, note=note, at=at, office_hours=office_hours)


@transaction.atomic
def add_year(year: int, notice: Notice, *, note: str, at: datetime) -> CalendarVersion:
    """Publish the calendar in force with the days of one year as its notice now has them; returns the new version.

    Office hours stay. The year's earlier days go, and days of the December before that the notice names are replaced.
    """
    latest = CalendarVersion.objects.order_by("-number").first()
    if latest is None:
        return publish({str(year): notice}, note=note, at=at)
    named = list(_days(notice))
    dates = {day.on for day in named}
    kept = [
        Day(day.on, day.kind, day.name)
        for day in latest.days.all()
        if day.on.year != year and day.on not in dates
    ]
    confirmed = set(latest.confirmed_years) - {year} | ({year} if notice["confirmed"] else set())
    whole = WorkingCalendar(
        0,
        {day.on: day for day in (*kept, *named)},
        confirmed_years=frozenset(confirmed),
        closes_at_midnight=latest.closes_at_midnight,
    )
    return put_version(whole, note=note, at=at, office_hours=latest.office_hours)


@transaction.atomic
def put_version(
    calendar: WorkingCalendar, *, note: str, at: datetime, office_hours: Sequence[Sequence[str]]
) -> CalendarVersion:
    """A calendar as the next version. Version and days appear at once: a reader keeps what it saw first."""
    row = CalendarVersion.objects.create(
        number=_next_number(),
        published_at=at,
        note=note[:200],
        office_hours=office_hours,
        closes_at_midnight=calendar.closes_at_midnight,
        confirmed_years=sorted(calendar.confirmed_years),
    )
    CalendarDay.objects.bulk_create(
        CalendarDay(version=row, on=day.on, kind=day.kind, name=day.name) for day in calendar.days.values()
    )
    return row


def unconfirmed(at: datetime, days: int = 60) -> tuple[int, ...]:
    """Years that begin or lie within the next `days` and have no official notice yet; empty when all is well."""
    first = clock.day_of(at)
    last = first + timedelta(days=days)
    confirmed = current().confirmed_years
    return tuple(year for year in range(first.year, last.year + 1) if year not in confirmed)


def _next_number() -> int:
    return (CalendarVersion.objects.aggregate(last=Max("number"))["last"] or 0) + 1


def _days(notice: Notice) -> Iterator[Day]:
    for kind in DayKind:
        for row in notice.get(kind, ()):
            yield Day(date.fromisoformat(row["date"]), kind, row["name"])
