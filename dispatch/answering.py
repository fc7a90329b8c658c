"""From done to answered: verification by somebody who did not handle it, the reporter's rating, reopening."""

from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dispatch import limits, policies, process, reporting, routing
from dispatch.choices import NodeKind, NodeStatus, TrayReason
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.policies import Authority
from dispatch.process import Opening
from dispatch.querysets import NodeQuerySet
from dispatch.responsibility import Units
from dispatch.verifiers import verifier
from matters import lifecycle, timeline
from matters.choices import OPEN, Ending, Kind, Part, Solved, Status
from matters.models import Matter, Rating
from matters.refusals import Invalid, NotAllowed, Refused
from matters.timeline import Line
from organization.actors import Actor
from organization.choices import ActorKind, Level

LOW = 2  # of the five national grades, 5 is best


def ask_for_verification(matter: Matter, line: Line, timing: Timing, *, by: Actor) -> None:
    """The lead handed in: other open parts stop, and somebody who did not handle it is asked to look."""
    process.end_running(matter, NodeStatus.STOPPED, at=timing.at)
    unit, person = verifier(matter, at=timing.at)
    opening = Opening(NodeKind.VERIFY, unit, timing.stage("verify", matter.urgency), assignee=person)
    nodes = process.open_nodes(matter, [opening], timing)
    lifecycle.hand_in(matter, line, by=by, at=timing.at, **process.turn(matter, nodes, at=timing.at))


@transaction.atomic
def verify(
    matter_id: int, *, solved: bool, text: str = "", by: Actor, at: datetime, revision: int | None = None
) -> Matter:
    """Solved: the reporter is asked. Not solved, with a sentence: the next round begins at the unit that handed in."""
    if not solved and not text.strip():
        raise Invalid(_("Say what is not solved."), field="text", code="required")
    matter, nodes, post = _hold(matter_id, "verify", by, revision, Status.VERIFYING)
    process.end(nodes, NodeStatus.HANDED_IN, at=at)
    timing = limits.timing(at)
    data = {"node": nodes[0].pk, "solved": solved}
    if not solved:
        line = Line(Kind.REWORKED, text=text, public=True, department_id=post.department_id, data=data)
        _next_round(matter, line, timing, by=by)
        return matter
    line = Line(Kind.VERIFIED, text=text, public=True, department_id=post.department_id, data=data)
    opened = _open_callback(matter, timing, asks=True)
    lifecycle.pass_verification(matter, line, by=by, at=at, **process.turn(matter, opened, at=at))
    asked = Line(
        Kind.CALLBACK_OPENED, public=True, data={"node": opened[0].pk, "until": opened[0].due_at.isoformat()}
    )
    timeline.record(matter, asked, by=reporting.PLATFORM, at=at)
    return matter


@transaction.atomic
def rate(
    matter_id: int,
    *,
    solved: str,
    grade: int | None = None,
    text: str = "",
    by: Actor,
    at: datetime,
    revision: int | None = None,
) -> Matter:
    """What the reporter says of the outcome; low answers open a call with its own deadline. Once a round."""
    matter = lifecycle.lock(matter_id, revision=revision)
    nodes = process.running(matter)
    asking = bool(nodes) and nodes[0].asks
    if matter.status != Status.CALLBACK or not asking:
        raise Refused(_("This matter is not waiting for a rating."), code="illegal_transition")
    if by.kind != ActorKind.REPORTER and policies.post_for_matter("rate", matter, nodes, by) is None:
        raise NotAllowed
    rating = Rating.objects.create(
        matter=matter, round=matter.round, solved=solved, grade=grade, text=text, at=at
    )
    process.end(nodes, NodeStatus.HANDED_IN, at=at)
    rated = Line(
        Kind.RATED, text=text, public=True, data={"solved": solved, "grade": grade, "node": nodes[0].pk}
    )
    timeline.record(matter, rated, by=by, at=at)
    if rating.solved == Solved.YES and (grade is None or grade > LOW):
        close(matter, Ending.RATED, by=reporting.PLATFORM, at=at, why=lazy("The reporter says it is solved."))
    else:
        _open_call(matter, limits.timing(at))
    return matter


@transaction.atomic
def reopen(matter_id: int, *, text: str, by: Actor, at: datetime, revision: int | None = None) -> Matter:
    """A person decides to take it up again: the next round, at the unit that handed in, with its full limit."""
    if not text.strip():
        raise Invalid(_("Say why it is taken up again."), field="text", code="required")
    matter, nodes, post = _hold(
        matter_id, "reopen", by, revision, Status.CALLBACK, Status.CLOSED, Status.DECLINED
    )
    process.end(nodes, NodeStatus.STOPPED, at=at)
    line = Line(Kind.REOPENED, text=text, public=True, department_id=post.department_id)
    timing = limits.timing(at)
    if _handed_in(matter).exists():
        _next_round(matter, line, timing, by=by)
        return matter
    lifecycle.reopen(matter, line, by=by, at=at)
    reporting.start(matter, routing.tray(matter, TrayReason.REOPENED, at=at), timing, by=reporting.PLATFORM)
    return matter


@transaction.atomic
def comment(
    matter_id: int, *, text: str, public: bool = False, by: Actor, at: datetime, revision: int | None = None
) -> Matter:
    """A note in the timeline; `public` lets the reporter read it. No clock moves."""
    if not text.strip():
        raise Invalid(_("Write the note."), field="text", code="required")
    matter, _nodes, post = _hold(matter_id, "comment", by, revision, *OPEN)
    line = Line(Kind.COMMENTED, text=text, public=public, department_id=post.department_id)
    timeline.record(matter, line, by=by, at=at)
    return matter


def settle_call(matter: Matter, node: Node, post: Authority, *, text: str, by: Actor, at: datetime) -> Node:
    """The reporter was called after a low rating, and nothing more is to be done: closed, with what was said."""
    process.end([node], NodeStatus.HANDED_IN, at=at)
    close(matter, Ending.SETTLED, by=by, at=at, text=text, department_id=post.department_id)
    return node


def close(
    matter: Matter,
    ending: Ending,
    *,
    by: Actor,
    at: datetime,
    text: str = "",
    why: str | Promise = "",
    department_id: int | None = None,
) -> None:
    """The end of a matter in callback; the lifecycle keeps how it came about."""
    line = Line(
        Kind.CLOSED,
        text=text,
        why=why or ending.label,
        public=True,
        department_id=department_id,
        data={"ending": ending},
    )
    lifecycle.close(matter, line, by=by, at=at, ending=ending)


def _hold(
    matter_id: int, verb: str, by: Actor, revision: int | None, *statuses: Status
) -> tuple[Matter, list[Node], Authority]:
    matter = lifecycle.lock(matter_id, revision=revision)
    nodes = process.running(matter)
    if matter.status not in statuses:
        raise Refused(
            _("This matter is “%(status)s”; this step is not possible now.")
            % {"status": matter.get_status_display()},
            code="illegal_transition",
        )
    post = policies.post_for_matter(verb, matter, nodes, by)
    if post is None:
        raise NotAllowed(_("Whoever handled a matter does not verify it.") if verb == "verify" else None)
    return matter, nodes, post


def _next_round(matter: Matter, line: Line, timing: Timing, *, by: Actor) -> None:
    last = _handed_in(matter)[0]
    matter.round += 1
    opening = Opening(
        NodeKind.HANDLE,
        last.department,
        last.limit,
        assignee=last.assignee,
        line=last.line,
        level=last.level,
        stages=last.stages,
        full=True,
    )
    nodes = process.open_nodes(matter, [opening], timing)
    lifecycle.rework(matter, line, by=by, at=timing.at, **process.turn(matter, nodes, at=timing.at))


def _handed_in(matter: Matter) -> NodeQuerySet:
    """The lead nodes that handed in, the last of them first."""
    nodes = Node.objects.filter(
        matter=matter, kind=NodeKind.HANDLE, part=Part.LEAD, status=NodeStatus.HANDED_IN
    )
    return nodes.select_related("department__area", "assignee", "line").order_by("-ended_at", "-pk")


def _open_callback(matter: Matter, timing: Timing, *, asks: bool) -> list[Node]:
    """At the town's command room, or at the district's when the district handled it."""
    level = Level.DISTRICT if matter.level == Level.DISTRICT else Level.TOWN
    room = Units(matter.area, at=timing.at, about=matter.about_department_id).command_room(level)
    limit = timing.stage("callback" if asks else "call", matter.urgency)
    return process.open_nodes(matter, [Opening(NodeKind.CALLBACK, room, limit, asks=asks)], timing)


def _open_call(matter: Matter, timing: Timing) -> None:
    opened = _open_callback(matter, timing, asks=False)
    lifecycle.change(matter, **process.turn(matter, opened, at=timing.at))
    line = Line(
        Kind.CALL_OPENED,
        why=lazy("The reporter is not satisfied."),
        department_id=opened[0].department_id,
        data={"node": opened[0].pk},
    )
    timeline.record(matter, line, by=reporting.PLATFORM, at=timing.at)
