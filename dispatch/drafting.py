"""Changing the responsibility list: drafts of its next versions; dispatch/enacting.py puts them in force.

A published line stays as it is and is read for ever: matters name the version that sent them. Publishing ends the
version before on the first day of the new one, in the same transaction, so that some line always answers.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from dispatch import policies
from dispatch.choices import LineState
from dispatch.models import Responsibility
from matters.models import Category
from matters.refusals import Invalid, NotAllowed, Refused
from organization import clock
from organization.actors import Actor
from organization.models import Area

#: What a version says; everything else of a line is its place in the list and its history.
WORDS = (
    "list_kind", "lead_department", "lead_level", "lead_office", "assisting", "above", "legal_basis", "standard",
    "liability", "limit_amount", "limit_unit", "first_response", "total", "ladder",
)  # fmt: skip
NEEDED = ("list_kind", "limit_amount", "limit_unit")


@dataclass(frozen=True)
class Difference:
    """One word of a line that two versions say differently; `before` is None where there was no line."""

    field: str
    before: Any
    after: Any


def current(category: Category, area: Area, *, on: date) -> Responsibility | None:
    """The published line of exactly this category and area that is in force on the day, else the next to come."""
    lines = Responsibility.objects.published().filter(category=category, area=area)
    return lines.filter(Q(effective_to=None) | Q(effective_to__gt=on)).order_by("effective_from").first()


@transaction.atomic
def draft(
    *, category: Category, area: Area, words: dict[str, Any], change: str, by: Actor, at: datetime
) -> Responsibility:
    """Begin the next version of a line, or the first one of a category and area.

    `words` are those of WORDS that differ from the line in force; `change` says what changes, and why.
    Raises NotAllowed, Invalid, and Refused while another draft of the line is open.
    """
    may(policies.may_draft(by))
    if Responsibility.objects.in_draft().filter(category=category, area=area).exists():
        raise Refused(_("A draft of this line is open already. Go on with that one."), code="draft_is_open")
    before = current(category, area, on=clock.day_of(at))
    line = Responsibility(
        category=category, area=area, state=LineState.DRAFT, effective_from=clock.day_of(at)
    )
    line.code, line.version = _next(before, category, area)
    for name in WORDS if before else ():
        setattr(line, name, getattr(before, name))
    _write(line, words, change, by, at)
    line.save(force_insert=True)
    return line


@transaction.atomic
def change(draft_id: int, *, words: dict[str, Any], change: str, by: Actor, at: datetime) -> Responsibility:
    """Write a draft anew. One that was reviewed must be reviewed again. Raises NotAllowed, Invalid, Refused."""
    may(policies.may_draft(by))
    line = open_draft(draft_id)
    _write(line, words, change, by, at)
    line.state, line.reviewed_by, line.reviewed_at = LineState.DRAFT, None, None
    line.save()
    return line


@transaction.atomic
def withdraw(draft_id: int, *, by: Actor) -> None:
    """Drop a draft; the line in force stays. Raises NotAllowed, Refused."""
    may(policies.may_draft(by))
    open_draft(draft_id).delete()


def differences(before: Responsibility | None, after: Responsibility) -> list[Difference]:
    """The words in which two versions differ, in the order of WORDS."""
    pairs = [(name, getattr(before, name) if before else None, getattr(after, name)) for name in WORDS]
    return [Difference(name, old, new) for name, old, new in pairs if old != new and (old or new or before)]


def may(allowed: object) -> None:
    if not allowed:
        raise NotAllowed


def open_draft(draft_id: int) -> Responsibility:
    line = Responsibility.objects.select_for_update(of=("self",)).select_related("category", "area")
    found = line.filter(pk=draft_id).first()
    if found is None or found.state == LineState.PUBLISHED:
        raise Refused(
            _("This draft has been published or withdrawn. Load the list again."), code="not_a_draft"
        )
    return found


def _next(before: Responsibility | None, category: Category, area: Area) -> tuple[str, int]:
    """Code and number of the next version. A line for a smaller area carries the area's code."""
    if before:
        code = before.code
    else:
        taken = Responsibility.objects.filter(code=category.code).exclude(category=category, area=area)
        code = f"{category.code}-{area.code}"[:24] if taken.exists() else category.code
    newest = Responsibility.objects.filter(code=code).aggregate(newest=Max("version"))["newest"]
    return code, (newest or 0) + 1


def _write(line: Responsibility, words: dict[str, Any], change: str, by: Actor, at: datetime) -> None:
    if not change.strip():
        raise Invalid(_("Say what changes, and why."), field="change", code="required")
    for name, value in words.items():
        if name not in WORDS:
            raise Invalid(_("“%(name)s” is not a word of a line.") % {"name": name}, field=name)
        setattr(line, name, value)
    missing = [name for name in NEEDED if getattr(line, name) in (None, "")]
    if missing:
        raise Invalid(
            _("Missing: %(names)s.") % {"names": ", ".join(missing)}, field=missing[0], code="required"
        )
    line.change, line.drafted_by_id, line.drafted_at = change.strip(), by.id, at
