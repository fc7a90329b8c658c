"""Who looks whether it is really solved: never anyone posted in a unit that handled it."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from dispatch.choices import NodeKind
from dispatch.models import Node
from dispatch.responsibility import Units
from matters.models import Matter
from matters.refusals import Refused
from organization import clock
from organization import people as staff
from organization.choices import Level, Role
from organization.models import Department, Person, Post
from organization.querysets import PostQuerySet


def verifier(
    matter: Matter, *, at: datetime, passed_over: Collection[int] = ()
) -> tuple[Department, Person | None]:
    """(unit, person or None): the place's grid member, else the village head, else a command room, else a supervisor.

    `passed_over` are units that were asked and let their time run out.
    """
    handlers, people = _handlers(matter)
    barred = handlers | set(passed_over)
    units = Units(matter.area, at=at)
    village = units.at(Level.VILLAGE, None)
    if village and village.pk not in passed_over and (member := _grid_member(matter, people, handlers, at)):
        return village, member
    rooms = [units.command_room(Level.TOWN), units.command_room(Level.DISTRICT)]
    for unit in [village, *rooms]:
        if unit and unit.pk not in barred and unit.pk != matter.about_department_id:
            return unit, None
    return _neighbour(matter, people, barred, at) or _supervisor(matter, barred, at)


def _handlers(matter: Matter) -> tuple[set[int], set[int]]:
    nodes = Node.objects.filter(matter=matter, kind=NodeKind.HANDLE).values_list("department", "assignee")
    return {unit for unit, _person in nodes}, {person for _unit, person in nodes if person}


def _grid_member(matter: Matter, people: set[int], units: set[int], at: datetime) -> Person | None:
    if matter.area.level != Level.GRID:
        return None
    post = _grid_members(people, units, at).filter(area=matter.area).select_related("person").first()
    return post.person if post else None


def _grid_members(people: set[int], units: set[int], at: datetime) -> PostQuerySet:
    """Posts of grid members who are there, are none of `people` and not posted in `units`."""
    posts = staff.there(Post.objects.of_role(Role.GRID_MEMBER), at=at)
    barred = Post.objects.filter(department__in=units).valid_on(clock.day_of(at)).values("person")
    return posts.exclude(person__in=people).exclude(person__in=barred).order_by("pk")


def _neighbour(
    matter: Matter, people: set[int], barred: set[int], at: datetime
) -> tuple[Department, Person] | None:
    """(committee, person): a grid member nearby who had no part in it, when every unit of the place handled it."""
    if matter.sensitive:
        return None
    units = barred | {unit for unit in [matter.about_department_id] if unit}
    outside = _grid_members(people, units, at).select_related("person", "area__parent")
    for path in matter.area.lineage:
        for post in outside.filter(area__path__startswith=path):
            committee = Units(post.area, at=at).at(Level.VILLAGE, None) if post.area else None
            if committee and committee.pk not in barred:
                return committee, post.person
    return None


def _supervisor(matter: Matter, barred: set[int], at: datetime) -> tuple[Department, None]:
    posts = (
        Post.objects.of_role(Role.SUPERVISOR)
        .filter(area__path__in=matter.area.lineage, department__isnull=False, person__is_active=True)
        .valid_on(clock.day_of(at))
        .exclude(department__in=barred)
        .select_related("department__area")
        .order_by("-area__path", "pk")
    )
    if (post := posts.first()) and post.department:
        return post.department, None
    raise Refused(
        _("Nobody here may verify this matter; a supervisor outside the units that handled it is needed."),
        code="no_verifier",
    )
