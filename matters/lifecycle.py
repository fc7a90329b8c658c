"""The life of a matter: the table of what may become what, and one bare transition for each change.

The upper verbs (what opens, ends or times a node) live in dispatch and call these in their own transaction.
"""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from matters import timeline
from matters.choices import Ending, Status
from matters.models import Entry, Matter
from matters.refusals import Refused, Stale
from matters.timeline import Line
from organization import rows
from organization.actors import Actor
from organization.statements import Given, Once

MAY_BECOME: dict[Status, set[Status]] = {
    Status.REPORTED: {Status.DISPATCHED, Status.DECLINED, Status.MERGED, Status.VOIDED, Status.CLOSED},
    Status.DISPATCHED: {Status.VERIFYING, Status.REPORTED, Status.MERGED, Status.VOIDED},
    Status.VERIFYING: {Status.CALLBACK, Status.DISPATCHED},
    Status.CALLBACK: {Status.CLOSED, Status.DISPATCHED},
    Status.CLOSED: {Status.DISPATCHED, Status.REPORTED},
    Status.DECLINED: {Status.DISPATCHED, Status.REPORTED},
    Status.MERGED: set(),
    Status.VOIDED: set(),
}

_locked: Once[Matter] = Once(lambda: Matter.objects.select_for_update(no_key=True).filter(pk=Given("pk")))


def lock(pk: int, *, revision: int | None = None) -> Matter:
    """The matter under its row lock. Every verb takes this lock first, then the node's.

    Raises Stale when `revision` is given and no longer the current one.
    """
    matter = _locked.first(pk=pk)
    if matter is None:
        raise Matter.DoesNotExist
    if revision is not None and matter.revision != revision:
        raise Stale
    return matter


def dispatch(matter: Matter, line: Line, *, by: Actor, at: datetime, **turn: Any) -> None:
    """A reported matter goes to a unit; `turn` says whose, until when."""
    _become(matter, Status.DISPATCHED, line, by=by, at=at, **turn)


def send_back(matter: Matter, line: Line, *, by: Actor, at: datetime) -> None:
    """The lead sends it back: it is reported again. `lay_in_tray` follows in the same transaction."""
    _become(matter, Status.REPORTED, line, by=by, at=at)


def reopen(matter: Matter, line: Line, *, by: Actor, at: datetime) -> None:
    """Taken up again although no unit ever handed it in: the next round begins in the tray."""
    _become(matter, Status.REPORTED, line, by=by, at=at, round=matter.round + 1, closed_at=None, ending="")


def lay_in_tray(matter: Matter, line: Line, *, by: Actor, at: datetime, **turn: Any) -> None:
    """A reported matter gets a command room whose turn it is. No change of status."""
    write(matter, line, by=by, at=at, **turn)


def recall(matter: Matter) -> None:
    """Dispatched -> reported while a correction routes it again; the correction's own entry tells of it."""
    Matter.objects.filter(pk=matter.pk, status=Status.DISPATCHED).update(status=Status.REPORTED)
    matter.status = Status.REPORTED


def hand_in(matter: Matter, line: Line, *, by: Actor, at: datetime, **turn: Any) -> None:
    """The lead says it is done."""
    _become(matter, Status.VERIFYING, line, by=by, at=at, **turn)


def pass_verification(matter: Matter, line: Line, *, by: Actor, at: datetime, **turn: Any) -> None:
    """Somebody who did not handle it found it solved."""
    _become(matter, Status.CALLBACK, line, by=by, at=at, **turn)


def rework(matter: Matter, line: Line, *, by: Actor, at: datetime, **turn: Any) -> None:
    """Not solved, or taken up again: the unit that handed in has it once more. The caller counted the round."""
    _become(
        matter, Status.DISPATCHED, line, by=by, at=at, closed_at=None, ending="", round=matter.round, **turn
    )


def close(matter: Matter, line: Line, *, by: Actor, at: datetime, ending: Ending) -> None:
    """The end, with how it came about."""
    _become(
        matter,
        Status.CLOSED,
        line,
        by=by,
        at=at,
        closed_at=at,
        ending=ending,
        due_at=None,
        soonest_due_at=None,
    )


def decline(matter: Matter, line: Line, *, by: Actor, at: datetime) -> None:
    """Not a matter for these offices; the line names the lawful way."""
    _become(matter, Status.DECLINED, line, by=by, at=at, due_at=None, soonest_due_at=None)


def change(matter: Matter, **changes: Any) -> None:
    """Change facts of a locked matter that its readers watch (unit, due, place ...): the revision rises."""
    _mirror(matter, changes)
    rows.change(matter, *changes, rises="revision")


def write(matter: Matter, line: Line, *, by: Actor, at: datetime, **changes: Any) -> Entry:
    """Change facts of a locked matter and write their entry, in one change of its row."""
    entry = timeline.append(matter, line, by=by, at=at)
    _mirror(matter, changes)
    rows.change(matter, *changes, "entry_count", "head", rises="revision")
    rows.insert([entry])
    return entry


def _become(matter: Matter, status: Status, line: Line, *, by: Actor, at: datetime, **changes: Any) -> None:
    before = Status(matter.status)
    if status not in MAY_BECOME[before]:
        raise Refused(
            _("This matter is “%(status)s”; this step is not possible now.") % {"status": before.label},
            code="illegal_transition",
        )
    entry = timeline.append(matter, line, by=by, at=at)
    _mirror(matter, {"status": status, **changes})
    if not rows.change(
        matter, "status", *changes, "entry_count", "head", rises="revision", status=str(before)
    ):
        raise Stale
    rows.insert([entry])


def _mirror(matter: Matter, changes: dict[str, Any]) -> None:
    """The caller's copy says what the row now says; it was read under the lock, so nothing else can have changed."""
    matter.revision += 1
    for name, value in changes.items():
        setattr(matter, name, value)
