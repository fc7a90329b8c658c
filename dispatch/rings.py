"""When an emergency calls, and whom: every few minutes, wider with time, until a person answers. Pure.

The figures are data (`TimePolicy.rings`). A step that opens already signed has a person on it and never rings.
"""

from datetime import datetime, timedelta

from dispatch.choices import WORKED, NodeKind, NodeStatus
from dispatch.limits import Timing
from dispatch.models import Node
from matters.choices import Urgency
from organization.calendar import LENGTH, Limit, Unit
from organization.choices import Level

#: One person is called once in so long for one matter, however many of its steps ring.
APART = timedelta(seconds=60)


def first(node: Node) -> datetime | None:
    """The first call is made as the step opens."""
    waits = node.status == NodeStatus.OPEN and node.climbs and not node.asks
    return node.opened_at if waits and node.urgency == Urgency.EMERGENCY and node.kind in WORKED else None


def following(node: Node, timing: Timing) -> datetime:
    """The call after one made now: the usual distance on, or the moment at which more people are called."""
    slow = _after(node, timing, "slow_after")
    usual = timing.at + _length(timing, "slow_every" if timing.at >= slow else "every")
    wider = (_after(node, timing, name) for name in ("above_after", "leader_after"))
    return min([usual, *(moment for moment in wider if moment > timing.at)])


def roles(node: Node, timing: Timing) -> list[str]:
    """Whom a call made now reaches: the unit's duty officer, then also the next level's, then the district's leader."""
    called = ["duty"]
    if timing.at >= _after(node, timing, "above_after") and node.level != Level.DISTRICT:
        called.append("duty_above")
    if timing.at >= _after(node, timing, "leader_after"):
        called.append("duty_leader")
    return called


def answer(node: Node, at: datetime) -> tuple[str, ...]:
    """Somebody has it: the calls stop. Returns the fields to save."""
    if node.ring_at is None:
        return ()
    node.ring_at, node.acknowledged_at = None, at
    return ("ring_at", "acknowledged_at")


def look_by(node: Node, timing: Timing) -> datetime | None:
    """By when the duty officer looks at what came outside office hours: only to decide whether it can wait."""
    ordinary = node.kind == NodeKind.TRIAGE and node.urgency != Urgency.EMERGENCY
    if not ordinary or timing.calendar.is_open(timing.at):
        return None
    matter = node.matter
    new = (
        matter.category_id is None and matter.reported_at == timing.at
    )  # later a person has had it before them
    return timing.at + _length(timing, "look") if new else None


def _after(node: Node, timing: Timing, name: str) -> datetime:
    return node.opened_at + _length(timing, name)


def _length(timing: Timing, name: str) -> timedelta:
    """Rings run day and night, so their limits are natural time."""
    limit = Limit.parse(timing.policy.rings[name])
    return limit.amount * LENGTH[limit.unit if limit.unit != Unit.WD else Unit.D]
