"""Staged limits: moments on the way of one step, such as 4 WH to stop the work, 7 WD to file, 20 WD to demolish. Pure.

A line names them, each counted from the opening of the lead's step; a step keeps its own copy. Each is reminded at
four fifths and missed at its moment, once; it is done by `progress` that names it, and all are at hand-in. What the
step's own due moment covers has no ring of its own.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from dispatch.choices import Action
from organization.calendar import Limit, Unit, WorkingCalendar, due_at, fraction_at

NEAR = 0.8
FIELDS = ("stages", "stage_near_at", "stage_due_at")


class Stage(TypedDict):
    """One stage of a step; moments are written in ISO 8601."""

    name: str
    limit: str
    near_at: str | None
    due_at: str
    reminded_at: str | None
    missed_at: str | None
    done_at: str | None


def lay_out(
    plan: Sequence[dict[str, str]],
    before: Sequence[Stage],
    *,
    opened_at: datetime,
    due: datetime,
    calendar: WorkingCalendar,
    reached: Callable[[datetime], datetime],
) -> list[Stage]:
    """The stages of a line for a step; what was done, missed or said before stays as it was."""
    known = {stage["name"]: stage for stage in before}
    laid: list[Stage] = []
    for each in plan:
        old, limit = known.get(each["name"]), Limit.parse(each["limit"])
        if old and (old["done_at"] or old["missed_at"]):
            laid.append(old)
            continue
        plain = due_at(calendar, opened_at, limit)
        near = reached(fraction_at(calendar, opened_at, plain, NEAR, Unit(limit.unit)))
        laid.append({
            "name": each["name"], "limit": str(limit), "near_at": near.isoformat(),
            "due_at": min(reached(plain), due).isoformat(),
            "reminded_at": old and old["reminded_at"], "missed_at": None, "done_at": None,
        })  # fmt: skip
    return laid


def coming(stages: Sequence[Stage], due: datetime) -> tuple[datetime | None, datetime | None]:
    """(next reminder, next stage to be missed) of those not done; the step's own due covers what falls on it."""
    left = [stage for stage in stages if not (stage["done_at"] or stage["missed_at"])]
    left = [stage for stage in left if _at(stage["due_at"]) < due]
    near = [_at(stage["near_at"]) for stage in left if stage["near_at"] and not stage["reminded_at"]]
    return min(near, default=None), min((_at(stage["due_at"]) for stage in left), default=None)


def done(stages: Sequence[Stage], at: datetime, *, name: str | None = None) -> list[Stage]:
    """The stages with one (or, without a name, every one that is left) done now."""
    return [
        {**stage, "done_at": at.isoformat()}
        if not stage["done_at"] and name in (None, stage["name"])
        else stage
        for stage in stages
    ]


def rang(stages: Sequence[Stage], action: Action, at: datetime, due: datetime) -> tuple[list[Stage], str]:
    """(the stages with the earliest reminded or missed, its name)."""
    field, moment = ("reminded_at", "near_at") if action == Action.STAGE_NEAR else ("missed_at", "due_at")
    left = [stage for stage in stages if not (stage["done_at"] or stage["missed_at"] or stage[field])]  # type: ignore[literal-required]
    left = [stage for stage in left if _at(stage["due_at"]) < due]
    first = min(left, key=lambda stage: _at(stage[moment]))  # type: ignore[literal-required]
    marked: list[Stage] = [
        {**stage, field: at.isoformat()} if stage is first else stage  # type: ignore[misc]
        for stage in stages
    ]
    return marked, first["name"]


def check(plan: Any) -> None:
    """Raise ValidationError for what is not a list of {"name", "limit"}, each name once."""
    shape = isinstance(plan, list) and all(
        isinstance(each, dict) and set(each) == {"name", "limit"} for each in plan
    )
    if not shape:
        raise ValidationError(
            _("Write a list of stages: %(example)s."),
            params={"example": json.dumps([{"name": "责令停工", "limit": "4WH"}], ensure_ascii=False)},
        )
    names = [each["name"] for each in plan]
    if len(set(names)) < len(names) or not all(names):
        raise ValidationError(_("Each stage has a name of its own."))
    for each in plan:
        try:
            Limit.parse(str(each["limit"]))
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” is not a limit. Write an amount and a unit: 5WD, 4WH, 3D, 2H or 15M."),
                params={"text": each["limit"]},
            ) from error


def _at(text: str | None) -> datetime:
    return datetime.fromisoformat(text or "")
