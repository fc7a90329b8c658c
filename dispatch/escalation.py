"""What happens as time passes: reminders, warnings, hand-up, supervision, each rung exactly once.

State is the queue. `sweep` reads due ids without a lock; then, one transaction a node, it locks the matter
and the node, looks again, applies one rung, writes entry and notices and sets the next alarm. Killed at any
instruction it leaves either nothing or everything. Any number of sweeps may run at once.
"""

import logging
import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dispatch import answering, deadlines, ladders, limits, outbox, process
from dispatch.choices import WORKED, Action, NodeKind, NodeStatus
from dispatch.limits import Timing
from dispatch.models import Escalation, Node, Rung, SweepHeartbeat
from dispatch.nodes import KINDS
from matters import lifecycle, timeline
from matters.choices import Ending, Kind, Urgency
from matters.models import Entry, Matter
from matters.timeline import Line
from organization import clock, rows
from organization.actors import Actor
from organization.calendar import Limit, plus_working_minutes, working_minutes
from organization.models import Department

log = logging.getLogger(__name__)

LADDER = Actor.rule("ladder")
ON_TIME = timedelta(seconds=60)
PAUSE = 30  # working minutes that pass between rungs when catching up
LONGEST_PUSH = 600  # seconds
BATCH = 100

ENTRY: dict[str, Kind] = {
    Action.SIGN_MISSED: Kind.SIGN_MISSED,
    Action.RESPONSE_MISSED: Kind.RESPONSE_MISSED,
    Action.RETURN_LAPSED: Kind.RETURN_LAPSED,
    Action.REMIND: Kind.REMINDED,
    Action.WARN: Kind.WARNED,
    Action.SUPERVISE: Kind.SUPERVISED,
    Action.URGE: Kind.URGED,
}
Alarm = tuple[int, datetime | None, int]  # node, when, matter
Effect = tuple[list[dict[str, Any]], Entry, Escalation | None]  # who was told, what was written
_PAUSED = (Action.WARN, Action.ESCALATE, Action.SUPERVISE, Action.URGE)


def sweep(*, at: datetime, limit: int = 500, name: str = "sweep") -> int:
    """Ring every alarm due at `at`, at most `limit` of them; returns how many rang."""
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
    except Exception:
        log.exception("node %s could not ring", node_id)
        _push_back(node_id)
        return False


def _due(at: datetime) -> Iterable[Alarm]:
    nodes = Node.objects.alarm_due(at).filter(Q(retry_at=None) | Q(retry_at__lte=clock.real_now()))
    return nodes.order_by("next_alarm_at", "pk").values_list("pk", "next_alarm_at", "matter")[:BATCH]


def _ring(node_id: int, matter_id: int, timing: Timing) -> bool:
    """One rung under the locks of the matter, then the node. A busy matter is left for the next pass."""
    free = Matter.objects.select_for_update(no_key=True, skip_locked=True).defer(
        "search", "text", "handled_text"
    )
    matter = next(iter(free.filter(pk=matter_id)), None)
    if matter is None:
        return False
    due = Node.objects.select_for_update(no_key=True)
    node = next(iter(due.filter(pk=node_id).alarm_due(timing.at)), None)
    if node is None:
        return False
    node.matter, node.department = matter, _unit(node.department_id, timing)
    _apply(matter, node, timing)
    return True


def _unit(pk: int, timing: Timing) -> Department:
    """A unit, read once."""
    key = ("unit", pk)
    if key not in timing.known:
        timing.known[key] = Department.objects.select_related("area", "stationed_of").get(pk=pk)
    unit: Department = timing.known[key]
    return unit


def _apply(matter: Matter, node: Node, timing: Timing) -> None:
    planned_at, action = ladders.pending(node)[0]
    due_at = node.next_alarm_at or planned_at
    skipped: list[Action] = []
    if matter.urgency == Urgency.EMERGENCY and timing.at - planned_at > ON_TIME:
        planned_at, action, skipped = _jump(node, timing.at)
    node.rung += 1
    if action != Action.URGE:
        node.fired = [*node.fired, *skipped, action]
    _wind_on(node, action, timing, planned_at)
    if action == Action.ESCALATE:
        told, entry, escalation = _hand_up(matter, node, timing)
    elif action == Action.LAPSE:
        told, entry, escalation = _lapse(matter, node, timing)
    else:
        told, entry, escalation = _remind(matter, node, action, skipped, timing)
    rung = Rung(
        node=node, number=node.rung, action=action, turn=_turn(node, action), planned_at=planned_at,
        due_at=due_at, fired_at=timing.at, tells=told, skipped=skipped, entry=entry,
    )  # fmt: skip
    rows.insert([rung])
    if escalation:
        escalation.rung = rung
        rows.insert([escalation])


def _jump(node: Node, at: datetime) -> tuple[datetime, Action, list[Action]]:
    """An emergency that was kept waiting goes straight to the highest rung already due, writing what it skipped."""
    due = [step for step in ladders.pending(node) if step[0] <= at]
    due.sort(key=lambda step: step[1] != Action.RETURN_LAPSED)  # it closes by itself, so it skips nothing
    planned_at, action = due[-1]
    return planned_at, action, [each for _at, each in due[:-1]]


def _wind_on(node: Node, action: Action, timing: Timing, planned_at: datetime) -> None:
    """Set the next alarm of a node that stays; after an outage the next rung keeps its distance."""
    if action in (Action.SUPERVISE, Action.URGE):
        node.urge_at = timing.due(Limit.parse(node.urge_every))
    if action in (Action.ESCALATE, Action.LAPSE):
        Node.objects.filter(pk=node.pk).update(rung=node.rung, fired=node.fired)
        return
    deadlines.rearm(node)
    late, coming = timing.at - planned_at > ON_TIME, node.next_alarm_at
    if late and coming and node.next_action in _PAUSED and node.urgency != Urgency.EMERGENCY:
        between = working_minutes(timing.calendar, planned_at, max(planned_at, coming))
        rest = plus_working_minutes(timing.calendar, timing.at, max(PAUSE, between / 4))
        node.next_alarm_at = max(coming, rest)
    node.failures, node.retry_at = 0, None
    node.save(
        update_fields=["rung", "fired", "urge_at", "next_alarm_at", "next_action", "failures", "retry_at"]
    )


def _turn(node: Node, action: Action) -> int:
    """Which urging this is; every other action rings once."""
    return node.rung if action == Action.URGE else 1


def _remind(matter: Matter, node: Node, action: Action, skipped: list[Action], timing: Timing) -> Effect:
    told = outbox.tell(matter, [(node, ladders.TELLS[action])], action, timing)
    line = Line(
        ENTRY[action],
        why=_why(node, action),
        department_id=node.department_id,
        data={
            "node": node.pk, "step": node.kind, "rung": node.rung, "part": node.part, "skipped": skipped,
        },
    )  # fmt: skip
    return told, timeline.record(matter, line, by=LADDER, at=timing.at), None


def _lapse(matter: Matter, node: Node, timing: Timing) -> Effect:
    process.end([node], NodeStatus.STOPPED, at=timing.at)
    answering.close(
        matter, Ending.UNANSWERED, by=LADDER, at=timing.at, why=lazy("No answer came in the time set for it.")
    )
    return [], matter.entries.latest("seq"), None


def _hand_up(matter: Matter, node: Node, timing: Timing) -> Effect:
    """The late node ends as escalated, the level above has it; the late unit keeps a part where its kind says so."""
    others = [other for other in process.running(matter) if other.pk != node.pk]
    process.end([node], NodeStatus.ESCALATED, at=timing.at)
    succession = KINDS[node.kind].hand_up(matter, node, others, timing)
    if succession.folded:
        process.end(succession.folded, NodeStatus.STOPPED, at=timing.at)
    opened = process.open_nodes(matter, [each for each in (succession.heir, succession.kept) if each], timing)
    heir = succession.existing or opened[0]
    told = outbox.tell(matter, [(node, ladders.TELLS[Action.ESCALATE])], Action.ESCALATE, timing)
    stay = [other for other in others if other not in succession.folded]
    facts = process.turn(matter, [*opened, *stay], at=timing.at)
    if node.is_lead and node.kind in WORKED:
        facts["escalated_level"] = heir.department.level
    lifecycle.change(matter, **facts)
    line = Line(
        Kind.ESCALATED,
        why=_handed_up(node, heir),
        public=node.is_lead,
        department_id=heir.department_id,
        data={
            "node": node.pk, "rung": node.rung, "part": node.part, "reason": "time", "to": heir.pk,
            "from_level": node.level, "to_level": heir.level, "due_at": heir.due_at.isoformat(),
        },
    )  # fmt: skip
    entry = timeline.record(matter, line, by=LADDER, at=timing.at)
    escalation = Escalation(
        node=node, successor=heir, from_level=node.level, to_level=heir.level, at=timing.at
    )
    return told, entry, escalation


@timeline.official
def _handed_up(late: Node, heir: Node) -> str:
    words = _("Time ran out at %(late)s; %(unit)s has it now.")
    return words % {"late": late.department, "unit": heir.department}


@timeline.official
def _why(node: Node, action: Action) -> str:
    due = node.due_at.astimezone(clock.ZONE).strftime("%m-%d %H:%M")
    words = {
        Action.SIGN_MISSED: _("%(unit)s has not signed for it in time."),
        Action.RESPONSE_MISSED: _("%(unit)s has not answered the reporter in time."),
        Action.RETURN_LAPSED: _("%(unit)s did not send it back, so it is the first responsible."),
        Action.REMIND: _("%(unit)s: due at %(due)s."),
        Action.WARN: _("%(unit)s: the time ran out at %(due)s."),
        Action.SUPERVISE: _("%(unit)s is ordered to finish it; it was due at %(due)s."),
        Action.URGE: _("%(unit)s is urged again; it was due at %(due)s."),
    }
    if node.kind == NodeKind.TRIAGE:
        words[Action.SIGN_MISSED] = _("%(unit)s has not accepted it in time.")
    return words[action] % {"unit": node.department, "due": due}


def _push_back(node_id: int) -> None:
    """A failing node waits longer each time, but is never given up."""
    with transaction.atomic():
        node = Node.objects.select_for_update(no_key=True).get(pk=node_id)
        node.failures += 1
        node.retry_at = clock.real_now() + timedelta(seconds=min(LONGEST_PUSH, 2**node.failures))
        node.save(update_fields=["failures", "retry_at"])
