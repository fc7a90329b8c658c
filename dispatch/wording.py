"""The sentences of the ladder in the timeline, in the language of the district."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from dispatch import ladders
from dispatch.choices import Action, NodeKind
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
    at = planned_at.astimezone(clock.ZONE).strftime("%m-%d %H:%M")
    return words % {"what": ladders.label(action, node.kind), "at": at}


@timeline.official
def why(node: Node, action: Action) -> str:
    unaccepted = action == Action.SIGN_MISSED and node.kind == NodeKind.TRIAGE
    words = _NOT_ACCEPTED if unaccepted else WORDS[action]
    due = node.due_at.astimezone(clock.ZONE).strftime("%m-%d %H:%M")
    return str(words) % {"unit": node.department, "due": due}
