"""Every moment of a matter counted anew from calendar and ledger, in place: nothing is cancelled, what rang stays.

The caller holds the matter's lock. A deadline that moves has one entry, old and new; whoever holds the step is told,
and of the promise the reporter too. What would now be past is due four working hours from now.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Max
from django.utils.translation import gettext as _

from dispatch import announcing, deadlines, moves, process, promises, staged
from dispatch.announcing import Cause
from dispatch.choices import Action, NodeKind, SpanKind
from dispatch.clocks import ClockSpan
from dispatch.ledger import of as intervals_of
from dispatch.limits import Timing
from dispatch.models import Node, Rung
from dispatch.moves import PROMISE, Move
from matters import lifecycle, timeline
from matters.choices import Part
from matters.models import Matter
from organization import rows
from organization.calendar import Limit

GRACE = Limit.parse("4WH")
DERIVED = (*moves.TOLD, *moves.FOLLOWING, *staged.FIELDS, "calendar_version")


def recount(matter: Matter, timing: Timing, cause: Cause) -> list[Move]:
    """Derive every moment of the matter's running steps and its promise again; returns the deadlines that moved."""
    nodes = _locked(matter)
    spans, first = intervals_of(matter), first_lead(matter)
    moved = _promise(matter, first, spans, timing, cause)
    urged = _urgings(nodes)
    for node in nodes:
        moved += _node(node, first, spans, urged.get(node.pk), timing, cause)
    if any(move.what in (PROMISE, "due_at") for move in moved):
        promised = {PROMISE: matter.promise_at} if moved[0].what == PROMISE else {}
        lifecycle.change(matter, **promised, **process.turn(matter, nodes, at=timing.at))
    announcing.announce(matter, moved, timing, cause)
    return moved


def is_stale(node: Node, timing: Timing) -> bool:
    """Whether the node was counted with an earlier calendar, so that it may not ring before it is counted anew."""
    return node.calendar_version < timing.calendar.version


def by_calendar(matter: Matter, timing: Timing) -> list[Move]:
    """Recount because a calendar was published."""
    version = timing.calendar.version
    return recount(matter, timing, Cause(_calendar_words(version), {"calendar": version}))


@timeline.official
def _calendar_words(version: int) -> str:
    return _("The working calendar changed (version %(version)s).") % {"version": version}


def first_lead(matter: Matter) -> Node | None:
    """The step of whose limits the promise was made."""
    leads = Node.objects.filter(matter=matter, kind=NodeKind.HANDLE, part=Part.LEAD).select_related("line")
    return leads.order_by("pk").first()


def _locked(matter: Matter) -> list[Node]:
    found = Node.objects.select_for_update(no_key=True, of=("self",)).filter(matter=matter).running()
    nodes = list(found.select_related("department__area", "line").order_by("pk"))
    for node in nodes:
        node.matter = matter
    return nodes


def _promise(
    matter: Matter, first: Node | None, spans: list[ClockSpan], timing: Timing, cause: Cause
) -> list[Move]:
    """The promise as it now is, on the matter in hand; a grace it needs is added to `spans`."""
    old = matter.promise_at
    new = moves.promise_of(matter, first, timing, spans)
    if old is None or new is None or old == new:
        return []
    if old > timing.at >= new:
        spans.append(_grace(matter, None, timing, cause))
        new = moves.promise_of(matter, first, timing, spans) or new
    matter.promise_at = new
    return [Move(PROMISE, old, new)] if new != old else []


def _node(
    node: Node,
    first: Node | None,
    spans: list[ClockSpan],
    urged_at: datetime | None,
    timing: Timing,
    cause: Cause,
) -> list[Move]:
    fresh = moves.derived(node, timing, first=first, spans=spans, urged_at=urged_at)
    moved = moves.of_node(node, fresh)
    if moves.falls_back(moved, timing.at):
        spans.append(_grace(node.matter, node, timing, cause))
        fresh = moves.derived(node, timing, first=first, spans=spans, urged_at=urged_at)
        moved = moves.of_node(node, fresh)
    old = Move("due_at", node.due_at, fresh.due_at, node)
    for name in DERIVED:
        setattr(node, name, getattr(fresh, name))
    promises.watch(node, node.matter, timing)
    deadlines.rearm(node)
    changed = [*DERIVED, "promise_near_at", "promise_due_at", "next_action", "next_alarm_at"]
    if old.old != old.new:
        node.revision += 1
        changed.append("revision")
    node.save(update_fields=changed)
    return moved


def _grace(matter: Matter, node: Node | None, timing: Timing, cause: Cause) -> ClockSpan:
    span = ClockSpan(
        matter=matter, node=node, kind=SpanKind.GRACE, began_at=timing.at, amount=GRACE.amount, unit=GRACE.unit,
        why=cause.why[:200], calendar_version=timing.calendar.version,
    )  # fmt: skip
    rows.insert([span])
    return span


def _urgings(nodes: Sequence[Node]) -> dict[int, datetime]:
    """When each step was last urged, for those that were."""
    urged = [node.pk for node in nodes if node.urge_at and node.rung]
    if not urged:
        return {}
    rungs = Rung.objects.filter(node__in=urged, action__in=(Action.SUPERVISE, Action.URGE))
    return dict(rungs.values("node").annotate(last=Max("fired_at")).values_list("node", "last"))
