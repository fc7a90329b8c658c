"""The first board: what is open now, where it stands, and whether time is running out.

Stock figures are exact: one statement counts the open rows, told apart by part of the area, status and time, and
everything on the board is a sum of those counts. No unit is ranked: parts of the area stand in order of code.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from assessment.figures import Figure, list_query
from assessment.querysets import counted
from assessment.states import (
    Count,
    after,
    end_of_day,
    is_due_today,
    is_handed_up,
    is_late,
    is_normal,
    is_soon,
)
from matters.choices import OPEN, Status
from matters.models import Matter
from organization.actors import Actor
from organization.choices import Level
from organization.models import Area

Test = Callable[[Count], bool]


@dataclass(frozen=True)
class Part:
    """A town of the district (a village of a town), or the area itself for what lies in no part of it."""

    area: Area
    open: Figure
    due_today: Figure
    overdue: Figure
    escalated: Figure
    is_rest: bool = False


@dataclass(frozen=True)
class Step:
    """Open matters of one status by time state; the states exclude each other and add up to `total`."""

    status: Status
    total: Figure
    states: dict[str, Figure]


@dataclass(frozen=True)
class Overview:
    area: Area
    at: datetime
    open: Figure
    due_today: Figure
    overdue: Figure
    escalated: dict[Level, Figure]
    parts: list[Part]
    steps: list[Step]


def overview(by: Actor, *, area: Area, at: datetime) -> Overview:
    """The figures the actor may know of within the area (two queries, however many parts it has)."""
    counter = _Counter(by, area, at)
    return Overview(
        area=area,
        at=at,
        open=counter.open(),
        due_today=counter.due_today(),
        overdue=counter.overdue(),
        escalated={level: counter.escalated(level) for level in (Level.TOWN, Level.DISTRICT)},
        parts=list(counter.parts()),
        steps=[counter.step(status) for status in OPEN],
    )


class _Counter:
    """Sums over the counts of one statement, each with its words and its list."""

    def __init__(self, by: Actor, area: Area, at: datetime) -> None:
        self.area, self.at = area, at
        self.day_ends = end_of_day(at)
        matters = Matter.objects.visible_to(by).open().within(area)
        self.counts = counted(matters, area=area, at=at, day_ends=self.day_ends)

    def open(self, part: str | None = None) -> Figure:
        return self._figure(
            lambda count: True,
            part,
            _("Matters that are not closed, declined, merged or voided."),
            status=OPEN,
        )

    def due_today(self, part: str | None = None) -> Figure:
        how = _("Open matters whose lead unit is due by the end of today, without those already overdue.")
        return self._figure(is_due_today, part, how, overdue="0", due_before=after(self.day_ends))

    def overdue(self, part: str | None = None) -> Figure:
        how = _("Open matters in which a unit, lead or assisting, is past its due moment.")
        return self._figure(lambda count: count["late"], part, how, overdue="1")

    def escalated(self, level: Level | None = None, part: str | None = None) -> Figure:
        how = _("Open matters that were handed up because time ran out, by the level that now has them.")
        return self._figure(
            lambda count: count["escalated_level"] == level if level else bool(count["escalated_level"]),
            part, how, escalated=level or "1",
        )  # fmt: skip

    def parts(self) -> "list[Part]":
        rows = [self._part(area, area.code) for area in self.area.children.current().order_by("code")]
        rest = self._part(self.area, "")
        return [*rows, rest] if rest.open.value else rows

    def step(self, status: Status) -> Step:
        def of(test: Test) -> Test:
            return lambda count: count["status"] == status and test(count)

        total = self._figure(of(lambda count: True), None, _("Open matters at this step."), status=status)
        states = {
            state: self._figure(of(test), None, how, status=status, **filters)
            for state, (test, how, filters) in self._states().items()
        }
        return Step(status, total, states)

    def _states(self) -> dict[str, tuple[Test, str, dict[str, Any]]]:
        soon = {"escalated": "0", "overdue": "0", "due_before": after(self.day_ends)}
        normal = {"escalated": "0", "overdue": "0", "due_from": after(self.day_ends)}
        return {
            "normal": (is_normal, _("Not due before tomorrow."), normal),
            "soon": (is_soon, _("Due by the end of today."), soon),
            "late": (
                is_late,
                _("A unit is past its due moment; not handed up."),
                {"escalated": "0", "overdue": "1"},
            ),
            "escalated": (is_handed_up, _("Handed up because time ran out."), {"escalated": "1"}),
        }

    def _part(self, area: Area, code: str) -> Part:
        return Part(
            area=area,
            open=self.open(code),
            due_today=self.due_today(code),
            overdue=self.overdue(code),
            escalated=self.escalated(part=code),
            is_rest=not code,
        )

    def _figure(self, test: Test, part: str | None, how: str, **filters: Any) -> Figure:
        value = sum(count["count"] for count in self.counts if part in (None, count["part"]) and test(count))
        place = {"area": part or self.area.code, "exactly": "1" if part == "" else None}
        return Figure(value, how, list_query(at=self.at, **place, **{"status": OPEN, **filters}))
