"""Chinese map coordinates made official ones.

Pure functions of degrees. Everything stored is CGCS2000, which for this use is WGS-84 (they differ by decimetres).
"""

from collections.abc import Callable
from math import atan2, cos, degrees, hypot, pi, radians, sin, sqrt

from organization.geometry import Box, Point

# the ellipsoid on which GCJ-02 is defined
KRASOVSKY, ECCENTRICITY = 6378245.0, 0.00669342162296594323
BD_TURN = pi * 3000 / 180
CHINA = Box(72.004, 0.8293, 137.8347, 55.8271)  # where the formula in general use shifts GCJ-02


def to_cgcs2000(lon: float, lat: float, crs: str) -> Point:
    """Coordinates of a map provider as official ones; `crs` is wgs84, cgcs2000, gcj02 or bd09, else ValueError."""
    if crs not in CONVERSIONS:
        raise ValueError(f"unknown coordinate system {crs!r}: use one of {', '.join(CONVERSIONS)}")
    return CONVERSIONS[crs](lon, lat)


def gcj02_to_wgs84(lon: float, lat: float) -> Point:
    """Amap, Tencent and WeChat coordinates (GCJ-02, 100-700 m off) as WGS-84.

    The offset has no closed inverse; it is found by fixed-point iteration on `wgs84_to_gcj02` to far below a
    millimetre, so the error is that of the published formula (under a metre). Outside China nothing is shifted.
    """
    if not _shifted_there(lon, lat):
        return lon, lat
    return _inverse(wgs84_to_gcj02, lon, lat)


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    """Baidu coordinates (BD-09, a further 0.0065 degrees and a turn) as GCJ-02, by iteration on `gcj02_to_bd09`."""
    return _inverse(gcj02_to_bd09, lon, lat)


def bd09_to_wgs84(lon: float, lat: float) -> Point:
    """Baidu coordinates as WGS-84. Unlike GCJ-02, BD-09 is shifted everywhere."""
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """WGS-84 as GCJ-02, for links into Amap or Tencent maps; unchanged outside China.

    The official algorithm is not published; this is the formula in general use (github.com/googollee/eviltransform,
    whose GCJ-02 test vectors it meets; see "Restrictions on geographic data in China" in Wikipedia).
    """
    if not _shifted_there(lon, lat):
        return lon, lat
    x, y = lon - 105, lat - 35
    swing = 20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)
    metres_north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x))
    metres_north += (swing + _waves(y, (20, 1), (40, 3), (160, 12), (320, 30))) * 2 / 3
    metres_east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x))
    metres_east += (swing + _waves(x, (20, 1), (40, 3), (150, 12), (300, 30))) * 2 / 3
    bend = 1 - ECCENTRICITY * sin(radians(lat)) ** 2
    north = degrees(metres_north * bend * sqrt(bend) / (KRASOVSKY * (1 - ECCENTRICITY)))
    east = degrees(metres_east * sqrt(bend) / (KRASOVSKY * cos(radians(lat))))
    return lon + east, lat + north


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    """GCJ-02 as Baidu's BD-09, within a metre of the answers of Baidu's geoconv API, which is all that Baidu publishes.

    (eviltransform turns by pi instead of BD_TURN here, and is up to 40 m off.)
    """
    reach = hypot(lon, lat) + 0.00002 * sin(lat * BD_TURN)
    turn = atan2(lat, lon) + 0.000003 * cos(lon * BD_TURN)
    return reach * cos(turn) + 0.0065, reach * sin(turn) + 0.006


def _unchanged(lon: float, lat: float) -> Point:
    return lon, lat


CONVERSIONS: dict[str, Callable[[float, float], Point]] = {
    "wgs84": _unchanged,
    "cgcs2000": _unchanged,
    "gcj02": gcj02_to_wgs84,
    "bd09": bd09_to_wgs84,
}


def _shifted_there(lon: float, lat: float) -> bool:
    return CHINA.west <= lon <= CHINA.east and CHINA.south <= lat <= CHINA.north


def _waves(at: float, *waves: tuple[float, float]) -> float:
    return sum(height * sin(at * pi / length) for height, length in waves)


def _inverse(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    """The point that `forward` sends to (lon, lat); each round makes the error some hundred times smaller."""
    found = lon, lat
    for _ in range(10):
        reached = forward(*found)
        found = found[0] + lon - reached[0], found[1] + lat - reached[1]
    return found
