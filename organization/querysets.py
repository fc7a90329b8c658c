"""The vocabulary of places, units and appointments."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db.models import F, Model, Q, QuerySet, Value
from django.db.models.functions import StrIndex

from organization.statements import Given

if TYPE_CHECKING:
    from organization.models import Area, Department, Post  # noqa: F401  (row types, named in strings)

Row = TypeVar("Row", bound=Model, covariant=True)


_UNIT = ("code", "name", "short_name", "office", "level", "kind", "area", "stationed_of")


def _of(unit: str) -> list[str]:
    return [f"{unit}__{field}" for field in _UNIT]


def _at(area: str) -> list[str]:
    return [f"{area}__{field}" for field in ("code", "name", "level", "path", "parent")]


class Dated(QuerySet[Row]):
    """Rows with `valid_from` and an open or closed `valid_to` (both included)."""

    def valid_on(self, on: date | Given) -> Self:
        return self.filter(valid_from__lte=on).filter(Q(valid_to=None) | Q(valid_to__gte=on))


class AreaQuerySet(Dated["Area"]):
    def current(self) -> Self:
        return self.filter(valid_to=None)

    def within(self, area: Area) -> Self:
        """The area and everything below it, by path with separators, never by a bare prefix."""
        return self.filter(path__startswith=area.path)

    def above(self, area: Area) -> Self:
        """The area itself and every area that contains it, the smallest first."""
        return self.filter(path__in=area.lineage).order_by("-path")

    def around(self, lon: float | Given, lat: float | Given) -> Self:
        """Grids whose bounding box holds the point; the ring itself is asked by `areas.locate`."""
        return self.filter(
            level="grid", west__lte=lon, east__gte=lon, south__lte=lat, north__gte=lat
        ).current()

    def containing(self, path: str) -> Self:
        """Areas whose path is a beginning of `path`."""
        return self.annotate(_at=StrIndex(Value(path), F("path"))).filter(_at=1)


class DepartmentQuerySet(Dated["Department"]):
    def current(self) -> Self:
        return self.filter(valid_to=None)

    def command_rooms(self) -> Self:
        return self.filter(kind="command")

    def for_list(self) -> Self:
        return self.select_related("area", "platform", "stationed_of")

    def for_routing(self) -> Self:
        """What finding and naming a responsible unit needs, and no more: it is read with every report."""
        return self.select_related("area", "stationed_of").only(*_UNIT, *_at("area"), *_of("stationed_of"))


_REACHED = ("name", "username", "email", "phone", "is_active")


class SpanQuerySet(QuerySet[Row]):
    """Rows that hold from `from_at` up to, not including, `to_at`, with a `person` and perhaps a `deputy`."""

    def at(self, moment: datetime | Given) -> Self:
        return self.filter(from_at__lte=moment, to_at__gt=moment)

    def overlapping(self, first: datetime, last: datetime) -> Self:
        return self.filter(from_at__lt=last, to_at__gt=first)

    def for_telling(self) -> Self:
        """Who it is about and who stands in, and how they are reached."""
        fields = [f"{who}__{field}" for who in ("person", "deputy") for field in _REACHED]
        own = [field.name for field in self.model._meta.concrete_fields]
        return self.select_related("person", "deputy").only(*own, *fields)


class PostQuerySet(Dated["Post"]):
    def of_role(self, *roles: str) -> Self:
        return self.filter(role__in=roles)

    def for_telling(self) -> Self:
        """Whom to tell and how, with every act of the engine."""
        fields = [f"{who}__{field}" for who in ("person", "deputy") for field in _REACHED]
        return self.select_related("person", "deputy").only("role", "department", "sensitive_desk", *fields)

    def for_scope(self) -> Self:
        """What `visible_to` needs to know of each appointment, in one query."""
        joined = self.select_related("area", "department", "department__area")
        return joined.defer("area__ring", "department__area__ring", "department__sort_key")
