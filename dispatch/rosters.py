"""Which units must always have somebody on duty, and when nobody is."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from dispatch.models import Responsibility
from organization import clock
from organization.choices import Slot, UnitKind
from organization.models import Absence, Department, DutyTurn, Post


@dataclass(frozen=True)
class Gap:
    """A stretch of time in which a unit that must have somebody on duty has nobody who is there.

    `why`: empty (no turn), away (whoever is on the roster is absent), left (holds no post any more).
    """

    department: Department
    from_at: datetime
    to_at: datetime
    why: str


def needing(at: datetime) -> QuerySet[Department]:
    """Command rooms, units on duty day and night, and units that the list lets lead an emergency."""
    lines = Responsibility.objects.in_force(clock.day_of(at)).filter(category__emergency=True)
    leads = Q(pk__in=lines.values("lead_department"))
    for level, office in lines.exclude(lead_office="").values_list("lead_level", "lead_office").distinct():
        leads |= Q(level=level, office=office)
    always = Q(kind=UnitKind.COMMAND) | Q(on_duty_24h=True)
    return Department.objects.valid_on(clock.day_of(at)).filter(always | leads)


def gaps(at: datetime, days: int = 14, *, units: Collection[Department] | None = None) -> list[Gap]:
    """When nobody is on duty in the next days, unit by unit; three or four queries for any number of units."""
    units = list(needing(at).select_related("area").order_by("area__path", "pk")) if units is None else units
    last = at + timedelta(days=days)
    turns = DutyTurn.objects.overlapping(at, last).filter(
        department__in=[unit.pk for unit in units], slot=Slot.OFFICER
    )
    rows = list(turns.for_telling().order_by("from_at"))
    people = {pk for turn in rows for pk in (turn.person_id, turn.deputy_id) if pk}
    away: dict[int, list[Absence]] = {}
    for absence in Absence.objects.overlapping(at, last).filter(person__in=people).order_by("from_at"):
        away.setdefault(absence.person_id, []).append(absence)
    posts = Post.objects.filter(person__in=people, person__is_active=True).valid_on(clock.day_of(at))
    posted = set(posts.values_list("person", flat=True))
    return [
        gap
        for unit in units
        for gap in _of(unit, [turn for turn in rows if turn.department_id == unit.pk], away, posted, at, last)
    ]


def _of(
    unit: Department,
    turns: list[DutyTurn],
    away: dict[int, list[Absence]],
    posted: Collection[int],
    at: datetime,
    last: datetime,
) -> Iterator[Gap]:
    reached = at
    for turn in turns:
        begins, ends = max(turn.from_at, at), min(turn.to_at, last)
        if begins > reached:
            yield Gap(unit, reached, begins, "empty")
        there = [pk for pk in (turn.person_id, turn.deputy_id) if pk and pk in posted]
        if not there:
            yield Gap(unit, begins, ends, "left")
        else:
            yield from (Gap(unit, *span, "away") for span in _all_away(there, away, begins, ends))
        reached = max(reached, ends)
    if reached < last:
        yield Gap(unit, reached, last, "empty")


def _all_away(
    people: list[int], away: dict[int, list[Absence]], begins: datetime, ends: datetime
) -> list[tuple[datetime, datetime]]:
    """When everybody who stands on a turn is away at once."""
    spans = [(begins, ends)]
    for person in people:
        own = [(absence.from_at, absence.to_at) for absence in away.get(person, ())]
        spans = [
            (max(first, from_at), min(last, to_at))
            for first, last in spans
            for from_at, to_at in own
            if max(first, from_at) < min(last, to_at)
        ]
    return spans
