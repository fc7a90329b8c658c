"""Who keeps which roster and enters whose absence. Each answer is the post that allows it, or None."""

from collections.abc import Iterable

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


def may_enter_absence(person: Person, posts: Iterable[Post], by: Actor) -> bool:
    """The person, and whoever keeps the roster of a unit the person is posted in or watches over the person's grid;
    `posts` are those of the person."""
    return person.pk == by.id or any(
        _keeps(held, post.department) if post.department else _covers(held, post.area)
        for post in posts
        for held in by.posts
    )


def _keeps(post: Post, unit: Department) -> bool:
    if post.role == Role.ADMINISTRATOR:
        return True
    if post.role == Role.HEAD:
        return post.department_id in (unit.pk, unit.stationed_of_id)
    return post.role == Role.DISPATCHER and _covers(post, unit.area)


def _sees(post: Post, unit: Department) -> bool:
    return post.department_id == unit.pk or (post.role in _WATCH and _covers(post, unit.area))


def _covers(post: Post, area: Area | None) -> bool:
    if post.role == Role.ADMINISTRATOR:
        return True
    if post.role not in (*_WATCH, Role.DISPATCHER) or not post.area or not area:
        return False
    return post.area.holds(area.path)
