"""When a limit runs out: working days, working hours, natural days, hours and minutes, each with its reasons.

Pure arithmetic over a WorkingCalendar (organization/office.py, re-exported here). Moments are aware in and out, the
answers in the calendar's zone; a naive moment is a ValueError.

Sources: Civil Code 民法典 arts. 200-204 (the first day is not counted; a last day that is a day off moves to the day
after it; a day ends at 24:00, or at close of business where there is business time); Administrative Licensing Law
行政许可法 art. 82 (limits in days are working days, without statutory holidays); the State Council's yearly notice on
days off and swapped working days 调休.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Self, TypedDict

from organization.office import NOTHING, ONE_DAY, WEEKEND, Day, WorkingCalendar, calendar_from_notice

__all__ = [
    "WEEKEND",
    "Day",
    "Due",
    "Limit",
    "Stretch",
    "Unit",
    "WorkingCalendar",
    "calendar_from_notice",
    "due",
    "due_at",
    "fraction_at",
    "minus_working",
    "plus_working_minutes",
    "working_minutes",
]

MOST = 99_999
Stretch = TypedDict("Stretch", {"from": datetime, "to": datetime})


class Unit(StrEnum):
    """What a limit is counted in."""

    WD = "WD"  # working days
    WH = "WH"  # working hours, which run only inside office hours
    D = "D"  # natural days
    H = "H"  # natural hours, day and night
    M = "M"  # natural minutes, day and night


WORKING = frozenset({Unit.WD, Unit.WH})
BY_THE_DAY = frozenset({Unit.WD, Unit.D})
LENGTH = {
    Unit.WH: timedelta(hours=1),
    Unit.D: ONE_DAY,
    Unit.H: timedelta(hours=1),
    Unit.M: timedelta(minutes=1),
}


@dataclass(frozen=True, slots=True)
class Limit:
    """An amount of time, written like "5WD". A whole number from 0 to 99,999 of a known unit, else ValueError."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if not isinstance(self.amount, int) or not 0 <= self.amount <= MOST:
            raise ValueError(f"a limit is a whole number from 0 to {MOST}, not {self.amount!r}")
        object.__setattr__(self, "unit", Unit(self.unit))  # "WH" from a row or a form is as good as Unit.WH

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read "5WD"; small letters and spaces are forgiven, anything else is a ValueError."""
        found = re.fullmatch(r"\s*([0-9]{1,5})\s*(WD|WH|D|H|M)\s*", text, re.IGNORECASE)
        if not found:
            raise ValueError(f"not a limit: {text!r}")
        return cls(int(found[1]), Unit(found[2].upper()))

    @property
    def short(self) -> bool:
        """Whether it is counted in hours or minutes, not in days."""
        return self.unit not in BY_THE_DAY


@dataclass(frozen=True, slots=True)
class Due:
    """A due moment with its explanation.

    `counted` holds dates for WD and D (as many as the limit says, the last being the day it is due), stretches
    {"from", "to"} for WH, nothing for H and M. `skipped` holds (date, reason) for each day off passed over; for D
    only those that moved the end. No date is in both. `provisional`: a year it touched has no official notice yet.
    """

    at: datetime
    provisional: bool
    counted: tuple[date, ...] | tuple[Stretch, ...]
    skipped: tuple[tuple[date, str], ...]


def due_at(calendar: WorkingCalendar, start: datetime, limit: Limit) -> datetime:
    """When a limit that starts now runs out (about 10 µs, whatever its length). A limit of 0 is due at its start.

    WD and D leave the first day out and end at close of business of the last; D moves off a day off. WH run inside
    office hours from the next open moment; an end on the edge of two spans is the end of the earlier. H and M run day
    and night.
    """
    local = calendar.local(start)
    if not limit.amount:
        return calendar.aware(local)
    if limit.unit in BY_THE_DAY:
        return calendar.aware(calendar.closing(_last_day(calendar, local.date(), limit)))
    length = limit.amount * LENGTH[limit.unit]
    if limit.unit is Unit.WH:
        return calendar.aware(calendar.shifted(local, length))
    return (start.astimezone(UTC) + length).astimezone(calendar.tz)


def due(calendar: WorkingCalendar, start: datetime, limit: Limit) -> Due:
    """`due_at` with its explanation.

    The days touched are those after the first for WD and D, those from the first on for WH; a limit in H or M, or of 0,
    touches none and is never provisional.
    """
    at = due_at(calendar, start, limit)
    if not limit.amount or limit.unit in (Unit.H, Unit.M):
        return Due(at, False, (), ())
    local = calendar.local(start)
    if limit.unit is Unit.WH:
        end = calendar.local(at)
        dates = _dates(local.date(), end.date())
        return Due(
            at, _provisional(calendar, dates), _stretches(calendar, local, end), _skipped(calendar, dates)
        )
    dates = _dates(local.date() + ONE_DAY, _last_day(calendar, local.date(), limit))
    if limit.unit is Unit.WD:
        counted = tuple(on for on in dates if calendar.is_working(on))
        return Due(at, _provisional(calendar, dates), counted, _skipped(calendar, dates))
    before_the_last = dates[: limit.amount - 1]
    skipped = _skipped(calendar, dates[limit.amount - 1 :])
    return Due(at, _provisional(calendar, dates), (*before_the_last, dates[-1]), skipped)


def working_minutes(calendar: WorkingCalendar, start: datetime, end: datetime) -> float:
    """Minutes of office hours between two moments; negative if the end is before the start."""
    return calendar.worked(calendar.local(start), calendar.local(end)) / timedelta(minutes=1)


def fraction_at(
    calendar: WorkingCalendar, start: datetime, end: datetime, fraction: float, unit: Unit
) -> datetime:
    """When a fraction (0 to 1) of the time from start to end has run, in the unit's own kind of time.

    That is working time for WD and WH, natural time for the others, and also for WD and WH if no working time lies
    between. Never outside start and end. ValueError for an end before the start.
    """
    first, last = calendar.local(start), calendar.local(end)
    if not 0 <= fraction <= 1 or last < first:
        raise ValueError("the fraction is 0 to 1, and the end is not before the start")
    if fraction in (0, 1):
        return calendar.aware(last if fraction else first)
    worked = calendar.worked(first, last) if unit in WORKING else NOTHING
    if not worked:
        return calendar.aware(first + (last - first) * fraction)
    return calendar.aware(calendar.shifted(first, worked * fraction))


def plus_working_minutes(calendar: WorkingCalendar, start: datetime, minutes: float) -> datetime:
    """When so many minutes of office hours have run since start; 0 is start itself. ValueError if negative."""
    return calendar.aware(calendar.shifted(calendar.local(start), _run(minutes)))


def minus_working(calendar: WorkingCalendar, end: datetime, less: Limit | float) -> datetime:
    """The moment at which so much is left before end; on the edge of two spans, the end of the earlier.

    `less` is minutes of office hours, or a limit: a WD is then a full day's office hours (`day_minutes`), and D, H
    and M are natural time. ValueError if negative.
    """
    local = calendar.local(end)
    if not isinstance(less, Limit):
        return calendar.aware(calendar.shifted(local, -_run(less)))
    if less.unit not in WORKING:
        return calendar.aware(local - less.amount * LENGTH[less.unit])
    each = calendar.day_minutes if less.unit is Unit.WD else 60
    return calendar.aware(calendar.shifted(local, -_run(less.amount * each)))


def _run(minutes: float) -> timedelta:
    if minutes < 0:
        raise ValueError("minutes are not negative")
    return timedelta(minutes=minutes)


def _last_day(calendar: WorkingCalendar, first: date, limit: Limit) -> date:
    """The day on which a limit in days ends (amount at least 1)."""
    if limit.unit is Unit.WD:
        return calendar.working_day(first, limit.amount)
    return calendar.working_day(first + ONE_DAY * (limit.amount - 1), 1)


def _dates(first: date, last: date) -> list[date]:
    return [first + ONE_DAY * passed for passed in range((last - first).days + 1)]


def _provisional(calendar: WorkingCalendar, dates: list[date]) -> bool:
    return calendar.is_provisional(dates[0], dates[-1])


def _skipped(calendar: WorkingCalendar, dates: list[date]) -> tuple[tuple[date, str], ...]:
    return tuple((on, why) for on in dates if (why := calendar.reason(on)) is not None)


def _stretches(calendar: WorkingCalendar, start: datetime, end: datetime) -> tuple[Stretch, ...]:
    """The parts of office hours between two local moments."""
    spans = (
        (datetime.combine(on, opens), datetime.combine(on, closes))
        for on in _dates(start.date(), end.date())
        for opens, closes in calendar.spans_on(on)
    )
    return tuple(
        {"from": calendar.aware(max(opens, start)), "to": calendar.aware(min(closes, end))}
        for opens, closes in spans
        if opens < end and closes > start
    )
