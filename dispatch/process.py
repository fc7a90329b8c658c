"""Opening and ending nodes, and keeping the matter's own row in step with them.

Nothing here decides who or when: verbs say which steps to open, `deadlines` sets their clocks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Subquery

from dispatch import deadlines, ladders, ledger, outbox, promises, responsibility, staged
from dispatch.choices import WORKED, NodeKind, NodeStatus
from dispatch.limits import Timing
from dispatch.models import Node, Responsibility
from dispatch.routing import Decision
from matters import participation
from matters.choices import Part
from matters.models import Matter
from matters.refusals import Stale
from organization import rows
from organization.calendar import Limit
from organization.catalogue import STAMP
from organization.choices import Level
from organization.models import Department, Person
from organization.statements import Given, Once


@dataclass(frozen=True)
class Opening:
    """A step to open: whose, for how long, in which part."""

    kind: str
    department: Department
    limit: Limit
    part: str = Part.LEAD
    assignee: Person | None = None
    line: Responsibility | None = None
    level: str = ""
    required: bool = True
    climbs: bool = True
    asks: bool = False
    signed: bool = False
    stages: Sequence[staged.Stage] = ()  # what was done of them before
    full: bool = False  # the full limit, whatever is left of the promise


_matter_of: Once[Matter] = Once(
    lambda: Matter.objects.select_for_update(no_key=True).filter(
        pk=Subquery(Node.objects.filter(pk=Given("node")).values("matter"))
    )
)
_locked: Once[Node] = Once(
    lambda: (
        Node.objects.select_for_update(no_key=True, of=("self",))
        .select_related("assignee")
        .filter(pk=Given("pk"))
        .annotate(stamp=STAMP)
    )
)
_running: Once[Node] = Once(
    lambda: Node.objects.filter(matter=Given("matter")).running().order_by("pk").annotate(stamp=STAMP)
)


def hold(node_id: int, *, revision: int | None = None) -> tuple[Matter, Node]:
    """The matter and then the node under their locks: the order of every verb and of the sweep.

    Raises Stale when `revision` is no longer the node's.
    """
    matter = _matter_of.first(node=node_id)
    node = _locked.first(pk=node_id)
    if matter is None or node is None:
        raise Node.DoesNotExist
    if revision is not None and node.revision != revision:
        raise Stale
    node.matter = matter
    responsibility.name([node])
    return matter, node


def open_nodes(matter: Matter, openings: Iterable[Opening], timing: Timing) -> list[Node]:
    """Open steps at `timing.at`, tell their units, and return the nodes. The caller settles the matter."""
    nodes: list[Node] = []
    squeezed: list[Node] = []
    for opening in openings:
        node = _new_node(matter, opening, timing)
        promise_at = matter.promise_at if _is_cut(opening) else None
        node.cut = promise_at is not None
        promises.watch(node, matter, timing)
        if deadlines.start(node, timing, line=opening.line, promise_at=promise_at):
            squeezed.append(node)
        nodes.append(node)
    ladders.store(nodes, timing.stored)
    rows.insert(nodes)
    ledger.start(nodes)
    participation.begin(matter, units=_units(nodes), people=_people(nodes), at=timing.at)
    outbox.tell(
        matter,
        [(node, ("holder", "head")) for node in nodes if not node.asks and node.climbs],
        "opened",
        timing,
    )
    if looking := [node for node in nodes if node.look_due_at]:
        outbox.tell(matter, [(node, ("duty",)) for node in looking], "look", timing)
    if squeezed:
        outbox.tell(matter, [(node, ("above",)) for node in squeezed], "squeezed", timing)
    return nodes


def end(nodes: Sequence[Node], status: NodeStatus, *, at: datetime) -> None:
    """End running nodes with a status. Their units keep what they have read."""
    Node.objects.filter(pk__in=[node.pk for node in nodes]).update(
        status=status, ended_at=at, next_alarm_at=None, next_action="", revision=F("revision") + 1
    )
    for node in nodes:
        node.status, node.ended_at, node.next_alarm_at, node.next_action = status, at, None, ""
        node.revision += 1
    matters = {node.matter_id for node in nodes}
    participation.end(matters, units=_units(nodes), people=_people(nodes), at=at)


def end_running(matter: Matter, status: NodeStatus, *, at: datetime, but: Iterable[Node] = ()) -> list[Node]:
    """End every running node of the matter except `but`; returns those that ended."""
    stopping = [node for node in running(matter) if node.pk not in {kept.pk for kept in but}]
    if stopping:
        end(stopping, status, at=at)
    return stopping


def running(matter: Matter) -> list[Node]:
    """Running nodes, the lead first (one query)."""
    nodes = _running.all(matter=matter.pk)
    responsibility.name(nodes)
    return sorted(nodes, key=lambda node: node.part != Part.LEAD)


def is_given_to(person_id: int, matter: Matter) -> bool:
    """Whether a running node of the matter is in this person's hands."""
    return Node.objects.running().filter(matter=matter, assignee=person_id).exists()


def turn(matter: Matter, nodes: Sequence[Node], *, at: datetime) -> dict[str, Any]:
    """What the matter's row must say of its running nodes: whose turn, until when, on which level."""
    lead = next((node for node in nodes if node.is_lead), None)
    limited = [node.due_at for node in nodes if not node.asks]
    facts: dict[str, Any] = {
        "due_at": lead.due_at if lead and not lead.asks else None,
        "soonest_due_at": min(limited, default=None),
    }
    if lead:
        facts["responsible"] = lead.department
        if lead.kind in WORKED:
            facts["level"] = lead.level
        if matter.responsible_id != lead.department_id:
            facts["turn_since"] = at
        if lead.kind == NodeKind.HANDLE and matter.first_due_at is None:
            facts["first_due_at"] = lead.due_at
    return facts


def save(node: Node, *fields: str) -> None:
    """Store a node's own change; its revision rises and its alarm is set again."""
    if node.is_running:
        deadlines.rearm(node)
    node.revision += 1
    rows.change(node, *fields, "revision", "next_alarm_at", "next_action")


def arm(node: Node, *fields: str) -> None:
    """Store what nobody who acts on the node need have read: the alarm is set again, the revision stays."""
    deadlines.rearm(node)
    node.save(update_fields=[*fields, "next_alarm_at", "next_action"])


def _is_cut(opening: Opening) -> bool:
    """Whether the promise shortens the step: time is judged at hand-in, so what comes after it keeps its limit."""
    return not opening.full and opening.kind in (NodeKind.TRIAGE, NodeKind.HANDLE)


def _new_node(matter: Matter, opening: Opening, timing: Timing) -> Node:
    return Node(
        matter=matter, kind=opening.kind, part=opening.part, required=opening.required, round=matter.round,
        department=opening.department, assignee=opening.assignee, level=opening.level or opening.department.level,
        status=NodeStatus.SIGNED if opening.signed else NodeStatus.OPEN,
        signed_at=timing.at if opening.signed else None, opened_at=timing.at,
        line=opening.line, climbs=opening.climbs, asks=opening.asks, urgency=matter.urgency,
        stages=[stage for stage in opening.stages if stage["done_at"]],
        limit_amount=opening.limit.amount, limit_unit=opening.limit.unit, calendar_version=timing.calendar.version,
    )  # fmt: skip


def _units(nodes: Iterable[Node]) -> set[int]:
    return {node.department_id for node in nodes}


def _people(nodes: Iterable[Node]) -> set[int]:
    return {node.assignee_id for node in nodes if node.assignee_id}


def level_of(decision: Decision) -> str:
    """The level a dispatched matter sits on: the grid's when a grid member holds it."""
    return Level.GRID if decision.assignee else decision.unit.level
