"""What will happen when: the whole ladder of a step, with who would be told now, where it would go, and what stops it.

Nothing is written. Names are found as they would be if the rung rang now (`recipients.resolve`); who may not know them
sees the roles.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ObjectDoesNotExist

from dispatch import ladders, recipients
from dispatch.choices import Action
from dispatch.ladders import Step
from dispatch.limits import Timing
from dispatch.models import Node, Rung
from dispatch.nodes import KINDS
from matters.models import Matter
from matters.refusals import Refused
from organization import calendar, workdays
from organization.models import Department


@dataclass(frozen=True)
class Sight:
    """One rung with what only a look at people and units tells; `rung` is the record of one that has fired."""

    step: Step
    names: tuple[str, ...] = ()
    to: Department | None = None
    rung: Rung | None = None


def of_node(
    matter: Matter, node: Node, running: Sequence[Node], rungs: Sequence[Rung], timing: Timing, *, named: bool
) -> list[Sight]:
    """The rungs of a step in the order of time. `running`: the matter's running steps; `named`: with people's names."""
    steps = ladders.steps(node, rungs)
    fired = [
        Sight(step, _told(rung) if named else (), rung=rung) for step, rung in zip(steps, rungs, strict=False)
    ]
    coming = steps[len(rungs) :]
    roles = list(dict.fromkeys(role for step in coming for role in step.tells)) if named else []
    people = _people(matter, node, roles, timing) if roles else {}
    return fired + [
        Sight(step, _names(step.tells, people), _heir(matter, node, running, step, timing)) for step in coming
    ]


def clock_of(node: Node) -> dict[str, Any]:
    """How the due moment came about: start, limit, days counted and skipped, intervals, whether it is provisional."""
    due = calendar.due(workdays.version(node.calendar_version or None), node.opened_at, node.limit)
    return {
        "start": node.opened_at,
        "limit": node.limit,
        "due_at": node.due_at,
        "limit_ends_at": due.at,
        "provisional": due.provisional,
        "counted": due.counted,
        "skipped": due.skipped,
        "shortened_by_promise": bool(node.cut and node.due_at < due.at),
        "spans": list(node.spans.order_by("began_at", "pk")),
    }


def _told(rung: Rung) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each["name"] for each in rung.tells))


def _people(matter: Matter, node: Node, roles: Sequence[str], timing: Timing) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for told in recipients.resolve(matter, [(node, roles)], timing):
        found.setdefault(told["role"], []).append(told["person"].name)
    return found


def _names(roles: Iterable[str], people: dict[str, list[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for role in roles for name in people.get(role, ())))


def _heir(
    matter: Matter, node: Node, running: Sequence[Node], step: Step, timing: Timing
) -> Department | None:
    """The unit that would have it after a hand-up now."""
    if step.action != Action.ESCALATE:
        return None
    others = [other for other in running if other.pk != node.pk]
    try:
        succession = KINDS[node.kind].hand_up(matter, node, others, timing)
    except (ObjectDoesNotExist, Refused):
        return None
    if succession.existing:
        return succession.existing.department
    return succession.heir.department if succession.heir else None
