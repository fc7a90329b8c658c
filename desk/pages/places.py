"""Places a person may choose from: what their posts cover, finest where the cover is small."""

from functools import reduce
from operator import or_

from django.db.models import Q

from organization.choices import Level, Role
from organization.models import Area

DEPTH = {Level.DISTRICT: 0, Level.TOWN: 1, Level.VILLAGE: 2, Level.GRID: 3}


def own(by):
    """Areas of the person's posts, the widest first."""
    found = {}
    for post in by.posts:
        if area := post.area or (post.department and post.department.area):
            found[area.path] = area
    return [found[path] for path in sorted(found, key=lambda path: (len(path), path))]


def usual(by):
    """The place a report starts with: the grid member's own grid, else the first post's area."""
    grids = [post.area for post in by.posts if post.role == Role.GRID_MEMBER]
    return next(iter([*grids, *own(by)]), None)


def choices(by, *, grids=True):
    """[(code, indented name)] for a select, in the order of the tree (one query).

    A grid member chooses among the grids of the village, a district post among towns and villages.
    """
    roots = [root for root in map(_root, own(by)) if root]
    if not roots:
        return []
    areas = Area.objects.current().filter(reduce(or_, (_below(path, level, grids) for path, level in roots)))
    areas = list(areas.order_by("path"))
    top = min((DEPTH[area.level] for area in areas), default=0)
    return [(area.code, "\u3000" * (DEPTH[area.level] - top) + area.name) for area in areas]


def _root(area):
    if area.level == Level.GRID:
        return area.lineage[1], Level.VILLAGE
    return area.path, area.level


def _below(path, level, grids):
    below = Q(path__startswith=path)
    return below & ~Q(level=Level.GRID) if level == Level.DISTRICT or not grids else below
