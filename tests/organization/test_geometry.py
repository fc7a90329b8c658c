"""Grids and map coordinates, against published points, a sphere and arithmetic."""

from math import asin, cos, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from organization.coordinates import (
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    to_cgcs2000,
    wgs84_to_gcj02,
)
from organization.geometry import bounding_box, holds, metres_to_ring

SQUARE = [[119.0, 29.0], [119.015, 29.0], [119.015, 29.05], [119.0, 29.05], [119.0, 29.0]]
EAST_OF_IT = [[119.015, 29.0], [119.03, 29.0], [119.03, 29.05], [119.015, 29.05], [119.015, 29.0]]
BAY = [(0, 0), (4, 0), (4, 4), (3, 4), (3, 1), (1, 1), (1, 4), (0, 4)]

# (wgs84, gcj02): test vectors of github.com/googollee/eviltransform
SHIFTED = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]
# Answers of Baidu's geoconv API (from=1, to=5) for the example point of its manual, on different days
BAIDU_EXAMPLE = (114.21892734521, 29.575429778924)
BAIDU_ANSWERS = [
    (114.23074871003, 29.579084787993),
    (114.23074952312, 29.57908262908),
    (114.2307489832, 29.579081808346),
]

mainland = st.tuples(st.floats(75, 134), st.floats(18, 53))
nearby = st.tuples(st.floats(118.9, 119.1), st.floats(28.95, 29.1))


def metres(one, other):
    """Great-circle distance (haversine, mean radius)."""
    (lon_a, lat_a), (lon_b, lat_b) = [(radians(lon), radians(lat)) for lon, lat in (one, other)]
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * 6371008.8 * asin(sqrt(half))


def test_a_ring_holds_what_is_inside_and_not_what_is_outside():
    assert holds(SQUARE, 119.01, 29.02)
    assert not holds(SQUARE, 119.02, 29.02)
    assert not holds(SQUARE, 119.01, 29.06)


@pytest.mark.parametrize("point", [(119.0, 29.0), (119.015, 29.025), (119.007, 29.05), (119.0, 29.01)])
def test_the_border_and_the_corners_belong_to_the_ring(point):
    assert holds(SQUARE, *point)


def test_a_shared_border_is_held_by_both_neighbours():
    assert holds(SQUARE, 119.015, 29.02)
    assert holds(EAST_OF_IT, 119.015, 29.02)


def test_a_bay_is_outside_the_ring_around_it():
    assert not holds(BAY, 2, 3)
    assert holds(BAY, 0.5, 3)
    assert holds(BAY, 3.5, 3)
    assert holds(BAY, 2, 0.5)


def test_a_ray_through_a_corner_counts_it_once():
    diamond = [(0, -1), (1, 0), (0, 1), (-1, 0)]
    assert holds(diamond, -0.5, 0)
    assert not holds(diamond, -2, 0)
    assert not holds(diamond, -1, 1)


@given(nearby)
def test_an_open_ring_and_a_turned_ring_hold_the_same_points(point):
    assert holds(SQUARE, *point) == holds(SQUARE[:-1], *point) == holds(SQUARE[::-1], *point)


@given(nearby)
def test_what_a_ring_holds_is_in_its_box(point):
    box = bounding_box(BAY_NEARBY)
    if holds(BAY_NEARBY, *point):
        assert box.west <= point[0] <= box.east
        assert box.south <= point[1] <= box.north


BAY_NEARBY = [(118.95 + x / 50, 28.97 + y / 50) for x, y in BAY]


def test_a_bounding_box_is_west_south_east_north():
    assert bounding_box(SQUARE) == (119.0, 29.0, 119.015, 29.05)


@pytest.mark.parametrize("ring", [[], [(1, 1)], [(1, 1), (2, 2)], [(1, 1), (2, 2), (1, 1)]])
def test_a_ring_of_fewer_than_three_corners_is_refused(ring):
    for ask in (lambda: holds(ring, 1, 1), lambda: metres_to_ring(ring, 1, 1), lambda: bounding_box(ring)):
        with pytest.raises(ValueError, match="three corners"):
            ask()


def test_distance_to_a_ring_is_to_its_nearest_side_or_corner():
    assert metres_to_ring(SQUARE, 118.99, 29.02) == pytest.approx(
        metres((118.99, 29.02), (119.0, 29.02)), rel=0.004
    )
    assert metres_to_ring(SQUARE, 118.99, 28.99) == pytest.approx(
        metres((118.99, 28.99), (119.0, 29.0)), rel=0.004
    )


def test_distance_to_a_ring_is_measured_from_inside_too_and_is_nothing_on_it():
    assert metres_to_ring(SQUARE, 119.001, 29.02) == pytest.approx(97.4, abs=0.2)
    assert metres_to_ring(SQUARE, 119.015, 29.02) == pytest.approx(0, abs=1e-6)


def test_a_degree_has_the_length_the_ellipsoid_gives_it():
    """At 30 degrees north: 96,486 m east and 110,852 m north (WGS-84)."""
    tall, wide = [(0, 20), (0, 40), (-1, 30)], [(-20, 30), (20, 30), (0, 29)]
    assert metres_to_ring(tall, 0.01, 30) == pytest.approx(964.86, abs=0.01)
    assert metres_to_ring(wide, 0, 30.01) == pytest.approx(1108.52, abs=0.05)


@given(nearby, nearby)
def test_distance_changes_no_faster_than_one_walks(one, other):
    walked = metres(one, other)
    assert abs(metres_to_ring(SQUARE, *one) - metres_to_ring(SQUARE, *other)) <= walked * 1.005 + 1


@pytest.mark.parametrize(("wgs84", "gcj02"), SHIFTED)
def test_published_points_are_met_both_ways(wgs84, gcj02):
    assert wgs84_to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-9)
    assert metres(gcj02_to_wgs84(*gcj02), wgs84) < 0.001


@pytest.mark.parametrize("answer", BAIDU_ANSWERS)
def test_baidus_own_answers_are_met_within_a_metre(answer):
    assert metres(gcj02_to_bd09(*wgs84_to_gcj02(*BAIDU_EXAMPLE)), answer) < 1
    assert metres(bd09_to_wgs84(*answer), BAIDU_EXAMPLE) < 1


@given(mainland)
def test_there_and_back_is_within_a_millimetre(point):
    gcj02 = wgs84_to_gcj02(*point)
    assert metres(gcj02_to_wgs84(*gcj02), point) < 0.001
    assert metres(bd09_to_gcj02(*gcj02_to_bd09(*gcj02)), gcj02) < 0.001
    assert metres(bd09_to_wgs84(*gcj02_to_bd09(*gcj02)), point) < 0.001


@given(mainland)
def test_the_shift_is_large_enough_to_miss_a_grid(point):
    assert 10 < metres(wgs84_to_gcj02(*point), point) < 1500


@pytest.mark.parametrize("point", [(-122.4194, 37.7749), (2.35, 48.85), (151.2, -33.86), (0.0, 0.0)])
def test_outside_china_nothing_is_shifted(point):
    assert wgs84_to_gcj02(*point) == point
    assert gcj02_to_wgs84(*point) == point


@given(mainland)
def test_official_coordinates_stay_as_they_are(point):
    assert to_cgcs2000(*point, "cgcs2000") == to_cgcs2000(*point, "wgs84") == point


def test_each_coordinate_system_has_its_own_way():
    point = (119.0069, 29.0213)
    gcj02 = wgs84_to_gcj02(*point)
    assert to_cgcs2000(*gcj02, "gcj02") == pytest.approx(point, abs=1e-9)
    assert to_cgcs2000(*gcj02_to_bd09(*gcj02), "bd09") == pytest.approx(point, abs=1e-9)


def test_an_unknown_coordinate_system_is_refused():
    with pytest.raises(ValueError, match="wgs84, cgcs2000, gcj02, bd09"):
        to_cgcs2000(119, 29, "beijing54")
