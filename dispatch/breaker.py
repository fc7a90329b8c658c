"""Holds what weighs when far more falls due at once than usual, or the clock has jumped; pages; lets go by severity.

What goes on whatever happens: emergencies, reminders of every kind, and the first rung of any step. What is held keeps
its alarm, so nothing is forgotten: a warning, a hand-up, an order or an urging of a step that was told of before. After
a quarter of an hour it lets go by itself, one a second, the urgent and the oldest first. A day's outage does not trip
it: what fell due while nobody swept is a backlog, and catching up spreads it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Case, Max, Q, QuerySet, Value, When
from django.utils.translation import gettext as _

from dispatch import clock_guard, overload, paging
from dispatch.breaker_rows import Breaker, BreakerEvent
from dispatch.choices import Action, BreakerCause, BreakerDeed, BreakerState
from dispatch.models import Node, SweepHeartbeat
from matters.choices import Urgency
from organization import clock, rows
from organization.actors import Actor

HELD = (Action.WARN, Action.ESCALATE, Action.SUPERVISE, Action.URGE)
LEAST, TIMES = 200, 10  # trips above ten times what is usual, and never below so many
MEASURED_EVERY = timedelta(hours=1)
OUTAGE = timedelta(seconds=30)  # nobody swept for so long: what fell due meanwhile is a backlog
HOLD = timedelta(minutes=15)
PAGE_AGAIN = timedelta(hours=1)
MOST_AT_ONCE = 30  # of one a second, in one pass
PLATFORM = Actor.rule("breaker")


@dataclass(frozen=True)
class Gate:
    """What a pass of the sweep may ring: everything, or all but what is held and `take` of that."""

    holds: bool = False
    take: int = 0
    held_to: datetime | None = None

    def kept(self, node: Node) -> bool:
        """Whether it was this that kept the node waiting."""
        weighs = node.next_action in HELD and node.rung > 0 and node.urgency != Urgency.EMERGENCY
        return bool(weighs and self.held_to and node.next_alarm_at and node.next_alarm_at <= self.held_to)


OPEN = Gate()


def look(at: datetime) -> Gate:
    """Called by each pass before it rings: trips, lets go or closes as the rules say, and answers what may ring."""
    now, moved = clock_guard.look(clock.real_now)
    row = Breaker.objects.filter(pk=1).first() or Breaker(pk=1)
    if row.state == BreakerState.CLOSED:
        _watch(row, moved, at, now)
    elif row.state == BreakerState.HOLDING and row.release_at and now >= row.release_at:
        _let_go(row, at, now)
    elif row.state == BreakerState.RELEASING and not held(at).exists():
        _close(row, at, now)
    elif row.state == BreakerState.STOPPED and (row.paged_at is None or now - row.paged_at > PAGE_AGAIN):
        _page(row, at, now)
    holds = row.state != BreakerState.CLOSED
    return Gate(holds, _taken(row, now), at if holds else row.held_to)


def free(nodes: QuerySet[Node]) -> QuerySet[Node]:
    """What rings although the breaker holds."""
    return nodes.filter(Q(urgency=Urgency.EMERGENCY) | Q(rung=0) | ~Q(next_action__in=HELD))


def held(at: datetime) -> QuerySet[Node]:
    """What is due and held, in the order in which it is let go."""
    nodes = Node.objects.alarm_due(at).filter(next_action__in=HELD, rung__gt=0)
    urgent_first = Case(When(urgency=Urgency.URGENT, then=Value(0)), default=Value(1))
    return nodes.exclude(urgency=Urgency.EMERGENCY).order_by(urgent_first, "next_alarm_at", "pk")


def _watch(row: Breaker, moved: float, at: datetime, now: datetime) -> None:
    last = SweepHeartbeat.objects.aggregate(last=Max("swept_to"))["last"]
    if cause := clock_guard.verdict(moved):
        _trip(row, cause, at, now, {"seconds": round(moved)})
        return
    changes: dict[str, Any] = {}
    if last is None or at - last > OUTAGE:
        changes["counted_from"] = at
    if row.measured_at is None or now - row.measured_at > MEASURED_EVERY:
        changes |= {"usual": overload.usual(at), "measured_at": now}
    if changes:
        # single statements, no transaction: a sweeper that freezes here keeps no lock from the others
        if not Breaker.objects.filter(pk=1).update(**changes):
            rows.insert([Breaker(pk=1, **changes)], unless_known=True)
        for name, value in changes.items():
            setattr(row, name, value)
    most = max(LEAST, TIMES * row.usual)
    if overload.fell_due(at, row.counted_from, most) > most:
        _trip(row, BreakerCause.MASS, at, now, {"more_than": most, "usual": row.usual})


@transaction.atomic
def _trip(row: Breaker, cause: BreakerCause, at: datetime, now: datetime, facts: dict[str, Any]) -> None:
    """One sweeper wins, records it and pages; the others see it at their next look."""
    Breaker.objects.get_or_create(pk=1)
    held_now = {"since": now, "release_at": now + HOLD, "paged_at": now, "cause": cause}
    if not become(row, BreakerState.HOLDING, **held_now):
        return
    record(BreakerDeed.TRIPPED, cause, PLATFORM, now, facts=facts)
    paging.page("breaker", f"breaker:{now.isoformat()}", at=at)


def _let_go(row: Breaker, at: datetime, now: datetime) -> None:
    """A quarter of an hour is over: a clock that jumped is believed, a mass goes one a second."""
    if row.cause == BreakerCause.MASS:
        if become(row, BreakerState.RELEASING, release_at=None, taken_at=now):
            record(BreakerDeed.SLOWLY, row.cause, PLATFORM, now)
    else:
        _close(row, at, now)


def _close(row: Breaker, at: datetime, now: datetime) -> None:
    if become(row, BreakerState.CLOSED, release_at=None, counted_from=at, held_to=at):
        record(BreakerDeed.CLOSED, row.cause, PLATFORM, now)


def _page(row: Breaker, at: datetime, now: datetime) -> None:
    if Breaker.objects.filter(pk=1, state=row.state, paged_at=row.paged_at).update(paged_at=now):
        paging.page("breaker", f"breaker:{now.isoformat()}", at=at)


def _taken(row: Breaker, now: datetime) -> int:
    """How many held rungs this pass may ring: one for each second since somebody last took some."""
    if row.state != BreakerState.RELEASING or row.taken_at is None:
        return 0
    count = min(MOST_AT_ONCE, int((now - row.taken_at).total_seconds()))
    if count < 1:
        return 0
    won = Breaker.objects.filter(pk=1, state=row.state, taken_at=row.taken_at).update(taken_at=now)
    return count if won else 0


def become(row: Breaker, state: BreakerState, **changes: Any) -> bool:
    """Compare-and-set; the caller's copy then says what the row says."""
    before = row.state
    won = Breaker.objects.filter(pk=1, state=before).update(state=state, **changes)
    for name, value in {"state": state, **changes}.items():
        setattr(row, name, value)
    return bool(won)


def record(what: BreakerDeed, cause: str, by: Actor, at: datetime, **words: Any) -> None:
    name = _("Platform") if by == PLATFORM else by.name
    BreakerEvent.objects.create(at=at, what=what, cause=cause, by_name=name, person=by.person, **words)
