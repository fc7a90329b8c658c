"""The vocabulary of matters: words filter and shape; they never write and never read the clock."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet

from matters import search
from matters.choices import OPEN
from organization.actors import Actor
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
        """Text, title, address or number hold every word; substrings of two characters and more."""
        return self.filter(search.matches(words))

    def visible_to(self, actor: Actor) -> Self:
        """The matters the actor may know of: the union over valid posts, less recusal."""
        if actor.is_rule:
            return self
        if actor.client:
            return self.filter(area_path__startswith=actor.client.area.path, sensitive=False)
        if actor.kind != ActorKind.PERSON:
            return self.none()
        units = {post.department_id for post in actor.posts if post.department_id}
        seen = self.filter(_in_scope(actor) & Q(sensitive=False) | _in_confidence(actor) & Q(sensitive=True))
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


_LONG = ("search", "salt", "source_point")


def _units() -> Prefetch[Any, Any, Any]:
    """The responsible units: a handful that many matters share."""
    return Prefetch("responsible", Department.objects.for_routing())


def _in_scope(actor: Actor) -> Q:
    """Ordinary matters: by place, by unit, and the person's own reports."""
    scope = Q(reported_by=actor.id)
    units, bureaus = set[int](), set[int]()
    for post in actor.posts:
        if post.area and post.role in _BY_PLACE:
            scope |= Q(area_path__startswith=post.area.path)
        if post.department is None or post.role not in (*_BY_UNIT, Role.DISPATCHER):
            continue
        units.add(post.department.pk)
        if post.role in _BY_UNIT and post.department.level == Level.VILLAGE:
            scope |= Q(area_path__startswith=post.department.area.path)
        if post.role == Role.HEAD:
            bureaus.add(post.department.pk)
    if Role.ADMINISTRATOR in {post.role for post in actor.posts} and len(actor.posts) == 1:
        return Q(pk__in=[])
    return scope | _took_part(actor, units, bureaus)


def _in_confidence(actor: Actor) -> Q:
    """Sensitive matters: who holds their nodes, the named sensitive desk, the auditor; never by place alone."""
    scope, units = Q(), set[int]()
    for post in actor.posts:
        unit = post.department
        place = post.area or (unit and unit.area)
        if place and (post.role == Role.AUDITOR or post.sensitive_desk):
            scope |= Q(area_path__startswith=place.path)
        if unit and (post.sensitive_desk or (post.role in _BY_UNIT and not unit.is_command_room)):
            units.add(unit.pk)
    return scope | _took_part(actor, units, (), until=None)


def _took_part(actor: Actor, units: Collection[int], bureaus: Collection[int], **still: None) -> Q:
    of = Q(person=actor.id)
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
