"""A ladder as data: the rungs a step climbs, read from JSON, checked with a message for whoever wrote it.

    [{"action": "remind", "at": 0.8, "tells": ["holder"]},
     {"action": "warn", "at": "due", "tells": ["holder", "head"]},
     {"action": "escalate", "at": "+1WD", "at_short": "+limit", "tells": ["head", "above"]},
     {"action": "supervise", "at": "+1WD", "at_short": "+limit", "tells": ["holder", "head", "supervisor"]},
     {"action": "urge", "every": "1WD", "tells": ["holder", "head"]}]

`at` is a share of the time (0.8), "due", or an amount after due ("+1WD"); "+limit" is one length of the limit,
and `at_short` holds instead of `at` for limits under one working day. A rung rings at its moment whatever the hour:
`window` says when its ordinary messages leave the house, "office" (the default; at once in an emergency) or "any".
Actions whose moment is a window of the step (`sign_missed` ...) may be named for their `tells` and `window` only.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dispatch.choices import Action
from matters.choices import Urgency
from organization.calendar import Limit, Unit
from organization.choices import Level

DUE, AFTER, ONE_LIMIT = "due", "+", "+limit"
WINDOWS = ("office", "any")
KEYS = ("action", "at", "at_short", "tells", "window", "every")
HOURS_A_DAY = 8

ROLE_NAMES = {
    "holder": _("whoever holds it"),
    "head": _("head of the unit"),
    "above": _("the level above"),
    "supervisor": _("the supervisors"),
    "duty": _("the duty officer"),
    "duty_above": _("the duty officer of the level above"),
    "duty_leader": _("the district's duty leader"),
    "mode": _("whom the emergency mode names"),
}

#: Whom an action tells where its ladder does not say.
TELLS: dict[str, tuple[str, ...]] = {
    Action.SIGN_MISSED: ("holder", "head"),
    Action.RESPONSE_MISSED: ("holder", "head"),
    Action.RETURN_LAPSED: ("holder",),
    Action.REMIND: ("holder",),
    Action.WARN: ("holder", "head"),
    Action.ESCALATE: ("head", "above"),
    Action.SUPERVISE: ("holder", "head", "supervisor"),
    Action.URGE: ("holder", "head"),
    Action.LAPSE: (),
    Action.RING: ("duty",),  # and more with time: `rings.roles`
    Action.LOOK_MISSED: ("duty", "duty_above"),
}

DAILY: list[dict[str, Any]] = [
    {"action": "remind", "at": 0.8, "tells": ["holder"]},
    {"action": "warn", "at": "due", "tells": ["holder", "head"]},
    {"action": "escalate", "at": "+1WD", "at_short": "+limit", "tells": ["head", "above"]},
    {"action": "supervise", "at": "+1WD", "at_short": "+limit", "tells": ["holder", "head", "supervisor"]},
    {"action": "urge", "every": "1WD", "tells": ["holder", "head"]},
]
MINUTES: list[dict[str, Any]] = [
    {"action": "remind", "at": 0.5, "tells": ["holder"], "window": "any"},
    {"action": "warn", "at": "due", "tells": ["holder", "head"], "window": "any"},
    {"action": "escalate", "at": "+15M", "tells": ["head", "above"], "window": "any"},
    {"action": "supervise", "at": "+15M", "tells": ["holder", "head", "supervisor"], "window": "any"},
    {"action": "urge", "every": "60M", "tells": ["holder", "head"], "window": "any"},
]
DEFAULTS: dict[str, list[dict[str, Any]]] = {
    Urgency.NORMAL: DAILY,
    Urgency.URGENT: DAILY,
    Urgency.EMERGENCY: MINUTES,
}


@dataclass(frozen=True)
class Rules:
    """A ladder that was checked, asked by the clock and by whoever tells."""

    rungs: Sequence[Mapping[str, Any]]

    @cached_property
    def id(self) -> int:
        """Made of the content, so the same ladder is the same row everywhere (63 bits of SHA-256)."""
        text = json.dumps(list(self.rungs), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return int.from_bytes(sha256(text.encode()).digest()[:8], "big") >> 1

    @cached_property
    def of(self) -> dict[str, Mapping[str, Any]]:
        return {rung["action"]: rung for rung in self.rungs}

    @property
    def remind(self) -> float | None:
        """The share of the time after which it reminds; None when it does not."""
        return self.of[Action.REMIND]["at"] if Action.REMIND in self.of else None

    @property
    def urge_every(self) -> str:
        return str(self.of[Action.URGE]["every"])

    def after(self, action: str, limit: Limit) -> Limit:
        """How long after due the action comes, for a step of this limit."""
        rung = self.of[action]
        at = rung["at_short"] if "at_short" in rung and is_short(limit) else rung["at"]
        return limit if at == ONE_LIMIT else Limit(0, Unit.M) if at == DUE else Limit.parse(at[1:])

    def tells(self, action: str) -> tuple[str, ...]:
        rung = self.of.get(action, {})
        return tuple(rung["tells"]) if "tells" in rung else TELLS[action]

    def window(self, action: str) -> str:
        """ "office", "any", or "" where the ladder leaves it to the urgency."""
        return str(self.of.get(action, {}).get("window", ""))


def is_short(limit: Limit) -> bool:
    """Under one working day."""
    return limit.unit in (Unit.H, Unit.M) or (limit.unit == Unit.WH and limit.amount < HOURS_A_DAY)


_RULES: dict[
    int, Rules
] = {}  # what this process has met; a key is made of its content, so it never grows stale


def kept(rules: Rules) -> Rules:
    """The one copy of these rules in the process, found again by its key."""
    return _RULES.setdefault(rules.id, rules)


def known(key: int) -> Rules | None:
    return _RULES.get(key)


def chosen(own: Any, defaults: Mapping[str, Any], *, level: str, urgency: str) -> list[dict[str, Any]]:
    """A line's own ladder (one for all, or by urgency), else the default of level and urgency, else of the urgency."""
    mine = own.get(urgency) if isinstance(own, dict) else own
    found: list[dict[str, Any]] = mine or defaults.get(f"{level}.{urgency}") or defaults[urgency]
    return found


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
