"""What may stand in a ladder: one message for each thing that is wrong, for whoever wrote it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.choices import Action
from dispatch.laddering import AFTER, DUE, KEYS, ONE_LIMIT, ROLE_NAMES, WINDOWS
from matters.choices import Urgency
from organization.calendar import Limit
from organization.choices import Level


def check(value: Any) -> None:
    """Raise ValidationError, one message for each thing that is wrong with a list of rungs."""
    if not isinstance(value, list) or not all(isinstance(rung, dict) for rung in value):
        raise ValidationError(_("A ladder is a list of rungs, each like {“action”: “remind”, “at”: 0.8}."))
    wrong = [
        ValidationError(_("Rung %(n)s (%(action)s): %(what)s") % {"n": n, "action": rung.get("action"), "what": what})
        for n, rung in enumerate(value, start=1)
        for what in _wrong(rung)
    ]  # fmt: skip
    actions = [rung.get("action") for rung in value]
    missing = [
        each for each in (Action.WARN, Action.ESCALATE, Action.SUPERVISE, Action.URGE) if each not in actions
    ]
    if missing:
        names = ", ".join(missing)
        wrong.append(
            ValidationError(
                _("A ladder is never silent; these rungs are missing: %(names)s.") % {"names": names}
            )
        )
    if len(set(map(str, actions))) < len(actions):
        wrong.append(ValidationError(_("Each action is named once.")))
    if wrong:
        raise ValidationError(wrong)


def check_own(value: Any) -> None:
    """A line's own ladder: one for every urgency, or {"emergency": [...]} for some."""
    if not isinstance(value, dict):
        return check(value)
    if strange := set(value) - set(Urgency.values):
        raise ValidationError(
            _STRANGE, params={"names": ", ".join(sorted(strange)), "known": ", ".join(Urgency.values)}
        )
    _check_each(value)


def check_defaults(value: Any) -> None:
    """The district's ladders: one for each urgency, and where a level differs, "district.normal" beside them."""
    if not isinstance(value, dict) or (missing := [each for each in Urgency.values if each not in value]):
        names = ", ".join(missing if isinstance(value, dict) else Urgency.values)
        raise ValidationError(_("Missing: %(names)s."), params={"names": names})
    known = {*Urgency.values, *(f"{level}.{urgency}" for level in Level for urgency in Urgency.values)}
    if strange := set(value) - known:
        raise ValidationError(
            _STRANGE, params={"names": ", ".join(sorted(strange)), "known": ", ".join(sorted(known))}
        )
    _check_each(value)


_STRANGE = _("Not known: %(names)s. There are %(known)s.")


def _check_each(ladders: Mapping[str, Any]) -> None:
    wrong = []
    for name, ladder in ladders.items():
        try:
            check(ladder)
        except ValidationError as error:
            wrong += [ValidationError(f"{name}: {message}") for message in error.messages]
    if wrong:
        raise ValidationError(wrong)


def _wrong(rung: Mapping[str, Any]) -> list[str | Promise]:
    action = rung.get("action")
    if action not in Action.values:
        return [_("there is no such action; there are %(names)s.") % {"names": ", ".join(Action.values)}]
    found: list[str | Promise] = []
    if strange := set(rung) - set(KEYS):
        found.append(_("not known: %(names)s.") % {"names": ", ".join(sorted(strange))})
    tells = rung.get("tells", [])
    if not isinstance(tells, list) or not all(role in ROLE_NAMES for role in tells):
        found.append(_("“tells” is a list of %(names)s.") % {"names": ", ".join(ROLE_NAMES)})
    if rung.get("window", "office") not in WINDOWS:
        found.append(_("“window” is office or any."))
    return found + _wrong_moment(str(action), rung)


def _wrong_moment(action: str, rung: Mapping[str, Any]) -> list[str | Promise]:
    at = rung.get("at")
    if action == Action.REMIND:
        share = isinstance(at, int | float) and not isinstance(at, bool) and 0 < at < 1
        return [] if share else [_("“at” is a share of the time between 0 and 1, such as 0.8.")]
    if action == Action.WARN:
        return [] if at == DUE else [_("“at” is “due”: a warning comes when the time has run out.")]
    if action in (Action.ESCALATE, Action.SUPERVISE):
        right = _is_after(at) and ("at_short" not in rung or _is_after(rung["at_short"]))
        return [] if right else [_("“at” is “due”, “+limit” or an amount after due, such as +1WD or +15M.")]
    if action == Action.URGE:
        return (
            [] if _is_amount(rung.get("every")) else [_("“every” is an amount of time, such as 1WD or 60M.")]
        )
    return (
        [_("its moment is set by the limits, not by the ladder; leave “at” out.")] if at is not None else []
    )


def _is_after(at: Any) -> bool:
    return at in (DUE, ONE_LIMIT) or (isinstance(at, str) and at[:1] == AFTER and _is_amount(at[1:], least=0))


def _is_amount(text: Any, least: int = 1) -> bool:
    try:
        return Limit.parse(text).amount >= least
    except (TypeError, ValueError):
        return False
