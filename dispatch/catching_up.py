"""After an outage: one rung a node, then time to act before the next; an emergency jumps to where it should be.

Pure: `escalation` asks, and writes what it is told.
"""

from datetime import datetime, timedelta

from dispatch import ladders
from dispatch.choices import Action
from dispatch.limits import Timing
from dispatch.models import Node
from organization.calendar import plus_working_minutes, working_minutes

ON_TIME = timedelta(seconds=60)
PAUSE = 30  # working minutes that pass between rungs when catching up
PAUSED = (Action.WARN, Action.ESCALATE, Action.SUPERVISE, Action.URGE)


def is_late(planned_at: datetime, at: datetime) -> bool:
    return at - planned_at > ON_TIME


def jump(node: Node, at: datetime) -> tuple[datetime, Action, list[Action]]:
    """An emergency that was kept waiting goes straight to the highest rung already due, writing what it skipped."""
    due = [step for step in ladders.pending(node) if step[0] <= at and step[1] != Action.RING]
    due.sort(key=lambda step: step[1] != Action.RETURN_LAPSED)  # it closes by itself, so it skips nothing
    planned_at, action = due[-1]
    return planned_at, action, [each for _at, each in due[:-1]]


def rest(timing: Timing, planned_at: datetime, coming: datetime) -> datetime:
    """`min_dwell`: the larger of thirty working minutes and a quarter of the working time between the two rungs."""
    between = working_minutes(timing.calendar, planned_at, max(planned_at, coming))
    return plus_working_minutes(timing.calendar, timing.at, max(PAUSE, between / 4))
