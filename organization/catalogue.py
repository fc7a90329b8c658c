"""Places and units by id, read whole once under the stamp and shared: who names them needs no joins.

A statement that reads an id brings the stamp along (`annotate(stamp=STAMP)`), so what it names is found here. Nobody
changes what is found here: whoever edits a unit reads it anew.
"""

from typing import Any

from django.db.models import CharField, Subquery
from django.db.models.functions import Cast

from organization import standing
from organization.models import Area, Department, Post, Standing
from organization.statements import Once

Known = dict[Any, Any]

# as a word: fifty rows carry it, and a number of that kind is made an object for each
STAMP = Subquery(Standing.objects.values(word=Cast("stamp", CharField()))[:1])


_stamp: Once[Any] = Once(lambda: Standing.objects.annotate(word=STAMP).values_list("word", named=True))


def now_known() -> Known:
    """What is known under the stamp as it is now (one small query), for whoever reads nothing else."""
    row = _stamp.first()
    return standing.known(row.word if row else None)


def areas(known: Known) -> dict[int, Area]:
    """Every place with the places around it, without its boundary."""
    return standing.table(known, Area, _areas)


def units(known: Known) -> dict[int, Department]:
    """Every unit with its place and the bureau it belongs to."""
    return standing.table(known, Department, lambda: _units(known))


def name(post: Post, known: Known) -> None:
    """Give an appointment that was read without joins its unit and place."""
    post.area = areas(known)[post.area_id] if post.area_id else None
    post.department = units(known)[post.department_id] if post.department_id else None


def _areas() -> list[Area]:
    found = {area.pk: area for area in Area.objects.defer("ring")}
    for area in found.values():
        area.parent = found[area.parent_id] if area.parent_id else None
    return list(found.values())


def _units(known: Known) -> list[Department]:
    places = areas(known)
    found = {unit.pk: unit for unit in Department.objects.defer("sort_key")}
    for unit in found.values():
        unit.area = places[unit.area_id]
        unit.stationed_of = found[unit.stationed_of_id] if unit.stationed_of_id else None
    return list(found.values())
