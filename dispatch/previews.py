"""What a new calendar or an outage would move, before anything moves: counted, or from an even sample, and said so."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time

from django.db.models import F, Q
from django.db.models.functions import Mod

from dispatch import excuses, limits, moves
from dispatch.choices import NodeKind, SpanKind
from dispatch.clocks import ClockSpan, Outage
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.moves import Move
from dispatch.querysets import NodeQuerySet
from matters.choices import Part
from organization import clock, drafts, workdays
from organization.calendar import WorkingCalendar

MOST = 10_000  # steps looked at one by one; of more, every so-manieth
EXAMPLES = 8
CHUNK = 500


@dataclass
class Preview:
    """`running` steps in all, `within` of them reach the change, `looked_at` were counted, `moved` of these move."""

    running: int = 0
    within: int = 0
    looked_at: int = 0
    moved: int = 0
    levels: Counter[str] = field(default_factory=Counter)
    examples: list[Move] = field(default_factory=list)

    @property
    def exact(self) -> bool:
        return self.looked_at >= self.within

    def of_all(self, counted: int) -> int:
        """A count of the sample, for all."""
        return round(counted * self.within / self.looked_at) if self.looked_at else 0


def of_calendar(new: WorkingCalendar, *, at: datetime, most: int = MOST) -> Preview:
    """What a calendar that is not in force yet would move."""
    timing = replace(limits.timing(at), calendar=new)
    running = Node.objects.running()
    return _look(running, _reached(running, workdays.current(), new), timing, lambda node: [], most)


def of_outage(outage: Outage, *, at: datetime, most: int = MOST) -> Preview:
    """What declaring an outage would move."""
    timing, running = limits.timing(at), Node.objects.running()

    def added(node: Node) -> list[ClockSpan]:
        whole = [excuses.span(outage, timing, matter=node.matter, node=each) for each in (node, None)]
        return whole if node.matter.promise_at else whole[:1]

    return _look(running, excuses.overlapped(running, outage), timing, added, most)


def _reached(nodes: NodeQuerySet, old: WorkingCalendar, new: WorkingCalendar) -> NodeQuerySet:
    """Steps with a moment on or after the first date that changes; no other can move."""
    if (old.spans, old.closes_at_midnight) != (new.spans, new.closes_at_midnight):
        return nodes
    changed = drafts.changes(old, new)
    if not changed:
        return nodes.none()
    first = datetime.combine(changed[0][0], time.min, tzinfo=clock.ZONE)
    moments = ("due_at", "escalate_at", "urge_at", "matter__promise_at")
    reaches = Q()
    for name in moments:
        reaches |= Q(**{f"{name}__gte": first})
    return nodes.filter(reaches)


def _look(
    running: NodeQuerySet,
    within: NodeQuerySet,
    timing: Timing,
    added: Callable[[Node], Sequence[ClockSpan]],
    most: int,
) -> Preview:
    found = Preview(running=running.count(), within=within.count())
    if every := -(-found.within // most):
        within = within.annotate(place=Mod(F("pk"), every)).filter(place=0) if every > 1 else within
    nodes = within.select_related("matter", "department__area", "line").order_by("pk")
    for node, first, spans in _with_ledger(nodes):
        found.looked_at += 1
        fresh = moves.derived(node, timing, first=first, spans=sorted([*spans, *added(node)], key=_begun))
        moved = moves.of_node(node, fresh)
        if moved:
            found.moved += 1
            found.levels[node.level] += 1
            if len(found.examples) < EXAMPLES:
                found.examples.append(moved[0])
    return found


def _begun(span: ClockSpan) -> datetime:
    return span.began_at


def _with_ledger(nodes: NodeQuerySet) -> Iterator[tuple[Node, Node | None, list[ClockSpan]]]:
    """Each step with its matter's first lead and intervals, read a chunk at a time."""
    chunk: list[Node] = []
    for node in nodes.iterator(chunk_size=CHUNK):
        chunk.append(node)
        if len(chunk) == CHUNK:
            yield from _read(chunk)
            chunk = []
    yield from _read(chunk)


def _read(chunk: Sequence[Node]) -> Iterator[tuple[Node, Node | None, list[ClockSpan]]]:
    matters = {node.matter_id for node in chunk}
    leads = Node.objects.filter(matter__in=matters, kind=NodeKind.HANDLE, part=Part.LEAD)
    first: dict[int, Node] = {}
    for lead in leads.select_related("line").order_by("-pk"):
        first[lead.matter_id] = lead
    spans: dict[int, list[ClockSpan]] = {}
    for span in ClockSpan.objects.filter(matter__in=matters).exclude(kind=SpanKind.RUN).order_by("began_at"):
        spans.setdefault(span.matter_id, []).append(span)
    for node in chunk:
        yield node, first.get(node.matter_id), spans.get(node.matter_id, [])
