"""The ladder of a node, derived from its moments: pure, so that page, REST and sweep say the same.

A rung fires at its moment. `pending` is everything still to come; the earliest is the node's next alarm.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch import laddering
from dispatch.choices import Action, NodeKind
from dispatch.ladder_rows import Ladder
from dispatch.laddering import DEFAULTS, ROLE_NAMES, TELLS, Rules
from dispatch.models import Node, Rung
from matters.choices import Urgency
from organization import rows
from organization.choices import Level

__all__ = [
    "ROLE_NAMES",
    "TELLS",
    "Step",
    "at_the_end",
    "keep",
    "label",
    "next_rung",
    "of",
    "pending",
    "steps",
    "store",
]

_STOPS_BY: dict[str, Promise] = {
    Action.SIGN_MISSED: _("signing"),
    Action.RESPONSE_MISSED: _("contact, progress or handing in"),
    Action.RETURN_LAPSED: _("sending it back with a reason"),
    Action.LAPSE: _("a rating"),
    Action.PROMISE_NEAR: _("handing in"),
    Action.PROMISE_MISSED: _("handing in"),
    Action.STAGE_NEAR: _("progress that says the stage is done"),
    Action.STAGE_MISSED: _("progress that says the stage is done"),
    Action.RING: _("somebody's answer"),
    Action.LOOK_MISSED: _("deciding whether it can wait"),
}
_STOPS_BY_KIND: dict[str, Promise] = {
    NodeKind.TRIAGE: _("dispatching or declining"),
    NodeKind.HANDLE: _("handing in"),
    NodeKind.VERIFY: _("verifying"),
    NodeKind.CALLBACK: _("settling the call or reopening"),
}


@dataclass(frozen=True)
class Step:
    """One rung: what happens at `at`, who is told, what stops it; `state` is fired, next or later."""

    action: Action
    at: datetime
    tells: tuple[str, ...] = ()
    stops_by: str | Promise = ""
    state: str = "later"
    label: str | Promise = ""


def of(node: Node) -> Rules:
    """The ladder a step was opened with (read once in a process; it never changes)."""
    if node.ladder_id is None:
        return laddering.kept(Rules(DEFAULTS[node.urgency or Urgency.NORMAL]))
    known = laddering.known(node.ladder_id)
    return known or laddering.kept(Rules(Ladder.objects.get(pk=node.ladder_id).rungs))


def keep(*ladders: list[dict[str, Any]]) -> None:
    """Keep ladders before a step needs them: two that open first steps at once would wait for each other's row."""
    rules = {each.id: each for each in map(Rules, ladders)}
    rows.insert([Ladder(pk=key, rungs=list(each.rungs)) for key, each in rules.items()], unless_known=True)


def store(nodes: Iterable[Node], stored: Collection[int]) -> None:
    """Keep the ladders of nodes about to be stored, unless they are among the `stored` ones already."""
    new = {node.ladder_id: of(node) for node in nodes if node.ladder_id not in stored}
    ladders = [Ladder(pk=key, rungs=list(rules.rungs)) for key, rules in new.items()]
    rows.insert(ladders, unless_known=True)


def pending(node: Node) -> list[tuple[datetime, Action]]:
    """What is still to come for a running node, in the order in which they will ring."""
    fired = set(node.fired)
    steps = [
        (node.sign_due_at if node.signed_at is None else None, Action.SIGN_MISSED),
        (node.first_response_due_at if node.responded_at is None else None, Action.RESPONSE_MISSED),
        (node.ring_at, Action.RING),
        (node.look_due_at if node.signed_at is None else None, Action.LOOK_MISSED),
        (node.returnable_until, Action.RETURN_LAPSED),
        (node.remind_at, Action.REMIND),
        (node.due_at, Action.LAPSE if node.asks else Action.WARN),
        (node.escalate_at, at_the_end(node)),
        (node.stage_near_at, Action.STAGE_NEAR),
        (node.stage_due_at, Action.STAGE_MISSED),
        (node.promise_near_at, Action.PROMISE_NEAR),
        (node.promise_due_at, Action.PROMISE_MISSED),
    ]
    left = [(at, action) for at, action in steps if at and action and action not in fired]
    if node.urge_at:
        left.append((node.urge_at, Action.URGE))
    return sorted(left, key=lambda step: step[0])


def at_the_end(node: Node) -> Action | None:
    """What comes one step after due: hand up, at the top a supervision order; nothing for a part that was let down."""
    if not node.climbs:
        return None
    return Action.SUPERVISE if node.level == Level.DISTRICT else Action.ESCALATE


def next_rung(node: Node) -> Step | None:
    """The Step that comes next, at the moment the alarm is really set to; None when the node does not run."""
    if not node.is_running or node.next_alarm_at is None:
        return None
    return _explained(node, node.next_action, node.next_alarm_at, "next")


def steps(node: Node, rungs: Iterable[Rung] = ()) -> list[Step]:
    """The whole ladder for a page: what fired, what comes next, what may come later."""
    done = [_explained(node, rung.action, rung.fired_at, "fired") for rung in rungs]
    coming = next_rung(node)
    if coming is None:
        return done
    later = [
        _explained(node, action, at, "later") for at, action in pending(node) if action != node.next_action
    ]
    return [*done, coming, *later]


def label(action: str, kind: str) -> str | Promise:
    """What a rung does to a step of this kind: a tray is not signed for, it accepts."""
    unaccepted = action == Action.SIGN_MISSED and kind == NodeKind.TRIAGE
    return _("Remind to accept") if unaccepted else Action(action).label


def _explained(node: Node, action: str, at: datetime, state: str) -> Step:
    stops_by = _STOPS_BY.get(action) or _STOPS_BY_KIND[node.kind]
    if action == Action.SIGN_MISSED and node.kind == NodeKind.TRIAGE:
        stops_by = _("accepting")
    return Step(Action(action), at, of(node).tells(action), stops_by, state, label(action, node.kind))
