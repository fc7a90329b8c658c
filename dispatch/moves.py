"""Which moments of a step a change of its circumstances moves: pure, for the preview and for the recount alike."""

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from dispatch import deadlines, limits
from dispatch.choices import Action, SpanKind
from dispatch.clocks import ClockSpan
from dispatch.ledger import Ledger
from dispatch.limits import Timing
from dispatch.models import Node
from matters.choices import Urgency
from matters.models import Matter
from organization.calendar import Limit, Unit

#: deadlines somebody was told of, with the rung that rang for them; what rang is a fact and stays
TOLD = {
    "due_at": "",
    "sign_due_at": Action.SIGN_MISSED,
    "first_response_due_at": Action.RESPONSE_MISSED,
    "returnable_until": Action.RETURN_LAPSED,
}
FOLLOWING = {
    "remind_at": Action.REMIND,
    "escalate_at": Action.SUPERVISE,
    "urge_at": "",
}
PROMISE = "promise_at"


@dataclass(frozen=True)
class Move:
    """One deadline before and after; without a node it is the promise of the matter."""

    what: str
    old: datetime
    new: datetime
    node: Node | None = None


def derived(
    node: Node,
    timing: Timing,
    *,
    first: Node | None,
    spans: Sequence[ClockSpan] = (),
    urged_at: datetime | None = None,
) -> Node:
    """A copy of the node with every moment as calendar and ledger now give it.

    `first` is the matter's first lead, of whose limits the promise was made; `urged_at` when it was last urged.
    """
    fresh = copy.copy(node)
    opening = limits.as_of(timing, node.opened_at)
    promise_at = None
    if node.cut:
        before = [span for span in spans if span.began_at < node.opened_at]
        promise_at = promise_of(node.matter, first, timing, before)
    own = [span for span in spans if span.node_id == node.pk]
    deadlines.derive(fresh, opening, line=node.line, promise_at=promise_at, spans=own)
    for field, action in (TOLD | FOLLOWING).items():
        if action in node.fired or (field in TOLD and getattr(node, field) is None):
            setattr(fresh, field, getattr(node, field))
    if urged_at:
        fresh.urge_at = timing.due(Limit.parse(fresh.urge_every), start=urged_at)
    fresh.calendar_version = timing.calendar.version
    return fresh


def promise_of(
    matter: Matter, first: Node | None, timing: Timing, spans: Iterable[ClockSpan] = ()
) -> datetime | None:
    """The promise as calendar and ledger now give it; before a unit ever had it there is none to move.

    What was granted moves the source's own `reply_by` too; an outage of ours does not.
    """
    if first is None or matter.promise_at is None:
        return matter.promise_at
    own = [span for span in spans if span.node_id is None]
    unit = Unit.M if matter.urgency == Urgency.EMERGENCY else Unit.WD
    opening = limits.as_of(timing, first.opened_at)
    total = deadlines.total(opening, matter, level=first.level, limit=first.limit, line=first.line)
    end = _reached(Ledger(timing.calendar, unit, own), total)
    if matter.reply_by is None:
        return end
    granted = [span for span in own if span.kind != SpanKind.OUTAGE]
    return min(end, _reached(Ledger(timing.calendar, unit, granted), matter.reply_by))


def of_node(old: Node, new: Node) -> list[Move]:
    """The deadlines of a step that moved, due first."""
    return [
        Move(field, before, after, old)
        for field in TOLD
        if (before := getattr(old, field)) and (after := getattr(new, field)) and before != after
    ]


def falls_back(moves: Iterable[Move], at: datetime) -> bool:
    """Whether something that was still to come would now be past."""
    return any(move.old > at >= move.new for move in moves)


def _reached(ledger: Ledger, moment: datetime) -> datetime:
    return ledger.reached(ledger.extended(moment), with_grace=True)
