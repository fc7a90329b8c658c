"""What comes without a category outside office hours is looked at once: an emergency, or can it wait?

The ordinary clock does not run at night because of it. Nobody decides anything else then.
"""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import limits, policies, process, triage
from dispatch.models import Node
from matters import lifecycle, timeline
from matters.choices import Kind, Urgency
from matters.models import Matter
from matters.refusals import NotAllowed, Refused
from matters.timeline import Line
from organization import clock
from organization.actors import Actor


@transaction.atomic
def look(
    matter_id: int, *, emergency: bool, text: str = "", by: Actor, at: datetime, revision: int | None = None
) -> Matter:
    """The duty officer's decision. An emergency is routed again at once and rings; anything else waits.

    Raises Stale, NotAllowed, Refused when there is nothing to look at.
    """
    matter = lifecycle.lock(matter_id, revision=revision)
    nodes = process.running(matter)
    waiting = next((node for node in nodes if node.look_due_at), None)
    post = policies.post_for_matter("look", matter, nodes, by)
    if waiting is None:
        raise Refused(_("There is nothing to look at: somebody has decided."), code="nothing_to_look_at")
    if post is None:
        raise NotAllowed
    waiting.look_due_at = None
    process.arm(waiting, "look_due_at")
    line = Line(
        Kind.LOOKED,
        text=text,
        why=_decided(waiting, emergency, at),
        department_id=post.department_id or waiting.department_id,
        data={"node": waiting.pk, "emergency": emergency},
    )
    timeline.record(matter, line, by=by, at=at)
    if emergency:
        lifecycle.change(matter, urgency=Urgency.EMERGENCY)
        triage.route_again(matter, nodes, at)
    else:
        lifecycle.change(matter)
    return matter


@timeline.official
def _decided(node: Node, emergency: bool, at: datetime) -> str:
    if emergency:
        return _("It is an emergency.")
    opens = limits.timing(at).calendar.next_open(at).astimezone(clock.ZONE)
    return _("It waits for the working day, %(at)s.") % {"at": opens.strftime("%m-%d %H:%M")}
