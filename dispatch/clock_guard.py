"""Whether the database's clock moved otherwise than time did, as this process felt it.

Compared are two readings of `clock_timestamp()` with the monotonic clock between them. A reading that itself took long
(a process that was stopped, a slow network) proves nothing and is thrown away. Business time plays no part: walking or
jumping the demo's clock moves an offset, not this clock.
"""

import time
from collections.abc import Callable
from datetime import datetime

from dispatch.choices import BreakerCause

FORWARD = 60.0  # seconds
BACKWARD = -5.0
SURE = 1.0  # a reading that took longer says nothing

_last: tuple[datetime, float] | None = None


def ticks() -> float:
    """Seconds that pass also while the machine sleeps, where the system counts them."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


def look(read: Callable[[], datetime]) -> tuple[datetime, float]:
    """(the database's clock now, seconds by which it moved more than time did since the last look)."""
    global _last
    before = ticks()
    now = read()
    after = ticks()
    if after - before > SURE:
        return now, 0.0
    moved, _last = _moved(now, after), (now, after)
    return now, moved


def verdict(moved: float) -> BreakerCause | None:
    if moved > FORWARD:
        return BreakerCause.FORWARD
    return BreakerCause.BACKWARD if moved < BACKWARD else None


def _moved(now: datetime, at: float) -> float:
    if _last is None:
        return 0.0
    return (now - _last[0]).total_seconds() - (at - _last[1])
