"""How the engine is at this moment, read from the tables by a few small queries (well under 50 ms)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import connection

STUCK = 8  # failures after which a step counts as stuck; it is still tried every ten minutes
LOOKED_BACK = 10_000  # rungs; the last hour of them

_NOW = """
    WITH clock AS (SELECT clock_timestamp() AS real, clock_timestamp() + CASE WHEN %(demo)s
        THEN coalesce((SELECT ahead FROM organization_clockoffset), interval '0') ELSE interval '0' END AS now)
    SELECT clock.real, clock.now,
        (SELECT min(next_alarm_at) FROM dispatch_node WHERE next_alarm_at IS NOT NULL AND failures < %(stuck)s
            AND next_alarm_at <= clock.now),
        (SELECT count(*) FROM dispatch_node WHERE next_alarm_at <= clock.now AND failures < %(stuck)s),
        (SELECT count(*) FROM dispatch_node WHERE failures >= %(stuck)s AND next_alarm_at IS NOT NULL),
        (SELECT count(*) FROM matters_matter WHERE status IN ('reported', 'dispatched', 'verifying', 'callback')),
        (SELECT min(send_after) FROM dispatch_outbox WHERE state = 'ready' AND send_after <= clock.now),
        (SELECT count(*) FROM dispatch_outbox WHERE state = 'ready' AND send_after <= clock.now),
        (SELECT count(*) FROM dispatch_outbox WHERE state = 'dead')
    FROM clock
"""
_LAG = """
    SELECT count(*), percentile_cont(ARRAY[0.5, 0.99, 1]) WITHIN GROUP (ORDER BY late) FROM (
        SELECT extract(epoch FROM fired_at - due_at) AS late FROM dispatch_rung
        WHERE id > (SELECT max(id) FROM dispatch_rung) - %(back)s AND fired_at > %(now)s - interval '1 hour') r
"""
_BEATS = "SELECT name, beat_at, fired, clock_timestamp() FROM dispatch_sweepheartbeat ORDER BY name"
_CALENDAR = "SELECT confirmed_years FROM organization_calendarversion ORDER BY number DESC LIMIT 1"
_AUDIT = "SELECT at, breaches, seconds FROM audit_auditrun ORDER BY at DESC LIMIT 1"


@dataclass(frozen=True)
class Beat:
    """The latest finished pass of a loop, in real time."""

    name: str
    at: datetime
    fired: int
    read_at: datetime

    @property
    def age(self) -> float:
        """Seconds."""
        return (self.read_at - self.at).total_seconds()

    @property
    def is_relay(self) -> bool:
        return self.name.startswith("relay")


@dataclass(frozen=True)
class Vitals:
    """`oldest_due`: the earliest alarm that should have rung and has not (steps that are stuck are counted apart)."""

    real: datetime
    now: datetime
    oldest_due: datetime | None
    due: int
    stuck: int
    open_matters: int
    oldest_message: datetime | None
    messages: int
    dead_messages: int
    rungs: int
    lag: tuple[float, float, float] | None  # median, 99 %, longest, of the last hour, in seconds
    beats: tuple[Beat, ...]
    confirmed_until: date | None
    audit_at: datetime | None
    audit_breaches: int

    @property
    def waits(self) -> float:
        """Seconds the oldest due alarm is late."""
        return (self.now - self.oldest_due).total_seconds() if self.oldest_due else 0.0

    @property
    def message_waits(self) -> float:
        return (self.now - self.oldest_message).total_seconds() if self.oldest_message else 0.0


def read() -> Vitals:
    """The present state; raises DatabaseError when there is none to be had."""
    names: dict[str, Any] = {"demo": settings.DEMO, "stuck": STUCK, "back": LOOKED_BACK}
    with connection.cursor() as cursor:
        cursor.execute(_NOW, names)
        real, now, *counts = cursor.fetchone()
        cursor.execute(_LAG, names | {"now": now})
        rungs, lag = cursor.fetchone()
        cursor.execute(_CALENDAR)
        years = cursor.fetchone()
        cursor.execute(_AUDIT)
        audit = cursor.fetchone() or (None, 0, 0)
    oldest_due, due, stuck, opened, oldest_message, messages, dead = counts
    return Vitals(
        real, now, oldest_due, due, stuck, opened, oldest_message, messages, dead, rungs,
        (float(lag[0]), float(lag[1]), float(lag[2])) if lag else None, beats(),
        _confirmed_until(years[0] if years else [], now.date()), audit[0], audit[1],
    )  # fmt: skip


def beats() -> tuple[Beat, ...]:
    """The loops that have ever finished a pass."""
    with connection.cursor() as cursor:
        cursor.execute(_BEATS)
        return tuple(Beat(*row) for row in cursor.fetchall())


def _confirmed_until(years: list[int], today: date) -> date | None:
    """The last day, without a gap from today on, of which the official notice is in."""
    year = today.year
    while year in years:
        year += 1
    return date(year - 1, 12, 31) if year > today.year else None
