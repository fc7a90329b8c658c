"""Moving the demo's clock. It walks from due moment to due moment, so that everything on the way fires at its own.

A jump moves the clock at once, as an outage would, and leaves the catching up to the running sweepers.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from dispatch import escalation, limits
from dispatch.models import Node, Rung
from matters.refusals import Invalid, Refused
from organization import clock, workdays
from organization.calendar import Limit, due_at

LOCK = 5_020_104  # any number nobody else uses: one walk at a time in the whole database
PATIENCE = 300.0  # seconds a walk waits for the one before it
A_MOMENT = 0.02  # seconds until looking again at a node another sweeper has in hand
MOST_LOOKS = 250
AT_ONCE = 50
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
        target, start, before = _target(to, by), clock.now(), _last_rung()
        _ring_until(target, start)
        clock.move_to(target)
        escalation.sweep(at=target, name="walk")
        return Walked(clock.now(), Rung.objects.filter(pk__gt=before).count(), walked=True)


def jump(*, to: datetime | None = None, by: Limit | None = None) -> Walked:
    """Only move the clock. Raises Refused, Invalid."""
    with one_at_a_time():
        clock.move_to(_target(to, by))
        return Walked(clock.now(), 0, walked=False)


def after(limit: Limit, start: datetime) -> datetime:
    """When a limit that starts now is due: working days and natural days end at close of business of the last."""
    return due_at(workdays.current(), start, limit)


def next_alarm() -> datetime | None:
    """The earliest alarm of any running node that is not waiting after a failed try."""
    return _ready().values_list("next_alarm_at", flat=True).first()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold the database's lock for walking. It is asked for again and again, since waiting for locks is cut short."""
    until = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while not _ask(cursor, "SELECT pg_try_advisory_lock(%s)"):
            if time.monotonic() > until:
                raise Refused(_("The clock is still walking. Try again in a moment."), code="busy")
            time.sleep(A_MOMENT * 5)
        # commits need not wait for the disk: a crash of the database loses the end of a walk, never half a rung
        cursor.execute("SET synchronous_commit = off")
        try:
            yield
        finally:
            cursor.execute("RESET synchronous_commit")
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


def _ring_until(target: datetime, start: datetime) -> None:
    """Ring what is due up to the target, moment after moment; what a rung sets off on the way rings as well.

    What was late before the walk rings at its start: it was not on the way. A node that another sweeper holds is
    looked at again, for a while; one that fails waits as in every sweep.
    """
    looks, timing = 0, limits.timing(start)
    while (due := list(_due(target))) and looks < MOST_LOOKS:
        moment = due[0][1]
        at = max(moment, start)
        clock.move_to(moment)
        same_day = clock.day_of(at) == clock.day_of(timing.at)
        timing = replace(timing, at=at) if same_day else limits.timing(at)
        rang = [escalation.ring(node, matter, timing) for node, alarm, matter in due if alarm == moment]
        looks = 0 if any(rang) else looks + 1
        if looks:
            time.sleep(A_MOMENT)


def _ready() -> QuerySet[Node]:
    return (
        Node.objects.running()
        .filter(Q(retry_at=None) | Q(retry_at__lte=Now()))
        .order_by("next_alarm_at", "pk")
    )


def _due(target: datetime) -> QuerySet[Node, tuple[int, datetime, int]]:
    return _ready().alarm_due(target).values_list("pk", "next_alarm_at", "matter")[:AT_ONCE]


def _last_rung() -> int:
    return Rung.objects.aggregate(last=Max("pk"))["last"] or 0
