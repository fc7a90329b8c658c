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
from django.db.models import Q

from dispatch import catching_up, deadlines, effects, ladders, limits, recount, responsibility, rings, stuck
from dispatch.choices import Action
from dispatch.limits import Timing
from dispatch.models import Node, Rung, SweepHeartbeat
from matters import catalogue
from matters.choices import Urgency
from matters.models import Matter
from organization import clock, rows, standing, workdays
from organization.calendar import Limit
from organization.catalogue import STAMP
from organization.statements import Given, Once

log = logging.getLogger(__name__)

BATCH = 100

REPEATED = (Action.URGE, Action.RING)
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
    """Ring every alarm due at `at`, at most `limit` of them; returns how many rang."""
    _let_go_soon()
    rang, timing = 0, limits.timing(at)
    tried: set[Alarm] = set()
    while rang < limit:
        due = [each for each in _due(at) if each not in tried]
        if not due:
            break
        random.shuffle(due)  # sweepers that read the same batch should not queue for the same rows
        for node, alarm, matter in due:
            tried.add((node, alarm, matter))
            rang += ring(node, matter, timing)
    SweepHeartbeat.objects.update_or_create(name=name, defaults={"beat_at": clock.real_now(), "fired": rang})
    return rang


def ring(node_id: int, matter_id: int, timing: Timing) -> bool:
    """Ring one node's alarm; True when a rung fired. A failure is counted on the node and never stops the rest."""
    try:
        with transaction.atomic():
            return _ring(node_id, matter_id, timing)
    except Exception as failure:
        log.exception("node %s could not ring", node_id)
        stuck.push_back(node_id, failure, timing)
        return False


def _let_go_soon() -> None:
    """A sweeper that is frozen inside its transaction loses it after ten seconds, and another rings."""
    if not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = '10s'")


def _due(at: datetime) -> Iterable[Alarm]:
    nodes = Node.objects.alarm_due(at).filter(Q(retry_at=None) | Q(retry_at__lte=clock.real_now()))
    return nodes.order_by("next_alarm_at", "pk").values_list("pk", "next_alarm_at", "matter")[:BATCH]


def _ring(node_id: int, matter_id: int, timing: Timing) -> bool:
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
    _apply(matter, node, timing)
    return True


def _still_due(node_id: int, timing: Timing) -> Node | None:
    node = _waiting.first(pk=node_id, at=timing.at)
    if node:
        responsibility.name([node])
    return node


def _apply(matter: Matter, node: Node, timing: Timing) -> None:
    planned_at, action = ladders.pending(node)[0]
    due_at = node.next_alarm_at or planned_at
    skipped: list[Action] = []
    late = action != Action.RING and catching_up.is_late(planned_at, timing.at)
    if late and matter.urgency == Urgency.EMERGENCY:
        planned_at, action, skipped = catching_up.jump(node, timing.at)
    node.rung += 1
    if action not in REPEATED:
        node.fired = [*node.fired, *skipped, action]
    _wind_on(node, action, timing, planned_at)
    told, entry, escalation = effects.take(matter, node, action, skipped, timing)
    rung = Rung(
        node=node, number=node.rung, action=action, turn=_turn(node, action), planned_at=planned_at,
        due_at=due_at, fired_at=timing.at, tells=told, skipped=skipped, entry=entry,
    )  # fmt: skip
    rows.insert([rung])
    if escalation:
        escalation.rung = rung
        rows.insert([escalation])


def _wind_on(node: Node, action: Action, timing: Timing, planned_at: datetime) -> None:
    """Set the next alarm of a node that stays; after an outage the next rung keeps its distance."""
    if action in (Action.SUPERVISE, Action.URGE):
        node.urge_at = timing.due(Limit.parse(node.urge_every))
    if action == Action.RING:
        node.ring_at = rings.following(node, timing)
    if action in (Action.ESCALATE, Action.LAPSE):
        rows.change(node, "rung", "fired")
        return
    deadlines.rearm(node)
    late, coming = catching_up.is_late(planned_at, timing.at), node.next_alarm_at
    if late and coming and node.next_action in catching_up.PAUSED and node.urgency != Urgency.EMERGENCY:
        node.next_alarm_at = max(coming, catching_up.rest(timing, planned_at, coming))
    node.failures, node.retry_at = 0, None
    moments = ("urge_at", "ring_at", "next_alarm_at", "retry_at")
    rows.change(node, "rung", "fired", "next_action", "failures", *moments)


def _turn(node: Node, action: Action) -> int:
    """Which urging or call this is; every other action rings once."""
    return node.rung if action in REPEATED else 1
