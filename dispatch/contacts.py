"""Clear contacts leave only here: for whom policy allows, for a reason, with an entry."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import policies, process
from matters import lifecycle, timeline
from matters.choices import Kind
from matters.models import Reporter
from matters.refusals import Invalid, NotAllowed
from matters.timeline import Line
from organization.actors import Actor

FIELDS = ("name", "phone")


@transaction.atomic
def reveal(matter_id: int, *, field: str, reason: str, by: Actor, at: datetime) -> str:
    """The reporter's clear `name` or `phone`. Raises Invalid, NotAllowed."""
    if field not in FIELDS:
        raise Invalid(_("Only name and phone can be revealed."), field="field")
    if not reason.strip():
        raise Invalid(_("Say what the contact is needed for."), field="reason", code="required")
    matter = lifecycle.lock(matter_id)
    post = policies.may_reveal(matter, process.running(matter), by)
    if post is None:
        raise NotAllowed(
            _("Only the unit whose turn it is, or the dispatcher of the place, may see the contact.")
        )
    reporter = Reporter.objects.filter(matter=matter).first()
    value: str = getattr(reporter, field, "")
    if not value:
        raise Invalid(_("The reporter left no such contact."), field="field", code="empty")
    line = Line(Kind.REVEALED, text=reason, department_id=post.department_id, data={"field": field})
    timeline.record(matter, line, by=by, at=at)
    return value
