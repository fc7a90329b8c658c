"""The verbs of a unit on its own node: sign, assign, contact, progress, hand in, send back."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import answering, limits, outbox, policies, process, reporting, rings, routing, staged
from dispatch.choices import NodeKind, NodeStatus, Reason, TrayReason
from dispatch.models import Node
from dispatch.policies import Authority
from matters import attachments as photos
from matters import lifecycle, participation, timeline
from matters.choices import Kind, Part
from matters.models import Entry, Matter
from matters.refusals import Invalid, NotAllowed, Refused
from matters.timeline import Line
from organization import people
from organization.actors import Actor
from organization.choices import Level, Role
from organization.models import Person

Photos = Collection[UUID | str]


@transaction.atomic
def sign(node_id: int, *, by: Actor, at: datetime, revision: int | None = None, how: str = "") -> Node:
    """The unit confirms it has it."""
    matter, node, post = _hold(node_id, "sign", by, revision)
    if node.status == NodeStatus.SIGNED:
        raise Refused(_("It has already been signed for."), code="already_signed")
    node.status, node.signed_at = NodeStatus.SIGNED, at
    process.save(node, "status", "signed_at", *rings.answer(node, at))
    line = _line(node, post, Kind.SIGNED, public=node.is_lead, data={"how": how} if how else {})
    lifecycle.write(matter, line, by=by, at=at)
    return node


@transaction.atomic
def assign(node_id: int, *, assignee: Person, by: Actor, at: datetime, revision: int | None = None) -> Node:
    """Give the node to one person of the unit, or to a grid member of its village."""
    matter, node, post = _hold(node_id, "assign", by, revision)
    if not _belongs(assignee, node, at):
        raise Invalid(_("%(name)s does not work in this unit.") % {"name": assignee.name}, field="assignee")
    former, node.assignee = node.assignee_id, assignee
    process.save(node, "assignee")
    if former and not process.is_given_to(former, matter):
        participation.end([matter.pk], people=[former], at=at)
    participation.begin(matter, people=[assignee.pk], at=at)
    line = _line(node, post, Kind.ASSIGNED, data={"assignee": assignee.pk})
    lifecycle.write(matter, line, by=by, at=at)
    outbox.tell(matter, [(node, ("holder",))], "opened", limits.timing(at))
    return node


@transaction.atomic
def contact(
    node_id: int,
    *,
    reached: bool,
    how: str,
    text: str = "",
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Node:
    """The reporter was called or visited; a first response even when nobody answered."""
    matter, node, post = _hold(node_id, "contact", by, revision)
    _respond(node, at)
    _record(
        matter, node, post, Kind.CONTACTED, by=by, at=at, text=text, data={"reached": reached, "how": how}
    )
    return node


@transaction.atomic
def progress(
    node_id: int,
    *,
    text: str,
    public: bool = False,
    stage: str = "",
    attachments: Photos = (),
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Node:
    """Say how it stands; `public` lets the reporter read it, `stage` names the stage that is done now."""
    if not text.strip():
        raise Invalid(_("Write one sentence about how it stands."), field="text", code="required")
    matter, node, post = _hold(node_id, "progress", by, revision)
    _respond(node, at)
    if stage:
        _finish_stage(node, stage, at)
    done = {"stage": stage} if stage else {}
    entry = _record(matter, node, post, Kind.PROGRESSED, by=by, at=at, text=text, public=public, data=done)
    photos.bind(attachments, matter, entry, by=by)
    return node


@transaction.atomic
def hand_in(
    node_id: int,
    *,
    text: str,
    attachments: Photos = (),
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Node:
    """The unit says its part is done; `text` is what the reporter will read. The lead's ends the handling.

    Raises Refused while a required assisting part is open.
    """
    if not text.strip():
        raise Invalid(
            _("Write one sentence about what was done; the reporter will read it."),
            field="text",
            code="required",
        )
    matter, node, post = _hold(node_id, "hand_in", by, revision)
    if node.kind == NodeKind.CALLBACK:
        return answering.settle_call(matter, node, post, text=text, by=by, at=at)
    if node.is_lead:
        _no_required_part_open(matter, node)
    node.responded_at, node.stages = node.responded_at or at, staged.done(node.stages, at)
    node.save(update_fields=["responded_at", "stages"])
    process.end([node], NodeStatus.HANDED_IN, at=at)
    if node.is_lead:
        line = _line(node, post, Kind.HANDED_IN, text=text, public=True)
        answering.ask_for_verification(matter, line, limits.timing(at), by=by)
        entry = matter.entries.latest("seq")
    else:
        lifecycle.change(matter, **process.turn(matter, process.running(matter), at=at))
        entry = _record(matter, node, post, Kind.HANDED_IN, by=by, at=at, text=text)
    photos.bind(attachments, matter, entry, by=by)
    return node


@transaction.atomic
def send_back(
    node_id: int, *, reason: str, text: str, by: Actor, at: datetime, revision: int | None = None
) -> Node:
    """Return it with a reason inside the return window; silence made the unit the first responsible.

    The lead's goes to the command room of its level; an assisting unit's return is told to that room.
    """
    if not text.strip():
        raise Invalid(_("Say why it is not for this unit."), field="text", code="required")
    matter, node, post = _hold(node_id, "send_back", by, revision)
    if node.returnable_until is None or at > node.returnable_until:
        raise Refused(
            _("The return window has closed; the unit is now the first responsible."),
            code="return_window_closed",
        )
    line = _line(node, post, Kind.SENT_BACK, text=text, why=Reason(reason).label, data={"reason": reason})
    timing = limits.timing(at)
    process.end([node], NodeStatus.SENT_BACK, at=at)
    if not node.is_lead:
        lifecycle.change(matter, **process.turn(matter, process.running(matter), at=at))
        timeline.record(matter, line, by=by, at=at)
        outbox.tell(matter, [(node, ("room",))], "returned", timing)
        return node
    process.end_running(matter, NodeStatus.STOPPED, at=at)
    lifecycle.send_back(matter, line, by=by, at=at)
    level = Level.DISTRICT if node.department.level == Level.DISTRICT else Level.TOWN
    decision = routing.tray(matter, TrayReason.SENT_BACK, at=at, level=level)
    reporting.start(matter, decision, timing, by=reporting.PLATFORM)
    return node


def _finish_stage(node: Node, name: str, at: datetime) -> None:
    left = [stage["name"] for stage in node.stages if not stage["done_at"]]
    if name not in left:
        raise Invalid(
            _("There is no such stage left. Left: %(names)s.") % {"names": _(", ").join(left)}, field="stage"
        )
    node.stages = staged.done(node.stages, at, name=name)
    node.stage_near_at, node.stage_due_at = staged.coming(node.stages, node.due_at)
    process.save(node, *staged.FIELDS)


def _hold(node_id: int, verb: str, by: Actor, revision: int | None) -> tuple[Matter, Node, Authority]:
    """Matter and running node under their locks, and the post allowing the verb. Raises Stale, Refused, NotAllowed."""
    matter, node = process.hold(node_id, revision=revision)
    if not node.is_running or node.kind not in (NodeKind.HANDLE, NodeKind.CALLBACK) or node.asks:
        raise Refused(
            _("This step is “%(status)s”; nothing can be done on it now.")
            % {"status": node.get_status_display()},
            code="illegal_transition",
        )
    if node.kind == NodeKind.CALLBACK and verb not in ("contact", "hand_in"):
        raise Refused(
            _("A call to the reporter is settled or the matter is reopened."), code="illegal_transition"
        )
    post = policies.post_for_node(verb, node, by)
    if post is None:
        raise NotAllowed
    return matter, node, post


def _line(
    node: Node, post: Authority, kind: str, *, data: dict[str, Any] | None = None, **words: Any
) -> Line:
    return Line(
        kind,
        department_id=post.department_id or node.department_id,
        data={"node": node.pk, **(data or {})},
        **words,
    )


def _record(
    matter: Matter, node: Node, post: Authority, kind: str, *, by: Actor, at: datetime, **words: Any
) -> Entry:
    return timeline.record(matter, _line(node, post, kind, **words), by=by, at=at)


def _respond(node: Node, at: datetime) -> None:
    answered = rings.answer(node, at)
    if node.responded_at is None:
        node.responded_at, answered = at, ("responded_at", *answered)
    if answered:
        process.save(node, *answered)


def _belongs(person: Person, node: Node, at: datetime) -> bool:
    for post in people.posts_of(person, at=at):
        if post.department_id == node.department_id:
            return True
        if post.role == Role.GRID_MEMBER and post.area and node.department.area.holds(post.area.path):
            return node.department.level == Level.VILLAGE
    return False


def _no_required_part_open(matter: Matter, lead: Node) -> None:
    waiting = [
        node
        for node in process.running(matter)
        if node.pk != lead.pk and node.required and node.part == Part.ASSISTING
    ]
    if waiting:
        units = "、".join(str(node.department) for node in waiting)
        raise Refused(
            _("Still waiting for the part of %(units)s.") % {"units": units}, code="required_part_open"
        )
