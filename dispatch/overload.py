"""How many steps fall due by themselves, now and usually: what the breaker compares."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, F, Q
from django.db.models.functions import TruncMinute

from dispatch.models import Node, Rung
from organization import clock

WEEKS = timedelta(days=28)


def usual(at: datetime) -> int:
    """Rungs in the busiest minute of an ordinary day: the median over those days of four weeks on which any rang."""
    rungs = Rung.objects.filter(fired_at__gte=at - WEEKS, fired_at__lt=at, late_by=0)
    minutes = rungs.annotate(minute=TruncMinute("fired_at")).values_list("minute").annotate(n=Count("pk"))
    peaks: dict[Any, int] = {}
    for minute, count in minutes:
        day = clock.day_of(minute)
        peaks[day] = max(peaks.get(day, 0), count)
    return int(median(peaks.values())) if peaks else 0


def fell_due(at: datetime, since: datetime | None, most: int) -> int:
    """How many fell due by themselves since the backlog was counted; counting ends above `most`."""
    due = Node.objects.alarm_due(at).filter(Q(rest_until=None) | Q(next_alarm_at__gt=F("rest_until")))
    if since:
        due = due.filter(next_alarm_at__gt=since)
    return due[: most + 1].count()
