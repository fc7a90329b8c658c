"""Declaring an emergency mode for an area, and ending it before its time. The row is the record of both."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import policies
from dispatch.alarms import EmergencyMode
from matters.choices import Urgency
from matters.models import Category
from matters.refusals import Invalid, NotAllowed, Refused
from organization.actors import Actor
from organization.calendar import Limit
from organization.models import Area, Person

LONGEST = timedelta(days=30)


@transaction.atomic
def declare(
    area: Area, *, name: str, reason: str, ends_at: datetime, urgency: str = Urgency.EMERGENCY,
    categories: Collection[Category] = (), limit: str = "", called: Collection[Person] = (),
    by: Actor, at: datetime,
) -> EmergencyMode:  # fmt: skip
    """Put it in force now until `ends_at`; without categories every report of the area is meant.

    Raises NotAllowed, Invalid, and Refused while another is in force there.
    """
    if by.person is None or policies.may_declare(area, by) is None:
        raise NotAllowed
    if not name.strip() or not reason.strip():
        raise Invalid(_("Say which plan is in force, and why."), field="reason", code="required")
    if not at < ends_at <= at + LONGEST:
        raise Invalid(_("It ends within 30 days from now; it can be declared again."), field="ends_at")
    if urgency not in (Urgency.URGENT, Urgency.EMERGENCY):
        raise Invalid(_("A mode makes reports urgent or emergencies."), field="urgency")
    if EmergencyMode.objects.select_for_update().in_force(at).filter(area=area).exists():
        raise Refused(_("A mode is already in force in this place. End it first."), code="already_in_force")
    return EmergencyMode.objects.create(
        area=area, name=name.strip(), reason=reason.strip(), urgency=urgency, limit=_limit(limit),
        categories=sorted(category.code for category in categories),
        called=[person.pk for person in called], began_at=at, ends_at=ends_at, began_by=by.person,
    )  # fmt: skip


@transaction.atomic
def end(mode_id: int, *, reason: str, by: Actor, at: datetime) -> EmergencyMode:
    """End it now; what it made an emergency stays one. Raises NotAllowed, Invalid, Refused when it is over."""
    mode = EmergencyMode.objects.select_for_update(of=("self",)).select_related("area").get(pk=mode_id)
    if policies.may_declare(mode.area, by) is None:
        raise NotAllowed
    if mode.over_at <= at:
        raise Refused(_("It is over already."), code="over")
    if not reason.strip():
        raise Invalid(_("Say why it ends."), field="reason", code="required")
    mode.ended_at, mode.ended_by, mode.end_reason = at, by.person, reason.strip()
    mode.save(update_fields=["ended_at", "ended_by", "end_reason"])
    return mode


def _limit(text: str) -> str:
    if not text.strip():
        return ""
    try:
        return str(Limit.parse(text))
    except ValueError as error:
        raise Invalid(
            _("“%(text)s” is not a limit. Write an amount and a unit, such as 2H or 30M.") % {"text": text},
            field="limit",
        ) from error
