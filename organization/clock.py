"""Business time. Only doors, tasks and commands read it; verbs are told the moment as `at`.

Business time is the database's clock plus the demo's stored offset. Sessions, leases and
heartbeats use real time and are not moved by it.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from organization.models import ClockOffset

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """The present moment of business, in local time, read from the database (one query)."""
    ahead = "+ coalesce((SELECT ahead FROM organization_clockoffset), interval '0')" if settings.DEMO else ""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT clock_timestamp() {ahead}")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(ZONE)


def day_of(moment: datetime) -> date:
    """The local calendar day of a moment; posts and lists are valid by the day."""
    return moment.astimezone(ZONE).date()


def real_now() -> datetime:
    """The database's own clock, for leases and heartbeats."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment.astimezone(ZONE)


def move_to(moment: datetime) -> datetime:
    """Set business time. It never goes back; returns the moment that is now in force."""
    ahead = moment - real_now()
    ClockOffset.objects.update_or_create(id=1, defaults={"ahead": max(ahead, timedelta(0))})
    return now()
