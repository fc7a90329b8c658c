"""What a rung does, besides being counted: it tells, hands up, or closes, and writes its entry.

Called under the locks of the matter, then the node, by `escalation._ring`. Add an action that only tells by its entry
kind in ENTRY and its words in `wording.WORDS`; one that does more has a function in EFFECTS.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as lazy

from dispatch import answering, calling, ladders, outbox, process, promises, recipients, wording
from dispatch.choices import OF_PROMISE, WORKED, Action, NodeStatus
from dispatch.limits import Timing
from dispatch.models import Escalation, Node
from dispatch.nodes import KINDS
from matters import lifecycle, timeline
from matters.choices import Ending, Kind
from matters.models import Entry, Matter
from matters.timeline import Line
from organization.actors import Actor

LADDER = Actor.rule("ladder")

ENTRY: dict[str, Kind] = {
    Action.SIGN_MISSED: Kind.SIGN_MISSED,
    Action.RESPONSE_MISSED: Kind.RESPONSE_MISSED,
    Action.RETURN_LAPSED: Kind.RETURN_LAPSED,
    Action.REMIND: Kind.REMINDED,
    Action.WARN: Kind.WARNED,
    Action.SUPERVISE: Kind.SUPERVISED,
    Action.URGE: Kind.URGED,
    Action.LOOK_MISSED: Kind.LOOK_MISSED,
    Action.PROMISE_NEAR: Kind.PROMISE_NEAR,
    Action.PROMISE_MISSED: Kind.PROMISE_MISSED,
    Action.STAGE_NEAR: Kind.STAGE_NEAR,
    Action.STAGE_MISSED: Kind.STAGE_MISSED,
}
Effect = tuple[list[dict[str, Any]], Entry, Escalation | None]  # who was told, what was written


def take(matter: Matter, node: Node, action: Action, timing: Timing) -> Effect:
    """The effect of one rung; the caller stores the rung itself in the same transaction."""
    if action in OF_PROMISE:
        promises.remember(matter, action, timing.at)
    if does := EFFECTS.get(action):
        return does(matter, node, timing)
    return remind(matter, node, action, timing)


def tell(matter: Matter, node: Node, action: str, timing: Timing) -> list[dict[str, Any]]:
    """Whom the ladder says, in the window it says."""
    rules = ladders.of(node)
    return outbox.tell(matter, [(node, rules.tells(action))], action, timing, window=rules.window(action))


def remind(matter: Matter, node: Node, action: Action, timing: Timing) -> Effect:
    told = tell(matter, node, action, timing)
    line = Line(
        ENTRY[action],
        why=" ".join(filter(None, [wording.why(node, action), recipients.words(told)])),
        department_id=node.department_id,
        data={
            "node": node.pk, "step": node.kind, "rung": node.rung, "part": node.part, **wording.aside(node, action),
            "passed_over": recipients.passed_over(told),
        },
    )  # fmt: skip
    return told, timeline.record(matter, line, by=LADDER, at=timing.at), None


def pass_over(matter: Matter, node: Node, step: tuple[datetime, Action], timing: Timing) -> Entry:
    """The entry of a rung that an emergency, kept waiting by the platform, leaves behind."""
    planned_at, action = step
    line = Line(
        Kind.SKIPPED,
        why=wording.passed_over(node, action, planned_at),
        department_id=node.department_id,
        data={"node": node.pk, "step": node.kind, "rung": node.rung, "part": node.part, "action": action},
    )
    return timeline.record(matter, line, by=LADDER, at=timing.at)


def lapse(matter: Matter, node: Node, timing: Timing) -> Effect:
    process.end([node], NodeStatus.STOPPED, at=timing.at)
    answering.close(
        matter, Ending.UNANSWERED, by=LADDER, at=timing.at, why=lazy("No answer came in the time set for it.")
    )
    return [], matter.entries.latest("seq"), None


def hand_up(matter: Matter, node: Node, timing: Timing) -> Effect:
    """The late node ends as escalated, the level above has it; the late unit keeps a part where its kind says so."""
    others = [other for other in process.running(matter) if other.pk != node.pk]
    process.end([node], NodeStatus.ESCALATED, at=timing.at)
    succession = KINDS[node.kind].hand_up(matter, node, others, timing)
    if succession.folded:
        process.end(succession.folded, NodeStatus.STOPPED, at=timing.at)
    opened = process.open_nodes(matter, [each for each in (succession.heir, succession.kept) if each], timing)
    heir = succession.existing or opened[0]
    told = tell(matter, node, Action.ESCALATE, timing)
    stay = [other for other in others if other not in succession.folded]
    facts = process.turn(matter, [*opened, *stay], at=timing.at)
    if node.is_lead and node.kind in WORKED:
        facts["escalated_level"] = heir.department.level
    lifecycle.change(matter, **facts)
    line = Line(
        Kind.ESCALATED,
        why=wording.handed_up(node, heir),
        public=node.is_lead,
        department_id=heir.department_id,
        data={
            "node": node.pk, "rung": node.rung, "part": node.part, "reason": "time", "to": heir.pk,
            "from_level": node.level, "to_level": heir.level, "due_at": heir.due_at.isoformat(),
            "passed_over": recipients.passed_over(told),
        },
    )  # fmt: skip
    entry = timeline.record(matter, line, by=LADDER, at=timing.at)
    escalation = Escalation(
        node=node, successor=heir, from_level=node.level, to_level=heir.level, at=timing.at
    )
    return told, entry, escalation


def call(matter: Matter, node: Node, timing: Timing) -> Effect:
    return *calling.call(matter, node, timing), None


EFFECTS: dict[str, Callable[[Matter, Node, Timing], Effect]] = {
    Action.ESCALATE: hand_up, Action.LAPSE: lapse, Action.RING: call,
}  # fmt: skip
