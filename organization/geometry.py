"""Where a point lies: inside a grid's ring or how far off it.

Pure functions of degrees. A ring is a sequence of (lon, lat) as in GeoJSON (RFC 7946 section 3.1.6), closed or not, one
outline without holes.
"""

from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from math import cos, hypot, radians, sin, sqrt
from typing import NamedTuple

Position = Sequence[float]  # (lon, lat), degrees
Ring = Sequence[Position]
Point = tuple[float, float]

CORNERS = 3
BORDER = 1e-9  # degrees, a tenth of a millimetre: nearer than this is on the border
# CGCS2000 (GB 22021-2008): semi-major axis in metres, first eccentricity squared
EQUATOR, FLATNESS = 6378137.0, 0.00669438002290


class Box(NamedTuple):
    """A bounding box in degrees, in the order of GeoJSON (RFC 7946 section 5)."""

    west: float
    south: float
    east: float
    north: float


def bounding_box(ring: Ring) -> Box:
    """The smallest box around a ring. ValueError if it has fewer than three corners."""
    _sides(ring)
    lons, lats = [lon for lon, _ in ring], [lat for _, lat in ring]
    return Box(min(lons), min(lats), max(lons), max(lats))


def holds(ring: Ring, lon: float, lat: float) -> bool:
    """Whether a point is inside the ring or on its border, so on a shared border both neighbours hold it.

    Even-odd rule: a ray to the east crosses the border an odd number of times (Shimrat 1962, CACM 5(8), algorithm
    112). ValueError for fewer than three corners.
    """
    inside = False
    for (lon_a, lat_a), (lon_b, lat_b) in _sides(ring):
        if _to_segment((lon_a - lon, lat_a - lat), (lon_b - lon, lat_b - lat)) <= BORDER:
            return True
        if (lat_a > lat) != (lat_b > lat):
            inside ^= lon < lon_a + (lat - lat_a) * (lon_b - lon_a) / (lat_b - lat_a)
    return inside


def metres_to_ring(ring: Ring, lon: float, lat: float) -> float:
    """Metres from a point to the nearest place on the ring's border, from inside as from outside.

    Measured on the plane that touches the ellipsoid at the point: within 0.1 % up to 10 km. ValueError for fewer
    than three corners.
    """
    bend = 1 - FLATNESS * sin(radians(lat)) ** 2
    east = radians(1) * EQUATOR / sqrt(bend) * cos(radians(lat))
    north = radians(1) * EQUATOR * (1 - FLATNESS) / bend**1.5
    plane = (
        [((corner_lon - lon) * east, (corner_lat - lat) * north) for corner_lon, corner_lat in side]
        for side in _sides(ring)
    )
    return min(_to_segment(start, end) for start, end in plane)


def _sides(ring: Ring) -> Iterator[tuple[Position, Position]]:
    if len({(lon, lat) for lon, lat in ring}) < CORNERS:
        raise ValueError("a ring has at least three corners")
    return pairwise(chain(ring, ring[:1]))


def _to_segment(start: Point, end: Point) -> float:
    """Distance from the origin to a segment, in the unit of its corners."""
    along = (end[0] - start[0], end[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    part = -(start[0] * along[0] + start[1] * along[1]) / length if length else 0.0
    part = min(max(part, 0.0), 1.0)
    return hypot(start[0] + part * along[0], start[1] + part * along[1])
