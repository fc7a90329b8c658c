"""Who has a part in a matter and may therefore read it; a part that ended is kept, with the moment it ended."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from matters.models import Matter, Participation
from organization import rows


def begin(matter: Matter, *, units: Collection[int] = (), people: Collection[int] = (), at: datetime) -> None:
    """Units and people take part from `at`; one that took part before does so again, since its first day."""
    if matter.entry_count > 1:  # before its second entry nobody can have left
        _of(units, people).filter(matter=matter, until__isnull=False).update(until=None)
    parts = [Participation(matter=matter, department_id=unit, since=at) for unit in sorted(units)]
    parts += [Participation(matter=matter, person_id=person, since=at) for person in sorted(people)]
    rows.insert(parts, unless_known=True)


def end(
    matters: Collection[int], *, units: Collection[int] = (), people: Collection[int] = (), at: datetime
) -> None:
    """Units and people take part no longer."""
    _of(units, people).filter(matter__in=matters).update(until=at)


def _of(units: Collection[int], people: Collection[int]) -> QuerySet[Participation]:
    return Participation.objects.filter(Q(department__in=units) | Q(person__in=people))
