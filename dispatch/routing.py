"""Why a matter goes where it goes: one decision, stored with the line, its version, and the runner-up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dispatch import proposals, responsibility
from dispatch.choices import Outcome, TrayReason
from dispatch.limits import Timing
from dispatch.models import Responsibility, Routing
from dispatch.proposals import Proposal
from dispatch.responsibility import Units
from matters import timeline
from matters.choices import Route
from matters.models import Category, Matter
from organization import clock, rows
from organization.choices import Level, Role
from organization.models import Department, Person, Post
from organization.statements import Given, Once

_TRAY_ROUTES: dict[str, TrayReason] = {
    Route.EMERGENCY_CALL: TrayReason.EMERGENCY_CALL,
    Route.DECLINE: TrayReason.DECLINE_PROPOSED,
}

_grid_members: Once[Post] = Once(
    lambda: (
        Post.objects.filter(area=Given("area"), role=Role.GRID_MEMBER, person__is_active=True)
        .valid_on(Given("day"))
        .select_related("person")
        .order_by("pk")[:1]
    )
)


@dataclass
class Decision:
    """Where a matter goes. With `reason` it goes to the tray of `unit`, a command room."""

    unit: Department
    reason: str = ""
    line: Responsibility | None = None
    assignee: Person | None = None
    assisting: list[Department] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    matched: dict[str, Any] = field(default_factory=dict)
    runner_up: dict[str, Any] | None = None
    proposals: list[Proposal] = field(default_factory=list)

    @property
    def to_tray(self) -> bool:
        return bool(self.reason)


def decide(matter: Matter, timing: Timing) -> Decision:
    """Find the unit that must act. Reads only; the tray is the answer to everything the list does not answer."""
    category = matter.category
    proposed: list[Proposal] = []
    if category is None:
        proposed = proposals.propose(f"{matter.title} {matter.text}")
        category = proposals.certain(proposed, above=timing.policy.auto_confidence)
    if category is None:
        return tray(matter, TrayReason.NO_CATEGORY, at=timing.at, proposals=proposed)
    lines = responsibility.lines_for(category, matter.area, at=timing.at, known=timing.known)
    units = Units(matter.area, lines, at=timing.at, about=matter.about_department_id, known=timing.known)
    if category.route in _TRAY_ROUTES:
        return _tray(units, _TRAY_ROUTES[category.route])
    if not lines:
        return _tray(units, TrayReason.NO_LINE, proposals=proposed)
    return _by_line(matter, lines, units, timing, category)


def record(matter: Matter, decision: Decision, *, at: datetime) -> Routing:
    """Keep the decision as the newest routing of the matter."""
    routed = Routing(
        matter=matter,
        at=at,
        outcome=Outcome.TRAY if decision.to_tray else Outcome.DISPATCHED,
        reason=decision.reason,
        line=decision.line,
        department=decision.unit,
        matched=decision.matched,
        runner_up=decision.runner_up,
        proposals=decision.proposals,
    )
    rows.insert([routed])
    return routed


def latest(matter: Matter) -> Routing | None:
    """The newest routing with its line, or None."""
    return (
        Routing.objects.filter(matter=matter)
        .select_related("line__category", "line__area", "department")
        .order_by("-pk")
        .first()
    )


def tray(
    matter: Matter, reason: TrayReason, *, at: datetime, level: str = Level.TOWN, **known: Any
) -> Decision:
    """A decision for the command room of the level at the matter's place."""
    units = Units(matter.area, at=at, about=matter.about_department_id)
    return Decision(unit=units.command_room(level), reason=reason, **known)


def _by_line(
    matter: Matter, lines: Sequence[Responsibility], units: Units, timing: Timing, category: Category
) -> Decision:
    line = lines[0]
    lead = units.lead(line)
    known: dict[str, Any] = {
        "line": line,
        "matched": _matched(line, category, matter),
        "runner_up": _runner_up(lines, units, lead),
    }
    if lead is None:
        return _tray(units, TrayReason.NO_UNIT, **known)
    if lead.pk == matter.about_department_id:
        return _tray(units, TrayReason.RECUSED, **known)
    if responsibility.forbids(line, lead):
        return _tray(units, TrayReason.LIST_FORBIDS, **known)
    assisting, outside = units.assisting(line)
    kept_out = {lead.pk, matter.about_department_id}
    return Decision(
        unit=lead,
        assignee=_grid_member(matter, timing.at) if line.lead_level == Level.GRID else None,
        assisting=[unit for unit in assisting if unit.pk not in kept_out],
        outside=outside,
        **known,
    )


def _tray(units: Units, reason: TrayReason, **known: Any) -> Decision:
    return Decision(unit=units.command_room(), reason=reason, **known)


def _matched(line: Responsibility, category: Category, matter: Matter) -> dict[str, Any]:
    return {
        "category": {"code": category.code, "name": category.name},
        "area": {"code": line.area.code, "name": line.area.name},
        "place": {"code": matter.area.code, "name": matter.area.name},
    }


@timeline.official
def _wider(line: Responsibility) -> str:
    return _("line %(line)s covers a wider area") % {"line": line.code}


def _runner_up(
    lines: Sequence[Responsibility], units: Units, lead: Department | None
) -> dict[str, Any] | None:
    """The unit that came second, and why it is not the lead."""
    if len(lines) > 1 and (unit := units.lead(lines[1])):
        reason = _wider(lines[1])
        return {"department": unit.name, "line": lines[1].code, "version": lines[1].version, "reason": reason}
    assisting, _outside = units.assisting(lines[0])
    second = next((unit for unit in assisting if unit != lead), None)
    if second is None:
        return None
    reason = timeline.official(str)(lazy("the line names it as assisting, not as lead"))
    return {"department": second.name, "line": lines[0].code, "version": lines[0].version, "reason": reason}


def _grid_member(matter: Matter, at: datetime) -> Person | None:
    post = _grid_members.first(area=matter.area_id, day=clock.day_of(at))
    return post.person if post else None
