"""The promise's own reminders: near at four fifths of its time, missed at its moment, on whoever leads then.

Each rings once for one promise of a matter, across hand-ups, returns and rounds: the fence is `PromiseRing`, and the
matter remembers for which promise it rang. A promise that moves is another promise. On time is judged at hand-in, so
verifying and asking carry none.
"""

from datetime import datetime

from dispatch.choices import WORKED, Action
from dispatch.clocks import PromiseRing
from dispatch.limits import Timing
from dispatch.models import Node
from matters.choices import Urgency
from matters.models import Matter
from organization import rows
from organization.calendar import Unit, fraction_at

NEAR = 0.8


def watch(node: Node, matter: Matter, timing: Timing) -> None:
    """Set what the promise still has to say on this step; nothing that would lie before it opened."""
    node.promise_near_at = node.promise_due_at = None
    promised = matter.promise_at
    if promised is None or not node.is_lead or node.kind not in WORKED:
        return
    if matter.promise_missed_for != promised:
        node.promise_due_at = max(promised, node.opened_at)
        if matter.promise_near_for != promised and promised > node.opened_at:
            node.promise_near_at = max(_near(matter, promised, timing), node.opened_at)


def rang(node: Node, action: Action) -> tuple[str, ...]:
    """It has been said: nothing of it is left on the step. Returns the fields to save."""
    node.promise_near_at = None
    if action == Action.PROMISE_MISSED:
        node.promise_due_at = None
    return ("promise_near_at", "promise_due_at")


def remember(matter: Matter, action: Action, at: datetime) -> None:
    """The fence: the second ring of one promise cannot commit."""
    promised = matter.promise_at
    if promised is None:
        return
    rows.insert([PromiseRing(matter=matter, action=action, promise_at=promised, at=at)])
    field = "promise_near_for" if action == Action.PROMISE_NEAR else "promise_missed_for"
    Matter.objects.filter(pk=matter.pk).update(**{field: promised})
    setattr(matter, field, promised)


def _near(matter: Matter, promised: datetime, timing: Timing) -> datetime:
    begun = min(matter.reported_at, promised)
    unit = Unit.M if matter.urgency == Urgency.EMERGENCY else Unit.WD
    return fraction_at(timing.calendar, begun, promised, NEAR, unit)
