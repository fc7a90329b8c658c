"""The time states of counted matters: on time, due soon, overdue, handed up. They exclude each other."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from organization import clock

Count = Mapping[str, Any]


def end_of_day(at: datetime) -> datetime:
    """24:00 of the local day: also limits that end at midnight are due on the day they close."""
    day = clock.day_of(at) + timedelta(days=1)
    return datetime.combine(day, time.min, tzinfo=clock.ZONE)


def after(moment: datetime) -> datetime:
    """The list asks for what is due *before* a moment; midnight itself still belongs to the day it ends."""
    return moment + timedelta(seconds=1)


def is_due_today(count: Count) -> bool:
    return count["today"] and not count["late"]


def is_handed_up(count: Count) -> bool:
    return bool(count["escalated_level"])


def is_late(count: Count) -> bool:
    return count["late"] and not is_handed_up(count)


def is_soon(count: Count) -> bool:
    return is_due_today(count) and not is_handed_up(count)


def is_normal(count: Count) -> bool:
    return not (count["late"] or count["today"] or is_handed_up(count))
