"""The sentences of the ladder in the timeline, in the language of the district."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dispatch import ladders
from dispatch.choices import OF_PROMISE, OF_STAGE, Action, NodeKind
from dispatch.models import Node
from matters import timeline
from organization import clock

#: The platform's sentence for each entry; %(unit)s and %(due)s are known.
WORDS: dict[str, Promise] = {
    Action.SIGN_MISSED: lazy("%(unit)s has not signed for it in time."),
    Action.RESPONSE_MISSED: lazy("%(unit)s has not answered the reporter in time."),
    Action.RETURN_LAPSED: lazy("%(unit)s did not send it back, so it is the first responsible."),
    Action.REMIND: lazy("%(unit)s: due at %(due)s."),
    Action.WARN: lazy("%(unit)s: the time ran out at %(due)s."),
    Action.SUPERVISE: lazy("%(unit)s is ordered to finish it; it was due at %(due)s."),
    Action.URGE: lazy("%(unit)s is urged again; it was due at %(due)s."),
    Action.LOOK_MISSED: lazy("The duty officer of %(unit)s has not looked at it in time."),
    Action.PROMISE_NEAR: lazy(
        "The answer promised to the reporter for %(promise)s is near; %(unit)s has it."
    ),
    Action.PROMISE_MISSED: lazy(
        "The answer promised to the reporter for %(promise)s was not given; %(unit)s has it."
    ),
    Action.STAGE_NEAR: lazy("%(unit)s: “%(stage)s” is to be done by %(stage_due)s."),
    Action.STAGE_MISSED: lazy("%(unit)s: “%(stage)s” was to be done by %(stage_due)s."),
}
_NOT_ACCEPTED = lazy("%(unit)s has not accepted it in time.")


@timeline.official
def handed_up(late: Node, heir: Node) -> str:
    words = _("Time ran out at %(late)s; %(unit)s has it now.")
    return words % {"late": late.department, "unit": heir.department}


@timeline.official
def passed_over(node: Node, action: Action, planned_at: datetime) -> str:
    words = _(
        "“%(what)s” was planned for %(at)s; the platform was late, so it goes on to what is due by now."
    )
    return words % {"what": ladders.label(action, node.kind), "at": _moment(planned_at)}


@timeline.official
def why(node: Node, action: Action) -> str:
    unaccepted = action == Action.SIGN_MISSED and node.kind == NodeKind.TRIAGE
    words = _NOT_ACCEPTED if unaccepted else WORDS[action]
    return str(words) % {"unit": node.department, "due": _moment(node.due_at), **aside(node, action)}


def aside(node: Node, action: Action) -> dict[str, str]:
    """What the sentence of a promise or of a stage names."""
    if action in OF_PROMISE and node.matter.promise_at:
        return {"promise": _moment(node.matter.promise_at)}
    if action in OF_STAGE:
        field = "reminded_at" if action == Action.STAGE_NEAR else "missed_at"
        said = max(node.stages, key=lambda stage: stage[field] or "")
        return {"stage": said["name"], "stage_due": _moment(datetime.fromisoformat(said["due_at"]))}
    return {}


def _moment(at: datetime) -> str:
    return at.astimezone(clock.ZONE).strftime("%m-%d %H:%M")
