"""Units, people and categories a form lets one choose from."""

from django.db.models import Q

from dispatch.choices import Action
from matters.models import Category
from organization import clock
from organization.choices import Level, Role
from organization.models import Department, Person, Post

NEAREST = (Level.TOWN, Level.VILLAGE, Level.GRID, Level.DISTRICT)


def for_matter(matter):
    """[(level, [(id, name)])] of the units that may get a matter: those of its place, the nearest level first.

    The unit the matter is about is never offered.
    """
    area = matter.area
    found = Department.objects.current().filter(
        Q(area__path__in=area.lineage) | Q(area__path__startswith=area.path)
    )
    found = found.exclude(pk=matter.about_department_id or 0).order_by("sort_key", "code")
    groups = {level: [] for level in NEAREST}
    for unit in found:
        groups[unit.level].append((unit.pk, unit.name))
    return [(Level(level).label, rows) for level, rows in groups.items() if rows]


def category_choices(*, empty):
    groups = {}
    for category in (
        Category.objects.filter(active=True).select_related("platform").order_by("platform__order", "code")
    ):
        groups.setdefault(category.platform.name, []).append((category.pk, category.name))
    return [("", empty), *groups.items()]


def people_for(node, *, at):
    """Staff of the node's unit today and, for a village, the grid members of its grids."""
    posts = Post.objects.valid_on(clock.day_of(at))
    who = Q(department=node.department_id, role__in=[Role.HANDLER, Role.HEAD])
    if node.department.level == Level.VILLAGE:
        who |= Q(role=Role.GRID_MEMBER, area__path__startswith=node.department.area.path)
    return Person.objects.filter(is_active=True, posts__in=posts.filter(who)).distinct().order_by("pk")


def people_called(node, *, at):
    """Whoever may have said that they have it: staff of the unit, and those whom the calls reached."""
    called = {told["person"] for rung in node.rungs.filter(action=Action.RING) for told in rung.tells}
    posts = Post.objects.valid_on(clock.day_of(at)).filter(department=node.department_id)
    return (
        Person.objects.filter(Q(pk__in=called) | Q(posts__in=posts), is_active=True).distinct().order_by("pk")
    )
