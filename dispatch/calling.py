"""An emergency calls people until one of them answers.

Every call is a rung; the timeline gets an entry when the first is made and whenever more people are called. The verb
`acknowledge` is anybody's word that a person has it: signing and accepting count as well.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import outbox, policies, process, recipients, recognition, rings
from dispatch.choices import Action
from dispatch.limits import Timing
from dispatch.models import Node, Notice, Rung
from matters import timeline
from matters.choices import Kind
from matters.models import Entry, Matter
from matters.refusals import Invalid, NotAllowed, Refused
from matters.timeline import Line
from organization.actors import Actor
from organization.models import Person

LADDER = Actor.rule("ladder")
LONGEST_PHONE = 20


def call(matter: Matter, node: Node, timing: Timing) -> tuple[list[dict[str, Any]], Entry]:
    """Call whoever is to be called by now; returns who, and the entry that tells of it."""
    roles = rings.roles(node, timing)
    if (mode := recognition.mode_over(matter, timing)) and mode.called:
        roles.append("mode")
    called = Notice.objects.filter(matter=matter, kind=Action.RING, at__gt=timing.at - rings.APART)
    told = outbox.tell(
        matter, [(node, roles)], Action.RING, timing, but=set(called.values_list("person", flat=True))
    )
    last = (
        Rung.objects.filter(node=node, action=Action.RING).select_related("entry").order_by("-number").first()
    )
    if last and last.entry.data["roles"] == roles:
        return told, last.entry
    line = Line(
        Kind.RANG,
        why=" ".join(filter(None, [_called(node, told), recipients.words(told)])),
        department_id=node.department_id,
        data={
            "node": node.pk, "step": node.kind, "rung": node.rung, "part": node.part, "roles": roles,
            "passed_over": recipients.passed_over(told),
        },
    )  # fmt: skip
    return told, timeline.record(matter, line, by=LADDER, at=timing.at)


@transaction.atomic
def acknowledge(
    node_id: int, *, on_word_of: Person | None = None, phone: str = "", text: str = "",
    by: Actor, at: datetime, revision: int | None = None,
) -> Node:  # fmt: skip
    """Somebody has it: the calls stop. Also entered for another who said so, from a phone or face to face.

    Raises Stale, NotAllowed, Refused when nothing rings, Invalid for the word of somebody who may not give it.
    """
    matter, node = process.hold(node_id, revision=revision)
    post = policies.may_acknowledge(node, by)
    if post is None:
        raise NotAllowed
    if not node.is_running or node.ring_at is None:
        raise Refused(_("Nothing rings here: somebody has answered, or it is done."), code="not_ringing")
    if on_word_of and not on_word_of.is_active:
        raise Invalid(_("%(name)s has left.") % {"name": on_word_of.name}, field="on_word_of")
    fields = rings.answer(node, at)
    process.arm(node, *fields)
    minutes = int((at - node.opened_at).total_seconds() // 60)
    line = Line(
        Kind.ACKNOWLEDGED,
        text=text,
        why=_answered(minutes, on_word_of, phone),
        department_id=post.department_id or node.department_id,
        data={"node": node.pk, "minutes": minutes, "on_word_of": on_word_of and on_word_of.pk},
    )
    timeline.record(matter, line, by=by, at=at)
    return node


@timeline.official
def _called(node: Node, told: list[dict[str, Any]]) -> str:
    names = "、".join(dict.fromkeys(each["name"] for each in told))
    if not names:
        return _("%(unit)s: nobody could be found to call.") % {"unit": node.department}
    return _("%(unit)s: calling %(names)s until somebody answers.") % {
        "unit": node.department,
        "names": names,
    }


@timeline.official
def _answered(minutes: int, other: Person | None, phone: str) -> str:
    after = _("After %(n)s minutes. ") % {"n": minutes}
    if other is None and not phone:
        return after
    who = " ".join(filter(None, [other.name if other else "", phone]))
    return after + _("Entered on the word of %(who)s.") % {"who": who}
