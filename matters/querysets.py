"""The vocabulary of matters: words filter and shape; they never write and never read the clock."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from matters import search
from matters.choices import OPEN
from organization.actors import Actor, Reach
from organization.choices import ActorKind, Level, Role
from organization.models import Area, Department

if TYPE_CHECKING:
    from matters.models import Attachment, Entry, Matter  # noqa: F401  (row types, named in strings)

_BY_PLACE = (Role.GRID_MEMBER, Role.DISPATCHER, Role.SUPERVISOR, Role.AUDITOR)
_BY_UNIT = (Role.HANDLER, Role.HEAD)


class MatterQuerySet(QuerySet["Matter"]):
    def open(self) -> Self:
        return self.filter(status__in=OPEN)

    def overdue(self, at: datetime) -> Self:
        """Some running node is past its due moment."""
        return self.open().filter(soonest_due_at__lt=at)

    def due_before(self, at: datetime) -> Self:
        return self.open().filter(due_at__lt=at)

    def escalated(self) -> Self:
        return self.filter(escalated_level__isnull=False)

    def within(self, area: Area) -> Self:
        return self.filter(area_path__startswith=area.path)

    def containing(self, words: str) -> Self:
        """Text, title, address or number hold every word; substrings of two characters and more. A whole number is
        that matter."""
        if _NUMBER.fullmatch(words.strip()):
            return self.filter(number=words.strip())
        return self.filter(search.matches(words))

    def visible_to(self, actor: Actor) -> Self:
        """The matters the actor may know of: the union over valid posts, less recusal."""
        reach = actor.reach  # and nothing else: statements are kept by it
        if reach.kind == ActorKind.RULE:
            return self
        if reach.client_path is not None:
            return self.filter(area_path__startswith=reach.client_path, sensitive=False)
        if reach.kind != ActorKind.PERSON:
            return self.none()
        units = {held.unit for held in reach.held if held.unit}
        seen = self.filter(_in_scope(reach) & Q(sensitive=False) | _in_confidence(reach) & Q(sensitive=True))
        # recusal: a matter about a unit is never shown to it
        return seen.exclude(about_department__in=units) if units else seen

    def for_list(self) -> Self:
        """What a row shows. Units come by themselves: planning ten joins takes longer than reading the rows."""
        joined = self.select_related("area", "channel", "category__platform")
        return joined.defer(*_LONG, "handled_text", "area__ring").prefetch_related(_units())

    def for_file(self) -> Self:
        """What the whole file shows; people and other systems are looked up where they are named."""
        joined = self.select_related("area__parent__parent", "channel", "reporter", "category__platform")
        rings = ("area__ring", "area__parent__ring", "area__parent__parent__ring")
        return joined.defer(*_LONG, *rings).prefetch_related(_units())

    def for_answer(self) -> Self:
        """The whole matter with its reporter; `catalogue.name` gives it the places and units it names."""
        return self.select_related("reporter").defer(*_LONG)


_NUMBER = re.compile(r"\d{4}-\d{5,10}", re.ASCII)
_LONG = ("search", "salt", "source_point")


def _units() -> Prefetch[Any, Any, Any]:
    """The responsible units: a handful that many matters share."""
    return Prefetch("responsible", Department.objects.for_routing())


def _in_scope(reach: Reach) -> Q:
    """Ordinary matters: by place, by unit, and the person's own reports."""
    scope = Q(reported_by=reach.id)
    units, bureaus = set[int](), set[int]()
    for held in reach.held:
        if held.area_path and held.role in _BY_PLACE:
            scope |= Q(area_path__startswith=held.area_path)
        if held.unit is None or held.role not in (*_BY_UNIT, Role.DISPATCHER):
            continue
        units.add(held.unit)
        if held.role in _BY_UNIT and held.unit_level == Level.VILLAGE:
            scope |= Q(area_path__startswith=held.unit_path)
        if held.role == Role.HEAD:
            bureaus.add(held.unit)
    if {held.role for held in reach.held} == {Role.ADMINISTRATOR}:
        return Q(pk__in=[])
    return scope | _took_part(reach, units, bureaus)


def _in_confidence(reach: Reach) -> Q:
    """Sensitive matters: who holds their nodes, the named sensitive desk, the auditor; never by place alone,
    and never by standing in for somebody."""
    scope, units = Q(), set[int]()
    for held in reach.held:
        if held.acting:
            continue
        place = held.area_path or held.unit_path
        if place and (held.role == Role.AUDITOR or held.sensitive_desk):
            scope |= Q(area_path__startswith=place)
        if held.unit and (held.sensitive_desk or (held.role in _BY_UNIT and not held.is_command_room)):
            units.add(held.unit)
    return scope | _took_part(reach, units, (), until=None)


def _took_part(reach: Reach, units: Collection[int], bureaus: Collection[int], **still: None) -> Q:
    of = Q(person=reach.id)
    if units:
        of |= Q(department__in=units)
    if bureaus:
        of |= Q(department__stationed_of__in=bureaus)
    return Q(Exists(QuerySet(model=_model("Participation")).filter(of, matter=OuterRef("pk"), **still)))


def _model(name: str) -> type[Model]:
    """Models stand above querysets in a room, so a word that needs a sister table asks the registry."""
    return apps.get_model("matters", name)


class EntryQuerySet(QuerySet["Entry"]):
    def of_kind(self, *kinds: str) -> Self:
        return self.filter(kind__in=kinds)

    def public(self) -> Self:
        return self.filter(public=True)

    def for_timeline(self) -> Self:
        return self.select_related("department").order_by("seq")


class AttachmentQuerySet(QuerySet["Attachment"]):
    def unbound(self) -> Self:
        return self.filter(matter=None)

    def owned_by(self, actor: Actor) -> Self:
        return self.filter(owner_kind=actor.kind, owner_id=actor.id)
