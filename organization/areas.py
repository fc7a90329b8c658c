"""Finding the place of a report."""

from organization import geometry
from organization.models import Area


def locate(lon: float, lat: float) -> Area | None:
    """The grid whose ring holds the point (CGCS2000 degrees), or None: outside every grid.

    On a shared border the grid with the smaller code leads, so that the answer is always the same.
    """
    grids = Area.objects.around(lon, lat).only("code", "name", "level", "path", "parent", "ring")
    for grid in grids.order_by("code"):
        if grid.ring and geometry.holds(grid.ring, lon, lat):
            return grid
    return None


def district() -> Area:
    """The area at the root of the tree."""
    return Area.objects.current().get(parent=None)


def lineage(area: Area) -> list[Area]:
    """The area and all that contain it, the smallest first (one query)."""
    found = {each.path: each for each in Area.objects.current().filter(path__in=area.lineage)}
    return [found[path] for path in area.lineage if path in found]
