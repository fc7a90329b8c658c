"""The clock of a node and the promise of a matter: derived moments, never edited ones."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from dispatch import ladders, rings, staged
from dispatch.choices import Action, NodeKind
from dispatch.clocks import ClockSpan
from dispatch.ledger import Ledger
from dispatch.limits import Timing, added
from dispatch.models import Node, Responsibility
from matters.choices import Part, Urgency
from matters.models import Matter
from organization.calendar import Limit, Unit, fraction_at, minus_working
from organization.choices import Level

QUARTER = 0.25
FLOOR = Limit(2, Unit.WH)


def start(
    node: Node, timing: Timing, *, line: Responsibility | None = None, promise_at: datetime | None = None
) -> bool:
    """Set every moment of a node that opens now; returns True when the promise left it less than the floor.

    All clocks of a node start when it opens. An emergency or a limit under a working day in natural time is
    not cut by the promise: it ends before half a working day could matter.
    """
    squeezed = derive(node, timing, line=line, promise_at=promise_at)
    node.ring_at, node.look_due_at = rings.first(node), rings.look_by(node, timing)
    _arm(node)
    return squeezed


def derive(
    node: Node,
    timing: Timing,
    *,
    line: Responsibility | None,
    promise_at: datetime | None,
    spans: Sequence[ClockSpan] = (),
) -> bool:
    """Every moment the calendar decides, from the opening (`timing.at`) and the intervals of the node's clock."""
    limit, ledger = node.limit, Ledger(timing.calendar, node.limit_unit, spans)
    own, squeezed = _within_promise(timing, limit, promise_at)
    due = ledger.extended(own)
    node.due_at = ledger.reached(due, with_grace=True)
    # a step that is counted anew keeps the ladder it was opened with
    ladder = ladders.of(node) if node.ladder_id else timing.ladder(line, node.urgency, node.level)
    node.ladder_id = ladder.id
    # whoever assists is urged each working day, in an emergency too: the hourly call is the lead's
    urging = ladder if node.part == Part.LEAD else timing.ladder(None, Urgency.NORMAL, node.level)
    node.urge_every = urging.urge_every
    if node.asks:
        return squeezed
    if ladder.remind:
        reminded = fraction_at(timing.calendar, timing.at, due, ladder.remind, limit.unit)
        node.remind_at = ledger.reached(reminded)
    pause = ladder.after(ladders.at_the_end(node) or Action.ESCALATE, limit)
    handed_up = timing.due(pause, start=node.due_at)
    node.escalate_at = ledger.reached(handed_up, since=node.due_at)
    if not node.climbs:
        node.urge_at = node.escalate_at
    elif node.kind == NodeKind.TRIAGE:
        accepted = timing.due(timing.stage("accept", node.urgency))
        node.sign_due_at = ledger.reached(accepted, with_grace=True)
    elif node.kind == NodeKind.HANDLE:
        _start_handling(node, timing, line, own, ledger)
        if node.part == Part.LEAD and line and line.stages:
            _lay_out(node, timing, line, ledger)
    return squeezed


def rearm(node: Node) -> None:
    """Set the next alarm after something was signed, answered or fired. After a late rung none comes too soon."""
    _arm(node)
    if node.rest_until and node.next_alarm_at:
        node.next_alarm_at = max(node.next_alarm_at, node.rest_until)


def triage_limit(timing: Timing, urgency: str) -> Limit:
    """Accepting and dispatching, one after the other."""
    return added(timing.stage("accept", urgency), timing.stage("dispatch", urgency))


def promise(
    timing: Timing, matter: Matter, *, level: str, limit: Limit, line: Responsibility | None
) -> datetime:
    """The moment by which the reporter is answered: the source's `reply_by` or the total, whichever is first."""
    end = total(timing, matter, level=level, limit=limit, line=line)
    return min(end, matter.reply_by) if matter.reply_by else end


def total(
    timing: Timing, matter: Matter, *, level: str, limit: Limit, line: Responsibility | None
) -> datetime:
    """The platform's own promise: the line's total, else the limits of the levels.

    A total runs from the report. Without one the limits of the levels from the lead's up run one after the other,
    from the moment at which a unit first has it: before that nothing was promised.
    """
    if line and line.total:
        end = timing.due(Limit.parse(line.total), start=matter.reported_at)
    else:
        end = timing.due(limit)
        while level != Level.DISTRICT:
            level = Level.TOWN if level == Level.GRID else Level(level).above
            end = timing.due(timing.of_level(level, line), start=end)
    return end


def follows_from_limits(matter: Matter, line: Responsibility | None) -> bool:
    """Whether the promise was made of the nodes' own limits, so that it cannot cut the first of them."""
    return not (line and line.total) and matter.promise_at != matter.reply_by


def _within_promise(timing: Timing, limit: Limit, promise_at: datetime | None) -> tuple[datetime, bool]:
    own = timing.due(limit)
    if promise_at is None or limit.unit in (Unit.H, Unit.M):
        return own, False
    left = minus_working(timing.calendar, promise_at, timing.calendar.day_minutes / 2)
    if own <= left:
        return own, False
    floor = min(own, timing.due(FLOOR))
    return max(left, floor), left < floor


def _start_handling(
    node: Node, timing: Timing, line: Responsibility | None, own: datetime, ledger: Ledger
) -> None:
    quarter = fraction_at(timing.calendar, timing.at, own, QUARTER, node.limit.unit)
    signed = min(timing.due(timing.stage("sign", node.urgency)), quarter)
    node.sign_due_at = ledger.reached(signed, with_grace=True)
    returnable = min(timing.due(timing.stage("return_window", node.urgency)), quarter)
    node.returnable_until = ledger.reached(returnable, with_grace=True)
    if node.part == Part.LEAD and line and line.first_response:
        answered = min(timing.due(Limit.parse(line.first_response)), own)
        node.first_response_due_at = ledger.reached(answered, with_grace=True)


def _lay_out(node: Node, timing: Timing, line: Responsibility, ledger: Ledger) -> None:
    node.stages = staged.lay_out(
        line.stages,
        node.stages,
        opened_at=timing.at,
        due=node.due_at,
        calendar=timing.calendar,
        reached=partial(ledger.reached, with_grace=True),
    )
    node.stage_near_at, node.stage_due_at = staged.coming(node.stages, node.due_at)


def _arm(node: Node) -> None:
    node.next_alarm_at, node.next_action = ladders.pending(node)[0]
