"""The command room's verbs: accept, dispatch by hand, correct what was set wrong, decline."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import limits, policies, process, reporting, responsibility, rings, routing
from dispatch.choices import Decline, NodeKind, NodeStatus
from dispatch.models import Node, Responsibility
from dispatch.policies import Authority
from dispatch.routing import Decision
from matters import lifecycle, timeline
from matters.choices import OPEN, Kind, Status
from matters.models import Category, Matter
from matters.refusals import Invalid, NotAllowed, Refused
from matters.timeline import Line
from organization.actors import Actor
from organization.models import Area, Department


@transaction.atomic
def accept(matter_id: int, *, by: Actor, at: datetime, revision: int | None = None) -> Matter:
    """Take it in: the dispatching clock runs on, nobody is asked to accept it again."""
    matter, nodes, post = _hold(matter_id, "accept", by, revision)
    node = nodes[0]
    if node.status == NodeStatus.SIGNED:
        raise Refused(_("It has already been accepted."), code="already_accepted")
    node.status, node.signed_at = NodeStatus.SIGNED, at
    process.save(node, "status", "signed_at", *rings.answer(node, at))
    lifecycle.change(matter)
    line = Line(Kind.ACCEPTED, public=True, department_id=post.department_id, data={"node": node.pk})
    timeline.record(matter, line, by=by, at=at)
    return matter


@transaction.atomic
def dispatch(
    matter_id: int, *, department: Department, assisting: Collection[Department] = (),
    category: Category | None = None, urgency: str | None = None, text: str = "",
    by: Actor, at: datetime, revision: int | None = None,
) -> Matter:  # fmt: skip
    """Send it by hand from the tray to a unit. The list still forbids what it forbids. Raises Refused."""
    matter, nodes, _post = _hold(matter_id, "dispatch", by, revision)
    changes = {name: value for name, value in (("category", category), ("urgency", urgency)) if value}
    if changes:
        lifecycle.change(matter, **changes)
    lines = responsibility.lines_for(matter.category, matter.area, at=at) if matter.category else []
    line = lines[0] if lines else None
    _may_lead(matter, line, department)
    process.end(nodes, NodeStatus.HANDED_IN, at=at)
    kept_out = {department.pk, matter.about_department_id}
    decision = Decision(
        unit=department,
        line=line,
        assisting=[unit for unit in assisting if unit.pk not in kept_out],
        matched={"by": by.name, "place": {"code": matter.area.code, "name": matter.area.name}},
    )
    reporting.start(matter, decision, limits.timing(at), by=by, text=text)
    return matter


@transaction.atomic
def correct(
    matter_id: int, *, text: str, category: Category | None = None, area: Area | None = None,
    urgency: str | None = None, sensitive: bool | None = None,
    by: Actor, at: datetime, revision: int | None = None,
) -> Matter:  # fmt: skip
    """Put category, place, urgency or sensitivity right and route again. The promise stays; it is not a return.

    Raises Invalid when nothing is changed, Refused when the matter is past handling.
    """
    matter, nodes, post = _hold(matter_id, "correct", by, revision)
    if matter.status not in (Status.REPORTED, Status.DISPATCHED):
        raise Refused(_("It can be corrected until it is handed in."), code="illegal_transition")
    changes = _differences(matter, category=category, area=area, urgency=urgency, sensitive=sensitive)
    if not changes:
        raise Invalid(
            _("Nothing would change. Choose what is to be corrected."), field="category", code="unchanged"
        )
    before = {name: str(getattr(matter, name)) for name in changes}
    lifecycle.change(matter, **changes)
    line = Line(
        Kind.CORRECTED,
        text=text,
        department_id=post.department_id,
        data={"from": before, "to": {name: str(value) for name, value in changes.items()}},
    )
    timeline.record(matter, line, by=by, at=at)
    if set(changes) != {"sensitive"}:
        route_again(matter, nodes, at)
    return matter


@transaction.atomic
def decline(
    matter_id: int, *, reason: str, text: str, by: Actor, at: datetime, revision: int | None = None
) -> Matter:
    """Do not take it in; the reporter is told why and which lawful way is open."""
    if not text.strip():
        raise Invalid(_("Say why, and which lawful way is open."), field="text", code="required")
    matter, nodes, post = _hold(matter_id, "decline", by, revision)
    process.end(nodes, NodeStatus.HANDED_IN, at=at)
    line = Line(
        Kind.DECLINED, text=text, why=Decline(reason).label, public=True,
        department_id=post.department_id, data={"reason": reason},
    )  # fmt: skip
    lifecycle.decline(matter, line, by=by, at=at)
    return matter


def _hold(matter_id: int, verb: str, by: Actor, revision: int | None) -> tuple[Matter, list[Node], Authority]:
    """The locked matter, its running nodes and the post that allows the verb. Raises Stale, Refused, NotAllowed."""
    matter = lifecycle.lock(matter_id, revision=revision)
    nodes = process.running(matter)
    waiting = bool(nodes) and nodes[0].kind == NodeKind.TRIAGE
    if (verb != "correct" and not waiting) or matter.status not in OPEN:
        raise Refused(
            _("This matter is “%(status)s”; this step is not possible now.")
            % {"status": matter.get_status_display()},
            code="illegal_transition",
        )
    post = policies.post_for_matter(verb, matter, nodes, by)
    if post is None:
        raise NotAllowed
    return matter, nodes, post


def _may_lead(matter: Matter, line: Responsibility | None, department: Department) -> None:
    if department.pk == matter.about_department_id:
        raise Refused(_("The matter is about this unit; it cannot handle it."), code="recused")
    if line and responsibility.forbids(line, department):
        raise Refused(
            _("The list does not let %(unit)s lead here (%(list)s).")
            % {"unit": department, "list": line.get_list_kind_display()},
            code="list_forbids",
        )


def _differences(matter: Matter, *, area: Area | None, **wanted: Any) -> dict[str, Any]:
    changes = {
        name: value for name, value in wanted.items() if value is not None and value != getattr(matter, name)
    }
    if area is not None and area != matter.area:
        changes |= {"area": area, "area_path": area.path}
    if changes.get("category") and changes["category"].sensitive:
        changes.setdefault("sensitive", True)
    return changes


def route_again(matter: Matter, nodes: Sequence[Node], at: datetime) -> None:
    """End what runs and route anew. A dispatched matter passes through the tray's status in the same transaction."""
    process.end(nodes, NodeStatus.STOPPED, at=at)
    if matter.status == Status.DISPATCHED:
        lifecycle.recall(matter)
    timing = limits.timing(at)
    reporting.start(matter, routing.decide(matter, timing), timing, by=reporting.PLATFORM)
