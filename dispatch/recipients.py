"""Roles resolve to people who are there: the assignee, else the unit's handlers, else its head, else the level above.

Whom that passed over is written too. Nobody is told of what they may not see: of a sensitive matter only who holds
it and the named desks, of a matter about a unit nobody of that unit.
"""

from dispatch.responsibility import Units
from organization import clock, people
from organization.choices import Level, Role
from organization.models import Post

HOLDERS = (Role.HANDLER, Role.HEAD, Role.DISPATCHER)
PASSED_OVER = {"holder": ["holder", "head"], "head": ["head"]}


def resolve(matter, targets, timing):
    """Who is told, of [(node, roles)]: [{"node", "role", "person", "skipped"}], once for each node and role."""
    units = {node.department_id for node, _ in targets}
    posts = people.holders(units, roles=HOLDERS, at=timing.at)
    found, desks = [], {}
    for node, roles in targets:
        for role in roles:
            chosen, skipped = _present(role, node, posts.get(node.department_id, []), matter)
            if not chosen:
                chosen, skipped = _elsewhere(role, node, matter, timing, desks), PASSED_OVER.get(role, [])
            found += [{"node": node, "role": role, "person": person, "skipped": skipped} for person in chosen]
    return found


def _elsewhere(role, node, matter, timing, desks):
    """Who is told outside the node's unit: its level's `room`, the supervisors, else the level above."""
    level = Level(node.department.level)
    if role == "supervisor":
        return _supervisors(matter, timing)
    if role != "room":
        level = level.above
    elif level != Level.DISTRICT:
        level = Level.TOWN
    if level not in desks:
        desks[level] = _desk(matter, level, timing)
    return desks[level]


def _present(role, node, posts, matter):
    """Holders of a role in the node's own unit, and the roles passed over to find them."""
    if role == "holder" and node.assignee_id and node.assignee.is_active:
        return [node.assignee], []
    if matter.sensitive and node.department.is_command_room:
        posts = [post for post in posts if post.sensitive_desk]
    heads = [post.person for post in posts if post.role == Role.HEAD]
    working = [post.person for post in posts if post.role != Role.HEAD]
    if role == "holder":
        return (working, []) if working else (heads, ["holder"])
    return (heads if role == "head" else []), []


def _desk(matter, level, timing):
    """The command room of the level: its dispatchers and heads, or for a sensitive matter its named desk."""
    room = Units(matter.area, about=matter.about_department_id).command_room(level)
    posts = people.holders([room.pk], roles=(Role.DISPATCHER, Role.HEAD), at=timing.at).get(room.pk, [])
    return [post.person for post in posts if post.sensitive_desk or not matter.sensitive]


def _supervisors(matter, timing):
    """Supervisors of the place; a sensitive matter is not theirs to know."""
    if matter.sensitive:
        return []
    posts = (
        Post.objects.of_role(Role.SUPERVISOR).valid_on(clock.day_of(timing.at)).filter(person__is_active=True)
    )
    posts = posts.filter(area__path__in=matter.area.lineage).select_related("person")
    about = matter.about_department_id
    return [post.person for post in posts if about is None or post.department_id != about]
