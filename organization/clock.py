"""Business time. Only doors, tasks and commands read it; verbs are told the moment as `at`.

Business time is the database's clock plus the demo's stored offset. Sessions, leases and
heartbeats use real time and are not moved by it.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

ZONE = ZoneInfo("Asia/Shanghai")
# one statement: of two that move the clock at once, the later moment stands
MOVE = """
    INSERT INTO organization_clockoffset AS kept (id, ahead) VALUES (1, greatest(%s - clock_timestamp(), interval '0'))
    ON CONFLICT (id) DO UPDATE SET ahead = greatest(kept.ahead, excluded.ahead) RETURNING clock_timestamp() + ahead
"""


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
    with connection.cursor() as cursor:
        cursor.execute(MOVE, [moment])
        in_force: datetime = cursor.fetchone()[0]
    return in_force.astimezone(ZONE)
