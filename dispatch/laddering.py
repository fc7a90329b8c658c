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

from django.utils.translation import gettext_lazy as _

from dispatch.choices import Action
from matters.choices import Urgency
from organization.calendar import Limit, Unit

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
    Action.PROMISE_NEAR: ("holder", "head"),
    Action.PROMISE_MISSED: ("holder", "head", "above", "supervisor"),
    Action.STAGE_NEAR: ("holder",),
    Action.STAGE_MISSED: ("holder", "head"),
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
