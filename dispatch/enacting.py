"""Putting the list in force: a second person's review, then publication of one draft or several from a day on."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from dispatch import drafting, faults, policies
from dispatch.choices import LineState
from dispatch.models import Responsibility
from matters.refusals import Invalid, Refused
from organization import clock
from organization.actors import Actor


@transaction.atomic
def review(draft_id: int, *, by: Actor, at: datetime) -> Responsibility:
    """A second person has read the draft and stands for it. Raises NotAllowed, and Refused while it has faults."""
    line = drafting.open_draft(draft_id)
    drafting.may(policies.may_review(line, by))
    _without_faults(line, clock.day_of(at))
    line.state, line.reviewed_by_id, line.reviewed_at = LineState.REVIEWED, by.id, at
    line.save(update_fields=["state", "reviewed_by", "reviewed_at"])
    return line


@transaction.atomic
def review_all(draft_ids: Sequence[int], *, by: Actor, at: datetime) -> list[Responsibility]:
    """Review several drafts. All of them, or none. Raises as `review`."""
    return [review(pk, by=by, at=at) for pk in sorted(draft_ids)]


@transaction.atomic
def publish(
    draft_ids: Sequence[int], *, effective_from: date, by: Actor, at: datetime
) -> list[Responsibility]:
    """Put reviewed drafts in force together, from a day on that has not passed. All of them, or none.

    Steps that run keep the version they were opened with. Raises NotAllowed, Invalid, Refused.
    """
    drafting.may(policies.may_draft(by))
    if effective_from < clock.day_of(at):
        raise Invalid(_("A line comes into force today or later."), field="effective_from")
    lines = [drafting.open_draft(pk) for pk in sorted(draft_ids)]
    for line in lines:
        _publish(line, effective_from, at)
    return lines


def versions(code: str) -> list[Responsibility]:
    """Every published version of a line, the newest first."""
    people = ("drafted_by", "reviewed_by", "lead_department", "category__platform", "area")
    lines = Responsibility.objects.published().filter(code=code)
    return list(lines.select_related(*people).order_by("-version"))


def _publish(line: Responsibility, effective_from: date, at: datetime) -> None:
    if line.state != LineState.REVIEWED:
        raise Refused(
            _("%(code)s: a second person has to review it first.") % {"code": line.code}, code="not_reviewed"
        )
    _without_faults(line, effective_from)
    before = Responsibility.objects.published().filter(category=line.category, area=line.area)
    if before.filter(effective_from__gte=effective_from).exists():
        raise Refused(
            _("%(code)s: another version begins on that day or later.") % {"code": line.code},
            code="later_version",
        )
    before.filter(Q(effective_to=None) | Q(effective_to__gt=effective_from)).update(
        effective_to=effective_from
    )
    line.state, line.published_at = LineState.PUBLISHED, at
    line.effective_from, line.effective_to = effective_from, None
    line.save()


def _without_faults(line: Responsibility, on: date) -> None:
    found = [str(fault.what) for fault in faults.of_line(line, on=on) if fault.blocks]
    if found:
        raise Refused(" ".join(found), code="has_faults")
