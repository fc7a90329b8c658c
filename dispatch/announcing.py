"""What is written and told of deadlines that moved: one entry for the promise and for each step, in words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from dispatch import outbox
from dispatch.limits import Timing
from dispatch.moves import PROMISE, Move
from matters import timeline
from matters.choices import Kind
from matters.models import Matter
from matters.timeline import Line
from organization import clock
from organization.actors import Actor

PLATFORM = Actor.rule("recount")


@dataclass(frozen=True)
class Cause:
    """Why deadlines move: a sentence for the timeline and facts for machines."""

    why: str
    data: dict[str, Any] = field(default_factory=dict)


def announce(matter: Matter, moved: Sequence[Move], timing: Timing, cause: Cause) -> None:
    """One entry for the promise and one for each step, its due moment first."""
    by_node: dict[int | None, list[Move]] = {}
    for move in moved:
        by_node.setdefault(move.node.pk if move.node else None, []).append(move)
    for key, (main, *others) in by_node.items():
        data = {"what": main.what, "from": _iso(main.old), "to": _iso(main.new), **cause.data}
        if main.node:
            data |= {"node": key, "also": {each.what: _iso(each.new) for each in others}}
        line = Line(
            Kind.DEADLINE_MOVED,
            why=_told(main, cause),
            public=main.node is None,
            department_id=main.node.department_id if main.node else None,
            data=data,
        )
        timeline.record(matter, line, by=PLATFORM, at=timing.at)
    told = {move.node.pk: move.node for move in moved if move.node and not move.node.asks}
    if told:
        outbox.tell(matter, [(node, ("holder",)) for node in told.values()], "moved", timing)


@timeline.official
def _told(move: Move, cause: Cause) -> str:
    words = {
        PROMISE: _("The answer promised for %(old)s is now promised for %(new)s. %(why)s"),
        "due_at": _("%(unit)s: due at %(new)s, until now at %(old)s. %(why)s"),
    }
    other = _("%(unit)s: to be signed, answered or sent back by %(new)s, until now by %(old)s. %(why)s")
    unit = move.node.department if move.node else ""
    old, new = (each.astimezone(clock.ZONE).strftime("%m-%d %H:%M") for each in (move.old, move.new))
    return words.get(move.what, other) % {"unit": unit, "old": old, "new": new, "why": cause.why}


def _iso(moment: datetime) -> str:
    return moment.astimezone(clock.ZONE).isoformat()
