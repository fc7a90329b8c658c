"""Who is there at a moment: the day's absences and turns of duty, and whose posts still hold.

Read once for a day and kept until somebody changes an absence, a turn, a post or a person.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, TypedDict

from dispatch.limits import Timing
from organization import clock, people
from organization.choices import Role, Slot
from organization.models import Absence, DutyTurn, Person, Post

HOLDERS = (Role.HANDLER, Role.HEAD, Role.DISPATCHER)


class Skipped(TypedDict, total=False):
    """Whom a rung passed over, and why: away (until), inactive, expired, recused, confidential; or nobody held the
    role."""

    role: str
    why: str
    person: int
    name: str
    until: str


class Rollcall:
    """The people of one act. Nothing here is told anybody."""

    def __init__(self, timing: Timing) -> None:
        self.at, self._known = timing.at, timing.known
        self.day = clock.day_of(timing.at)
        self._absences, self._turns = self._of_the_day()

    def away(self, person: Person) -> Absence | None:
        absences = self._absences.get(person.pk, ())
        return next((each for each in absences if each.from_at <= self.at < each.to_at), None)

    def turn(self, unit: int, slot: str = Slot.OFFICER) -> DutyTurn | None:
        """The unit's turn of duty that runs now."""
        turns = self._turns.get(unit, ())
        running = (each for each in turns if each.from_at <= self.at < each.to_at and each.slot == slot)
        return next(running, None)

    def holders(self, units: Collection[int]) -> dict[int, list[Post]]:
        """Handlers, heads and dispatchers of the units on the day, there or not."""
        known, day = self._known, self.day
        if missing := [unit for unit in units if ("holders", unit, day) not in known]:
            found = people.holders(missing, roles=HOLDERS, at=self.at)
            known.update({("holders", unit, day): found.get(unit, []) for unit in missing})
        return {unit: known["holders", unit, day] for unit in units}

    def supervisors(self, paths: Collection[str]) -> list[Post]:
        """Supervisors of the places."""
        key = ("supervisors", tuple(paths), self.day)
        if key not in self._known:
            posts = Post.objects.of_role(Role.SUPERVISOR).valid_on(self.day).filter(area__path__in=paths)
            self._known[key] = list(posts.filter(person__is_active=True).for_telling().order_by("pk"))
        found: list[Post] = self._known[key]
        return found

    def meet(self, persons: Iterable[Person | None]) -> None:
        """Read where these people are posted today, in one query."""
        wanted = {person.pk for person in persons if person} - self._met.keys()
        if not wanted:
            return
        self._met.update({pk: frozenset[int]() for pk in wanted})
        posts = Post.objects.filter(person__in=wanted).valid_on(self.day)
        units: dict[int, set[int]] = {}
        for person, unit in posts.values_list("person", "department"):
            units.setdefault(person, set()).add(unit or 0)
        self._met.update({person: frozenset(of) for person, of in units.items()})

    def units(self, person: Person) -> frozenset[int]:
        """Ids of the units the person is posted in today, 0 for a post without one; empty when no post holds."""
        self.meet([person])
        return self._met[person.pk]

    @property
    def _met(self) -> dict[int, frozenset[int]]:
        met: dict[int, frozenset[int]] = self._known.setdefault(("met", self.day), {})
        return met

    def _of_the_day(self) -> tuple[dict[int, list[Absence]], dict[int, list[DutyTurn]]]:
        key = ("rota", self.day)
        if key not in self._known:
            first = datetime.combine(self.day, datetime.min.time(), clock.ZONE)
            last = first + timedelta(days=1)
            self._known[key] = (
                _grouped(Absence.objects.overlapping(first, last).for_telling(), "person_id"),
                _grouped(DutyTurn.objects.overlapping(first, last).for_telling(), "department_id"),
            )
        found: tuple[dict[int, list[Absence]], dict[int, list[DutyTurn]]] = self._known[key]
        return found


def _grouped(rows: Iterable[Any], by: str) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = {}
    for row in rows:
        found.setdefault(getattr(row, by), []).append(row)
    return found
