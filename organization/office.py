"""When the offices are open: the plain week, its published exceptions, and counting along it.

Pure arithmetic, no database and no clock. Public moments are aware (a naive one is a ValueError); "local" means
naive wall-clock time in the calendar's zone, which must be one without summer time.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

WEEKEND = "weekend"
SATURDAY = 5
ZONE = ZoneInfo("Asia/Shanghai")
OFFICE_HOURS = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))
ONE_DAY = timedelta(days=1)
NOTHING = timedelta(0)

Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Day:
    """A published exception to the plain week: a day off, a swapped working day 调休, or a half day."""

    on: date
    kind: str  # a DayKind: off, work or half
    name: str


class Year(NamedTuple):
    """A year's working days and office spans laid end to end, so that counting is a bisection."""

    working_days: list[date]
    opens: list[datetime]
    closes: list[datetime]
    run: list[timedelta]  # working time since the year began, at the close of each span

    @property
    def total(self) -> timedelta:
        return self.run[-1] if self.run else NOTHING

    def run_by(self, at: datetime) -> timedelta:
        """Working time from the beginning of the year to a local moment in it."""
        begun = bisect_right(self.opens, at)
        if not begun:
            return NOTHING
        return self.run[begun - 1] - max(self.closes[begun - 1] - at, NOTHING)

    def when(self, run: timedelta) -> datetime:
        """The first moment by which so much has run (0 < run <= total): on an edge, the earlier span's end."""
        span = bisect_left(self.run, run)
        return self.closes[span] - (self.run[span] - run)


@dataclass(frozen=True)
class WorkingCalendar:
    """One published version of the calendar: the plain Monday-to-Friday week and its exceptions.

    A half day has the first span only. A year not in `confirmed_years` has no official notice yet, and what is
    counted in it is provisional. `closes_at_midnight` moves the end of WD and D limits from close of business to
    24:00, that is 00:00 of the next date. ValueError if the spans are missing, overlap or are out of order.
    """

    version: int
    days: Mapping[date, Day] = field(hash=False)
    spans: tuple[Span, ...] = OFFICE_HOURS
    confirmed_years: frozenset[int] = frozenset()
    closes_at_midnight: bool = False
    tz: ZoneInfo = ZONE
    _years: dict[int, Year] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        edges = [edge for span in self.spans for edge in span]
        if not edges or any(first >= second for first, second in pairwise(edges)):
            raise ValueError("office hours are one or more spans, in order and apart")

    @property
    def half_day_spans(self) -> tuple[Span, ...]:
        return self.spans[:1]

    @property
    def day_minutes(self) -> float:
        """Working minutes of a full day (450 with the usual hours)."""
        edges = [[datetime.combine(date.min, edge) for edge in span] for span in self.spans]
        return sum((end - start for start, end in edges), NOTHING) / timedelta(minutes=1)

    def reason(self, on: date) -> str | None:
        """Why a date is skipped: the name of the holiday, or WEEKEND. None if it is worked."""
        day = self.days.get(on)
        if day:
            return day.name if day.kind == "off" else None
        return WEEKEND if on.weekday() >= SATURDAY else None

    def is_working(self, on: date) -> bool:
        """Whether any of the date is worked; a half day is. TypeError for a moment: its zone would be lost."""
        if isinstance(on, datetime):
            raise TypeError("a date is asked for, not a moment")
        return self.reason(on) is None

    def spans_on(self, on: date) -> tuple[Span, ...]:
        """Office hours of a date; empty on a day off."""
        if not self.is_working(on):
            return ()
        day = self.days.get(on)
        return self.half_day_spans if day and day.kind == "half" else self.spans

    def is_open(self, at: datetime) -> bool:
        """Whether the office is open; at the closing moment it no longer is."""
        local = self.local(at)
        year = self.year(local.year)
        begun = bisect_right(year.opens, local)
        return begun > 0 and local < year.closes[begun - 1]

    def next_open(self, at: datetime) -> datetime:
        """The moment itself if the office is open, else the next opening."""
        local = self.local(at)
        if self.is_open(at):
            return self.aware(local)
        number = local.year
        while (begun := bisect_right(self.year(number).opens, local)) == len(self.year(number).opens):
            number += 1
        return self.aware(self.year(number).opens[begun])

    def is_provisional(self, first: date, last: date) -> bool:
        """Whether the dates touch a year without an official notice."""
        return any(year not in self.confirmed_years for year in range(first.year, last.year + 1))

    def local(self, at: datetime) -> datetime:
        """The wall-clock time of an aware moment. ValueError for a naive one."""
        if at.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return at.astimezone(self.tz).replace(tzinfo=None)

    def aware(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.tz)

    def year(self, number: int) -> Year:
        """The laid-out year, made when first asked for (about a millisecond) and then kept."""
        if number not in self._years:
            passed = range((date(number, 12, 31) - date(number, 1, 1)).days + 1)
            dates = (date(number, 1, 1) + ONE_DAY * count for count in passed)
            year = Year([on for on in dates if self.is_working(on)], [], [], [])
            for on in year.working_days:
                for start, end in self.spans_on(on):
                    year.opens.append(datetime.combine(on, start))
                    year.closes.append(datetime.combine(on, end))
                    year.run.append(year.total + (year.closes[-1] - year.opens[-1]))
            self._years[number] = year
        return self._years[number]

    def working_day(self, after: date, count: int) -> date:
        """The count-th (1 or more) working day after a date."""
        number = after.year
        index = bisect_right(self.year(number).working_days, after) + count - 1
        while index >= (held := len(self.year(number).working_days)):
            index -= held
            number += 1
        return self.year(number).working_days[index]

    def closing(self, on: date) -> datetime:
        """The local moment at which a limit in days that ends on this working day runs out."""
        if self.closes_at_midnight:
            return datetime.combine(on + ONE_DAY, time.min)
        return datetime.combine(on, self.spans_on(on)[-1][1])

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two local moments; negative if the end is before the start."""
        if end < start:
            return -self.worked(end, start)
        whole = sum((self.year(number).total for number in range(start.year, end.year)), NOTHING)
        return whole + self.year(end.year).run_by(end) - self.year(start.year).run_by(start)

    def shifted(self, at: datetime, run: timedelta) -> datetime:
        """The local moment that lies so much working time after (if negative, before) a local moment."""
        if not run:
            return at
        number = at.year
        wanted = self.year(number).run_by(at) + run
        while wanted > (total := self.year(number).total):
            wanted -= total
            number += 1
        while wanted <= NOTHING:
            number -= 1
            wanted += self.year(number).total
        return self.year(number).when(wanted)


def calendar_from_notice(version: int, notices: Mapping[str, Mapping[str, Any]]) -> WorkingCalendar:
    """A calendar from yearly notices: {"2026": {"confirmed": bool, "off": [{"date", "name"}], "work": [...]}}.

    "half" may be listed like "off". A notice may name days of the December before (that for 2019 did), so a notice
    confirms only the year it is filed under. ValueError for a date listed twice.
    """
    listed = [
        Day(date.fromisoformat(row["date"]), kind, row["name"])
        for notice in notices.values()
        for kind in ("off", "work", "half")
        for row in notice.get(kind, ())
    ]
    days = {day.on: day for day in listed}
    if len(days) < len(listed):
        raise ValueError("a date is listed twice")
    confirmed = frozenset(int(year) for year, notice in notices.items() if notice["confirmed"])
    return WorkingCalendar(version, days, confirmed_years=confirmed)
