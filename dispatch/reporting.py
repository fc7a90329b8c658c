"""Report and dispatch: the one entrance. A report stands whatever becomes of its routing."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dispatch import deadlines, limits, process, recognition, routing
from dispatch.choices import NodeKind, TrayReason
from dispatch.limits import Timing
from dispatch.models import Node, Routing
from dispatch.process import Opening
from dispatch.routing import Decision
from matters import intake, lifecycle, timeline
from matters.choices import Ending, Kind, Part, Urgency
from matters.intake import NewMatter, Point
from matters.models import Matter
from matters.refusals import NotAllowed
from matters.timeline import Line
from organization.actors import Actor
from organization.calendar import Limit
from organization.choices import ActorKind

__all__ = ["NewMatter", "Point", "report", "report_whole", "route"]

log = logging.getLogger(__name__)

PLATFORM = Actor.rule("dispatch")


@dataclass(frozen=True)
class Reported:
    """What became of a report: `nodes` and `routing` are those it made, so that nobody need read them again."""

    matter: Matter
    created: bool
    nodes: Sequence[Node] = ()
    routing: Routing | None = None


def report(new: NewMatter, *, by: Actor, at: datetime) -> tuple[Matter, bool]:
    """Store a report and bring it to whoever must act; returns (matter, created).

    Work said to be done on the spot closes it at once. Raises Invalid, NotAllowed.
    """
    reported = report_whole(new, by=by, at=at)
    return reported.matter, reported.created


@transaction.atomic(savepoint=False)  # nobody goes on in a transaction whose report was refused
def report_whole(new: NewMatter, *, by: Actor, at: datetime) -> Reported:
    """The same verb for whoever must tell everything of the new matter at once."""
    if new.handled_text and by.kind == ActorKind.REPORTER:
        raise NotAllowed(_("Only staff can report what they have already handled."))
    matter, created = intake.register(new, by=by, at=at)
    if not created:
        return Reported(matter, created=False)
    if matter.handled_text:
        line = Line(Kind.CLOSED, text=matter.handled_text, why=lazy("Handled on the spot."), public=True)
        lifecycle.close(matter, line, by=by, at=at, ending=Ending.ON_THE_SPOT)
        return Reported(matter, created=True)
    timing = limits.timing(at)
    recognition.recognise(matter, timing, by_words=not new.over)
    nodes, routed = route(matter, timing)
    return Reported(matter, True, nodes, routed)


def route(matter: Matter, timing: Timing) -> tuple[list[Node], Routing]:
    """Dispatch a reported matter by the list, or lay it in the tray with the reason.

    The decision runs in a savepoint: when it fails, the report stands in the tray and the failure is logged.
    """
    try:
        with transaction.atomic():
            decision = routing.decide(matter, timing)
            return start(matter, decision, timing, by=PLATFORM)
    except Exception:
        log.exception("matter %s could not be dispatched", matter.number)
        matter.refresh_from_db()
        return start(matter, routing.tray(matter, TrayReason.FAILED, at=timing.at), timing, by=PLATFORM)


def start(
    matter: Matter,
    decision: Decision,
    timing: Timing,
    *,
    by: Actor,
    text: str = "",
    limit: Limit | None = None,
) -> tuple[list[Node], Routing]:
    """Carry a decision out: the routing is kept, the nodes open, the matter's row and timeline say so."""
    routed = routing.record(matter, decision, at=timing.at)
    if decision.to_tray:
        return lay_in_tray(matter, decision, timing, by=by), routed
    if matter.category_id is None and decision.line:
        lifecycle.change(matter, category=decision.line.category)
    _raise_emergency(matter, timing)
    limit = limit or recognition.limit_of_mode(matter, timing) or _own_limit(decision, timing)
    level = process.level_of(decision)
    full = False
    if matter.first_due_at is None:
        matter.promise_at = deadlines.promise(timing, matter, level=level, limit=limit, line=decision.line)
        full = deadlines.follows_from_limits(matter, decision.line)
    nodes = process.open_nodes(matter, _openings(decision, level, limit, full), timing)
    line = Line(
        Kind.DISPATCHED,
        text=text,
        why=_why(decision),
        public=True,
        department_id=decision.unit.pk,
        data={
            "nodes": [node.pk for node in nodes],
            "due_at": nodes[0].due_at.isoformat(),
            "promise_at": matter.promise_at and matter.promise_at.isoformat(),
            "outside": decision.outside,
        },
    )
    facts = process.turn(matter, nodes, at=timing.at)
    lifecycle.dispatch(matter, line, by=by, at=timing.at, promise_at=matter.promise_at, **facts)
    return nodes, routed


def lay_in_tray(matter: Matter, decision: Decision, timing: Timing, *, by: Actor) -> list[Node]:
    """A triage node at a command room: somebody must decide. The matter stays, or has become, reported."""
    if decision.reason == TrayReason.EMERGENCY_CALL and matter.urgency != Urgency.EMERGENCY:
        lifecycle.change(matter, urgency=Urgency.EMERGENCY)
    limit = deadlines.triage_limit(timing, matter.urgency)
    nodes = process.open_nodes(matter, [Opening(NodeKind.TRIAGE, decision.unit, limit)], timing)
    line = Line(
        Kind.TRAYED,
        why=TrayReason(decision.reason).label,
        department_id=decision.unit.pk,
        data={"node": nodes[0].pk, "reason": decision.reason},
    )
    lifecycle.lay_in_tray(matter, line, by=by, at=timing.at, **process.turn(matter, nodes, at=timing.at))
    return nodes


def _openings(decision: Decision, level: str, limit: Limit, full: bool) -> list[Opening]:
    line = decision.line
    lead = Opening(
        NodeKind.HANDLE, decision.unit, limit, assignee=decision.assignee, line=line, level=level, full=full
    )
    parts = [
        Opening(NodeKind.HANDLE, unit, limits.shared(limit), part=Part.ASSISTING, line=line, full=full)
        for unit in decision.assisting
    ]
    return [lead, *parts]


def _own_limit(decision: Decision, timing: Timing) -> Limit:
    return decision.line.limit if decision.line else timing.of_level(decision.unit.level, None)


def _raise_emergency(matter: Matter, timing: Timing) -> None:
    """What the category makes an emergency, or a mode that means the category it has by now."""
    recognition.raise_by_mode(matter, timing)
    if matter.category and matter.category.emergency and matter.urgency != Urgency.EMERGENCY:
        lifecycle.change(matter, urgency=Urgency.EMERGENCY)


@timeline.official
def _why(decision: Decision) -> str:
    if decision.line is None:
        return _("Chosen by the dispatcher.")
    return _("Line %(line)s (version %(version)s): %(category)s at %(place)s is led by %(unit)s.") % {
        "line": decision.line.code,
        "version": decision.line.version,
        "category": decision.line.category,
        "place": decision.matched.get("place", {}).get("name", ""),
        "unit": decision.unit,
    }
