"""What the clock is told, in JSON: {"advance": {"amount": 5, "unit": "WD"}} or {"to": moment}, either with "jump"."""

from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from demo import walk
from matters.refusals import Invalid
from organization.calendar import Limit, Unit

KNOWN = {"advance", "to", "jump"}


def carry_out(order: Any) -> walk.Walked:
    """Read the order and move the clock. Raises Invalid, Refused."""
    if not isinstance(order, dict) or ("advance" in order) == ("to" in order):
        raise Invalid(_("Say either advance or to."), field="", code="required")
    if unknown := sorted(set(order) - KNOWN):
        raise Invalid(_("This field is not known."), field=unknown[0], code="unknown")
    jump = order.get("jump", False)
    if not isinstance(jump, bool):
        raise Invalid(_("Write true or false."), field="jump")
    move = walk.jump if jump else walk.walk
    return move(to=_moment(order["to"])) if "to" in order else move(by=_limit(order["advance"]))


def _limit(words: Any) -> Limit:
    if not isinstance(words, dict) or set(words) != {"amount", "unit"}:
        raise Invalid(_("Give amount and unit."), field="advance")
    amount, unit = words["amount"], words["unit"]
    if isinstance(amount, bool) or not isinstance(amount, int) or not 0 < amount <= walk.FARTHEST.days * 1440:
        raise Invalid(_("The amount is a whole number above 0."), field="advance/amount")
    if unit not in list(Unit):
        raise Invalid(_("The unit is WD, WH, D, H or M."), field="advance/unit")
    try:
        return Limit(amount, Unit(unit))
    except ValueError as error:
        raise Invalid(_("This amount is too large."), field="advance/amount") from error


def _moment(text: Any) -> datetime:
    try:
        moment = parse_datetime(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise Invalid(_("Write a moment with its offset, such as 2026-12-01T09:00:00+08:00."), field="to")
    return moment
