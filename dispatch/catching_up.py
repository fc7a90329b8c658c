"""After an outage: one rung a node, then time to act before the next; an emergency jumps to where it should be.

Pure: `escalation` asks, and writes what it is told. A rung keeps its planned moment beside the one at which it fired,
and what made it late: never the unit, always the platform.
"""

from datetime import datetime, timedelta

from dispatch import ladders
from dispatch.choices import ASIDE, REPEATED, Action, Lateness
from dispatch.limits import Timing
from dispatch.models import Node
from matters.choices import Urgency
from organization.calendar import plus_working_minutes, working_minutes

ON_TIME = timedelta(seconds=60)
PAUSE = 30  # working minutes that pass between rungs when catching up

Planned = tuple[datetime, Action]


def is_late(planned_at: datetime, at: datetime) -> bool:
    return at - planned_at > ON_TIME


def now_due(node: Node, urgency: str, at: datetime) -> list[Planned]:
    """The rung to ring now, last; before it those an emergency passes over, since it goes where it should be by now."""
    planned_at, action = ladders.pending(node)[0]
    if action in ASIDE or urgency != Urgency.EMERGENCY or not is_late(planned_at, at):
        return [(planned_at, action)]
    due = [step for step in ladders.pending(node) if step[0] <= at and step[1] not in ASIDE]
    due.sort(key=lambda step: step[1] != Action.RETURN_LAPSED)  # it closes by itself, so it skips nothing
    *passed, last = due
    return [*(step for step in passed if step[1] not in REPEATED), last]


def rest(node: Node, planned_at: datetime, timing: Timing) -> datetime | None:
    """`min_dwell`, after a rung planned then fired late: no other rings before it. None when nothing was late.

    The larger of thirty working minutes and a quarter of the working time between the two rungs. Emergencies go on.
    """
    if node.urgency == Urgency.EMERGENCY or not is_late(planned_at, timing.at):
        return None
    coming = max(planned_at, ladders.pending(node)[0][0])
    between = working_minutes(timing.calendar, planned_at, coming)
    return plus_working_minutes(timing.calendar, timing.at, max(PAUSE, between / 4))


def lateness(node: Node, planned_at: datetime, at: datetime, *, held: bool) -> tuple[int, str]:
    """(seconds after its planned moment, what kept it); (0, "") within a minute. Asked before the node is changed."""
    if not is_late(planned_at, at):
        return 0, ""
    seconds = int((at - planned_at).total_seconds())
    if held:
        return seconds, Lateness.HELD
    if is_late(node.next_alarm_at or planned_at, at):
        return seconds, Lateness.FAILING if node.failures else Lateness.OUTAGE
    return seconds, Lateness.CATCHING_UP
