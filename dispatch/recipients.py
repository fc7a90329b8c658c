"""Roles resolve to people who are there: the assignee, else the unit's handlers, else its head, else the level above.

Whom that passed over is written too. Nobody is told of what they may not see: of a sensitive matter only who holds
it and the named desks, of a matter about a unit nobody of that unit.
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.responsibility import Units
from matters.models import Matter
from organization import clock, people
from organization.choices import Level, Role
from organization.models import Person, Post

HOLDERS = (Role.HANDLER, Role.HEAD, Role.DISPATCHER)
PASSED_OVER: dict[str, list[str]] = {"holder": ["holder", "head"], "head": ["head"]}

Targets = Sequence[tuple[Node, Sequence[str]]]  # each node with the roles to tell


class Told(TypedDict):
    node: Node
    role: str
    person: Person
    skipped: list[str]
    phone: NotRequired[str]  # of a duty turn; messages and calls go there instead of to the person's own


def resolve(matter: Matter, targets: Targets, timing: Timing) -> list[Told]:
    """Who is told, once for each node and role."""
    units = {node.department_id for node, _ in targets}
    posts = _holders(units, timing)
    found: list[Told] = []
    desks: dict[Level, list[Person]] = {}
    for node, roles in targets:
        for role in roles:
            chosen, skipped = _present(role, node, posts.get(node.department_id, []), matter)
            if not chosen:
                chosen, skipped = _elsewhere(role, node, matter, timing, desks), PASSED_OVER.get(role, [])
            found += [{"node": node, "role": role, "person": person, "skipped": skipped} for person in chosen]
    return found


def _holders(units: set[int], timing: Timing) -> dict[int, list[Post]]:
    """Holders of the units on the day, read once."""
    day = clock.day_of(timing.at)
    if missing := [unit for unit in units if ("holders", unit, day) not in timing.known]:
        found = people.holders(missing, roles=HOLDERS, at=timing.at)
        timing.known.update({("holders", unit, day): found.get(unit, []) for unit in missing})
    return {unit: timing.known["holders", unit, day] for unit in units}


def _elsewhere(
    role: str, node: Node, matter: Matter, timing: Timing, desks: dict[Level, list[Person]]
) -> list[Person]:
    """Who is told outside the node's unit: its level's `room`, the supervisors, else the level above."""
    level = Level.DISTRICT if role == "duty_leader" else Level(node.department.level)
    if role == "supervisor":
        return _supervisors(matter, timing)
    if role != "room":
        level = level.above
    elif level != Level.DISTRICT:
        level = Level.TOWN
    if level not in desks:
        desks[level] = _desk(matter, level, timing)
    return desks[level]


def _present(role: str, node: Node, posts: list[Post], matter: Matter) -> tuple[list[Person], list[str]]:
    """Holders of a role in the node's own unit, and the roles passed over to find them."""
    if role == "holder" and node.assignee and node.assignee.is_active:
        return [node.assignee], []
    if matter.sensitive and node.department.is_command_room:
        posts = [post for post in posts if post.sensitive_desk]
    heads = [post.person for post in posts if post.role == Role.HEAD]
    working = [post.person for post in posts if post.role != Role.HEAD]
    if role in ("holder", "duty"):
        return (working, []) if working else (heads, ["holder"])
    return (heads if role == "head" else []), []


def _desk(matter: Matter, level: Level, timing: Timing) -> list[Person]:
    """The command room of the level: its dispatchers and heads, or for a sensitive matter its named desk."""
    room = Units(matter.area, at=timing.at, about=matter.about_department_id).command_room(level)
    posts = people.holders([room.pk], roles=(Role.DISPATCHER, Role.HEAD), at=timing.at).get(room.pk, [])
    return [post.person for post in posts if post.sensitive_desk or not matter.sensitive]


def _supervisors(matter: Matter, timing: Timing) -> list[Person]:
    """Supervisors of the place; a sensitive matter is not theirs to know."""
    if matter.sensitive:
        return []
    posts = (
        Post.objects.of_role(Role.SUPERVISOR).valid_on(clock.day_of(timing.at)).filter(person__is_active=True)
    )
    posts = posts.filter(area__path__in=matter.area.lineage).select_related("person")
    about = matter.about_department_id
    return [post.person for post in posts if about is None or post.department_id != about]
