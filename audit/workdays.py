"""Working minutes between two moments, counted anew from the published rows: day by day, span by span."""

from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from audit.snapshot import Snapshot

ZONE = ZoneInfo("Asia/Shanghai")
_HOURS = """
    SELECT v.number, h.span ->> 0, h.span ->> 1 FROM organization_calendarversion v,
        jsonb_array_elements(v.office_hours) WITH ORDINALITY h(span, place) ORDER BY v.number, h.place
"""
_DAYS = """
    SELECT v.number, d.on, d.kind FROM organization_calendarday d JOIN organization_calendarversion v
        ON v.id = d.version_id
"""


class Workdays:
    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    @cached_property
    def _hours(self) -> dict[int, list[tuple[time, time]]]:
        found: dict[int, list[tuple[time, time]]] = {}
        for number, start, end in self._snapshot.rows(_HOURS):
            found.setdefault(number, []).append((time.fromisoformat(start), time.fromisoformat(end)))
        return found

    @cached_property
    def _days(self) -> dict[tuple[int, date], str]:
        return {(number, day): kind for number, day, kind in self._snapshot.rows(_DAYS)}

    def minutes(self, version: int, start: datetime, end: datetime) -> float:
        """Working minutes from `start` to `end`, by the calendar of a version."""
        first, last = start.astimezone(ZONE), end.astimezone(ZONE)
        total, day = timedelta(), first.date()
        while day <= last.date():
            for opens, closes in self._open(version, day):
                begins, ends = max(first, opens), min(last, closes)
                total += max(timedelta(), ends - begins)
            day += timedelta(days=1)
        return total / timedelta(minutes=1)

    def _open(self, version: int, day: date) -> list[tuple[datetime, datetime]]:
        kind = self._days.get((version, day), "work" if day.weekday() < 5 else "off")
        if kind == "off":
            return []
        spans = [
            (datetime.combine(day, opens, ZONE), datetime.combine(day, closes, ZONE))
            for opens, closes in self._hours.get(version, [])
        ]
        return spans[:1] if kind == "half" else spans
