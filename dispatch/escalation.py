"""What happens as time passes: reminders, warnings, hand-up, supervision, each rung exactly once.

State is the queue. `sweep` reads due ids without a lock; then, one transaction a node, it locks the matter
and the node, looks again, applies one rung, writes entry and notices and sets the next alarm. Killed at any
instruction it leaves either nothing or everything. Any number of sweeps may run at once.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from dispatch import (
    breaker,
    catching_up,
    deadlines,
    effects,
    limits,
    promises,
    recount,
    responsibility,
    rings,
    staged,
    stuck,
)  # fmt: skip
from dispatch.breaker import Gate
from dispatch.choices import OF_PROMISE, OF_STAGE, REPEATED, Action
from dispatch.limits import Timing
from dispatch.models import Node, Rung, SweepHeartbeat
from matters import catalogue
from matters.models import Matter
from organization import clock, rows, standing, workdays
from organization.calendar import Limit
from organization.catalogue import STAMP
from organization.statements import Given, Once

log = logging.getLogger(__name__)

SEEN, BATCH = 500, 100  # alarms read at once, and rung before reading again

_free: Once[Any] = Once(
    lambda: (
        Matter.objects.select_for_update(no_key=True, skip_locked=True)
        .defer("search", "text", "handled_text")
        .annotate(calendar=workdays.LATEST, stamp=STAMP)
        .filter(pk=Given("pk"))
    )
)
_waiting: Once[Node] = Once(
    lambda: (
        Node.objects.select_for_update(no_key=True)
        .filter(pk=Given("pk"))
        .alarm_due(Given("at"))
        .annotate(stamp=STAMP)
    )
)
Alarm = tuple[int, datetime | None, int]  # node, when, matter


def sweep(*, at: datetime, limit: int = 500, name: str = "sweep") -> int:
    """Ring every alarm due at `at`, at most `limit` of them; returns how many rang.

    While the breaker holds, what weighs waits, but for as many as it lets go.
    """
    _let_go_soon()
    rang, timing, gate = 0, limits.timing(at), breaker.look(at)
    tried: set[Alarm] = set()
    while rang < limit:
        due = [each for each in _due(at, gate) if each not in tried]
        if not due:
            break
        random.shuffle(due)  # sweepers that read the same rows should not queue for them: each takes a part
        for node, alarm, matter in due[:BATCH]:
            tried.add((node, alarm, matter))
            rang += ring(node, matter, timing, gate)
    if gate.take:
        rang += sum(ring(node, matter, timing, gate) for node, _alarm, matter in _held(at, gate.take))
    seen = {"beat_at": clock.real_now(), "swept_to": at, "fired": rang}
    SweepHeartbeat.objects.update_or_create(name=name, defaults=seen)
    return rang


def ring(node_id: int, matter_id: int, timing: Timing, gate: Gate = breaker.OPEN) -> bool:
    """Ring one node's alarm; True when a rung fired. A failure is counted on the node and never stops the rest."""
    try:
        with transaction.atomic():
            return _ring(node_id, matter_id, timing, gate)
    except Exception as failure:
        log.exception("node %s could not ring", node_id)
        stuck.push_back(node_id, failure, timing)
        return False


def _let_go_soon() -> None:
    """A sweeper that is frozen inside its transaction loses it after ten seconds, and another rings."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '10s'")


def _due(at: datetime, gate: Gate) -> Iterable[Alarm]:
    nodes = breaker.free(_ready(at)) if gate.holds else _ready(at)
    return _alarms(nodes.order_by("next_alarm_at", "pk"), SEEN)


def _held(at: datetime, count: int) -> Iterable[Alarm]:
    return _alarms(_ready(at, breaker.held(at)), count)


def _ready(at: datetime, nodes: QuerySet[Node] | None = None) -> QuerySet[Node]:
    due = Node.objects.alarm_due(at) if nodes is None else nodes
    return due.filter(Q(retry_at=None) | Q(retry_at__lte=clock.real_now()))


def _alarms(nodes: QuerySet[Node], count: int) -> Iterable[Alarm]:
    return nodes.values_list("pk", "next_alarm_at", "matter")[:count]


def _ring(node_id: int, matter_id: int, timing: Timing, gate: Gate) -> bool:
    """One rung under the locks of the matter, then the node. A busy matter is left for the next pass."""
    matter = _free.first(pk=matter_id)
    if matter is None:
        return False
    catalogue.name(matter, standing.known(matter.stamp))
    if matter.calendar != (timing.calendar.version or None):
        timing = limits.timing(timing.at)  # a calendar was published while this sweep was under way
    node = _still_due(node_id, timing)
    if node and recount.is_stale(node, timing):
        recount.by_calendar(matter, timing)
        node = _still_due(node_id, timing)
    if node is None:
        return False
    node.matter = matter
    _apply(matter, node, timing, gate)
    return True


def _still_due(node_id: int, timing: Timing) -> Node | None:
    node = _waiting.first(pk=node_id, at=timing.at)
    if node:
        responsibility.name([node])
    return node


def _apply(matter: Matter, node: Node, timing: Timing, gate: Gate) -> None:
    """The rung that is due, after those an emergency passes over; each has its own number, record and entry."""
    *passed, (planned_at, action) = catching_up.now_due(node, matter.urgency, timing.at)
    due_at = node.next_alarm_at or planned_at
    late_by, cause = catching_up.lateness(node, planned_at, timing.at, held=gate.kept(node))
    rungs = [_pass_over(matter, node, step, timing) for step in passed]
    node.rung += 1
    if action not in REPEATED:
        node.fired = [*node.fired, action]
    _wind_on(node, action, timing, planned_at)
    told, entry, escalation = effects.take(matter, node, action, timing)
    rung = Rung(
        node=node, number=node.rung, action=action, turn=_turn(node, action), planned_at=planned_at,
        due_at=due_at, fired_at=timing.at, late_by=late_by, cause=cause, tells=told, entry=entry,
    )  # fmt: skip
    rows.insert([*rungs, rung])
    if escalation:
        escalation.rung = rung
        rows.insert([escalation])


def _pass_over(matter: Matter, node: Node, step: catching_up.Planned, timing: Timing) -> Rung:
    """A rung whose moment an emergency has left behind: counted and written, but nobody is told and nothing done."""
    planned_at, action = step
    late_by, cause = catching_up.lateness(node, planned_at, timing.at, held=False)
    node.rung += 1
    node.fired = [*node.fired, action]
    return Rung(
        node=node, number=node.rung, action=action, skipped=True, planned_at=planned_at, due_at=planned_at,
        fired_at=timing.at, late_by=late_by, cause=cause, entry=effects.pass_over(matter, node, step, timing),
    )  # fmt: skip


def _wind_on(node: Node, action: Action, timing: Timing, planned_at: datetime) -> None:
    """Set the next alarm of a node that stays; after a late rung the next keeps its distance."""
    if action in (Action.SUPERVISE, Action.URGE):
        node.urge_at = timing.due(Limit.parse(node.urge_every))
    if action == Action.RING:
        node.ring_at = rings.following(node, timing)
    aside = _wind_on_aside(node, action, timing)
    if action in (Action.ESCALATE, Action.LAPSE):
        rows.change(node, "rung", "fired")
        return
    node.rest_until = catching_up.rest(node, planned_at, timing)
    deadlines.rearm(node)
    node.failures, node.retry_at = 0, None
    moments = ("urge_at", "ring_at", "rest_until", "next_alarm_at", "retry_at")
    rows.change(node, "rung", "fired", "next_action", "failures", *moments, *aside)


def _wind_on_aside(node: Node, action: Action, timing: Timing) -> tuple[str, ...]:
    """What rang of the promise or of a stage will not ring again. Returns the fields to save."""
    if action in OF_PROMISE:
        return promises.rang(node, action)
    if action in OF_STAGE:
        node.stages, _name = staged.rang(node.stages, action, timing.at, node.due_at)
        node.stage_near_at, node.stage_due_at = staged.coming(node.stages, node.due_at)
        return staged.FIELDS
    return ()


def _turn(node: Node, action: Action) -> int:
    """Which urging or call this is; every other action rings once."""
    return node.rung if action in REPEATED else 1
