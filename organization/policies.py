"""Who keeps which roster and enters whose absence. Each answer is the post that allows it, or None."""

from collections.abc import Iterable

from django.db.models import Q

from organization.actors import Actor
from organization.choices import Role
from organization.models import Area, Department, Person, Post

_WATCH = (Role.SUPERVISOR, Role.AUDITOR)


def may_keep_roster(unit: Department, by: Actor) -> Post | None:
    """The unit's head, the head of the bureau a stationed unit belongs to, the dispatchers of the place, and who sets
    up the platform."""
    return next((post for post in by.posts if _keeps(post, unit)), None)


def may_see_roster(unit: Department, by: Actor) -> Post | None:
    """Whoever keeps it, whoever is posted in the unit, and who watches over the place."""
    return next((post for post in by.posts if _keeps(post, unit) or _sees(post, unit)), None)


def seen_rosters(by: Actor) -> Q:
    """The units for which `may_see_roster` answers with a post, as a filter of departments."""
    seen = Q(pk__in=[post.department_id for post in by.posts if post.department_id])
    for post in by.posts:
        if post.role == Role.ADMINISTRATOR:
            return Q()
        if post.role == Role.HEAD and post.department_id:
            seen |= Q(stationed_of=post.department_id)
        if post.role in (*_WATCH, Role.DISPATCHER) and post.area:
            seen |= Q(area__path__startswith=post.area.path)
    return seen


def may_enter_absence(person: Person, posts: Iterable[Post], by: Actor) -> bool:
    """The person, and whoever keeps the roster of a unit the person is posted in or of the person's grid, and not only
    for a time: a stand-in is not told why. `posts` are those of the person."""
    return person.pk == by.id or any(
        _keeps(held, post.department) if post.department else _desks(held, post.area)
        for post in posts
        for held in by.posts
        if not held.acting
    )


def _keeps(post: Post, unit: Department) -> bool:
    if post.role == Role.ADMINISTRATOR:
        return True
    if post.role == Role.HEAD:
        return post.department_id in (unit.pk, unit.stationed_of_id)
    return post.role == Role.DISPATCHER and _covers(post, unit.area)


def _sees(post: Post, unit: Department) -> bool:
    return post.department_id == unit.pk or (post.role in _WATCH and _covers(post, unit.area))


def _desks(post: Post, area: Area | None) -> bool:
    return post.role == Role.ADMINISTRATOR or (post.role == Role.DISPATCHER and _covers(post, area))


def _covers(post: Post, area: Area | None) -> bool:
    if not post.area or not area:
        return False
    return post.area.holds(area.path)
