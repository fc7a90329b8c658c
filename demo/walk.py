"""Moving the demo's clock. It walks from due moment to due moment, so that everything on the way fires at its own.

A jump moves the clock at once, as an outage would, and leaves the catching up to the running sweepers.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Min, Q
from django.utils.translation import gettext as _

from dispatch import escalation
from dispatch.models import Node, Rung
from matters.refusals import Invalid, Refused
from organization import clock, workdays
from organization.calendar import Limit, due_at

LOCK = 5_020_104  # any number nobody else uses: one walk at a time in the whole database
PATIENCE = 300.0  # seconds a walk waits for the one before it
A_MOMENT = 0.02  # seconds until looking again at a node another sweeper has in hand
MOST_LOOKS = 250
FARTHEST = timedelta(days=800)


@dataclass(frozen=True)
class Walked:
    now: datetime
    fired: int
    walked: bool


def walk(*, to: datetime | None = None, by: Limit | None = None) -> Walked:
    """Walk to a moment, or by a limit counted from now; returns when everything due on the way has fired.

    Other sweepers may run meanwhile: what they fire counts too. Raises Refused, Invalid.
    """
    with one_at_a_time():
        target = _target(to, by)
        start, before = clock.now(), _last_rung()
        for moment in _due_moments(target):
            _move(moment)
            # what was late before the walk began fires now: it was not on the way
            escalation.sweep(at=max(moment, start), name="walk")
        _move(target)
        return Walked(clock.now(), Rung.objects.filter(pk__gt=before).count(), walked=True)


def jump(*, to: datetime | None = None, by: Limit | None = None) -> Walked:
    """Only move the clock. Raises Refused, Invalid."""
    with one_at_a_time():
        _move(_target(to, by))
        return Walked(clock.now(), 0, walked=False)


def after(limit: Limit, start: datetime) -> datetime:
    """When a limit that starts now is due: working days and natural days end at close of business of the last."""
    return due_at(workdays.current(), start, limit)


def next_alarm() -> datetime | None:
    """The earliest alarm of any running node that is not waiting after a failed try."""
    waiting = Q(retry_at=None) | Q(retry_at__lte=clock.real_now())
    return Node.objects.running().filter(waiting).aggregate(first=Min("next_alarm_at"))["first"]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the database's lock for walking. It is asked for again and again, since waiting for locks is cut short."""
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while not _ask(cursor, "SELECT pg_try_advisory_lock(%s)"):
            if time.monotonic() > until:
                raise Refused(_("The clock is still walking. Try again in a moment."), code="busy")
            time.sleep(A_MOMENT * 5)
        try:
            yield
        finally:
            _ask(cursor, "SELECT pg_advisory_unlock(%s)")


def _ask(cursor, statement: str) -> bool:
    cursor.execute(statement, [LOCK])
    return cursor.fetchone()[0]


def _target(to: datetime | None, by: Limit | None) -> datetime:
    now = clock.now()
    target = after(by, now) if by else to
    if target is None or target < now:
        raise Refused(_("The clock never goes back."), code="back")
    if target - now > FARTHEST:
        raise Invalid(_("The clock goes 800 days ahead at most."), field="to", code="too_far")
    return target


def _due_moments(target: datetime) -> Iterator[datetime]:
    """Due moments up to the target, in order. One that stays due is in another sweeper's hand."""
    last, looks = None, 0
    while (moment := next_alarm()) is not None and moment <= target:
        looks = looks + 1 if moment == last else 0
        if looks > MOST_LOOKS:
            return
        if looks:
            time.sleep(A_MOMENT)
        last = moment
        yield moment


def _move(moment: datetime) -> None:
    """Set the clock, unless it has run past the moment by itself."""
    if moment > clock.now():
        clock.move_to(moment)


def _last_rung() -> int:
    return Rung.objects.aggregate(last=Max("pk"))["last"] or 0
