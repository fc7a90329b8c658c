"""Finding the place of a report."""

from organization import geometry
from organization.models import Area
from organization.statements import Given, Once

_around: Once[Area] = Once(
    lambda: (
        Area.objects.around(Given("lon"), Given("lat"))
        .only("code", "name", "level", "path", "parent", "ring")
        .order_by("code")
    )
)
_root: Once[Area] = Once(lambda: Area.objects.current().filter(parent=None))


def locate(lon: float, lat: float) -> Area | None:
    """The grid whose ring holds the point (CGCS2000 degrees), or None: outside every grid.

    On a shared border the grid with the smaller code leads, so that the answer is always the same.
    """
    for grid in _around.all(lon=lon, lat=lat):
        if grid.ring and geometry.holds(grid.ring, lon, lat):
            return grid
    return None


def district() -> Area:
    """The area at the root of the tree."""
    found = _root.all()
    if len(found) != 1:
        raise Area.DoesNotExist("There is no one district at the root of the tree.")
    return found[0]


def lineage(area: Area) -> list[Area]:
    """The area and all that contain it, the smallest first (one query)."""
    found = {each.path: each for each in Area.objects.current().filter(path__in=area.lineage)}
    return [found[path] for path in area.lineage if path in found]
