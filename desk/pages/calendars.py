"""The working calendar as it is shown: a year of months, the changes of a draft, a preview, a job."""

import calendar as weeks
from datetime import date

from django.utils.translation import gettext as _

from desk.pages.clocks import limit_words
from dispatch.choices import JobState
from organization import drafts
from organization.choices import DayKind, Level


def year(found, number, today):
    """Twelve months of weeks; each day with its number, state, mark and name."""
    return [
        {
            "first": date(number, month, 1),
            "weeks": [
                [_day(found, on, month, today) for on in week]
                for week in weeks.Calendar().monthdatescalendar(number, month)
            ],
        }
        for month in range(1, 13)
    ]


def _day(found, on, month, today):
    if on.month != month:
        return None
    day = found.days.get(on)
    off = not found.is_working(on)
    return {
        "number": on.day,
        "state": day.kind if day else "weekend" if off else "",
        "mark": mark(day),
        "name": day.name if day else "",
        "today": on == today,
    }


def mark(day):
    """One character, so that a day is not told by its colour alone."""
    if day is None:
        return ""
    return {DayKind.OFF: _("off"), DayKind.WORK: _("on"), DayKind.HALF: _("half")}[DayKind(day.kind)]


def changes(old, new):
    """What a draft changes, one line a date."""
    return [
        {
            "on": on,
            "before": words(before, old, on),
            "after": words(after, new, on),
            "named": after is not None,
        }
        for on, before, after in drafts.changes(old, new)
    ]


def words(day, found, on):
    if day is None:
        return _("Ordinary working day") if found.is_working(on) else _("Ordinary day off")
    return f"{DayKind(day.kind).label} · {day.name}"


def preview(found):
    """A preview in figures; of a sample they are estimates and say so."""
    return {
        "running": found.running,
        "moved": found.moved if found.exact else found.of_all(found.moved),
        "exact": found.exact,
        "looked_at": found.looked_at,
        "within": found.within,
        "levels": [
            {"name": Level(level).label, "count": count if found.exact else found.of_all(count)}
            for level, count in sorted(found.levels.items(), key=lambda each: list(Level).index(each[0]))
        ],
        "examples": [
            {
                "number": move.node.matter.number,
                "unit": move.node.department.name,
                "limit": limit_words(move.node.limit_amount, move.node.limit_unit),
                "old": move.old,
                "new": move.new,
            }
            for move in found.examples
        ],
    }


def job(row):
    return {
        "row": row,
        "running": row.state == JobState.RUNNING,
        "most": max(row.total, row.seen, 1),
        "what": _("Calendar version %(n)s") % {"n": row.version} if row.version else _("Outage"),
    }
