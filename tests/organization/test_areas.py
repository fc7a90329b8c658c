import datetime as dt

import pytest

from organization import areas
from organization.choices import Level
from organization.models import Area, Department


def test_a_point_finds_its_grid(town):
    assert areas.locate(119.005, 29.005) == town.grid
    assert areas.locate(119.105, 29.105) == town.other_grid
    assert areas.locate(119.5, 29.5) is None


def test_on_a_shared_border_the_answer_is_always_the_smaller_code(town):
    assert areas.locate(119.01, 29.005) == town.grid
    assert areas.locate(119.01, 29.01) == town.grid


def test_a_grid_that_has_ended_holds_no_point(town):
    Area.objects.filter(pk=town.grid.pk).update(valid_to=dt.date(2026, 1, 1))
    assert areas.locate(119.005, 29.005) is None


def test_a_grid_without_a_boundary_is_passed_over(town):
    Area.objects.filter(pk=town.grid.pk).update(ring=None)
    assert areas.locate(119.005, 29.005) is None


def test_the_district_is_the_root_of_the_tree(town):
    assert areas.district() == town.district


def test_lineage_climbs_from_the_grid_to_the_district(town, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = areas.lineage(town.grid)
    assert found == [town.grid, town.village, town.town1, town.district]
    assert [area.path for area in found] == town.grid.lineage


def test_within_and_above_are_the_two_directions_of_the_tree(town):
    assert set(Area.objects.within(town.village)) == {town.village, town.grid, town.grid2}
    assert list(Area.objects.above(town.village)) == [town.village, town.town1, town.district]
    assert set(Area.objects.containing(town.village.path)) == {town.village, town.town1, town.district}


def test_a_code_that_begins_alike_is_not_inside(town):
    """Codes of 9 and 12 digits share beginnings; the slash ends them."""
    alike = Area.objects.create(
        code="9901060010010",
        name="别处",
        level=Level.VILLAGE,
        path="/990106/9901060010010/",
        valid_from=dt.date(2020, 1, 1),
    )
    assert alike not in Area.objects.within(town.town1)
    assert not town.village.holds(alike.path)
    assert town.town1.holds(town.grid.path)


@pytest.mark.parametrize(
    ("level", "above"),
    [("grid", "village"), ("village", "town"), ("town", "district"), ("district", "district")],
)
def test_each_level_hands_up_to_the_next_and_the_district_to_itself(level, above):
    assert Level(level).above == above


def test_units_are_valid_by_the_day(town):
    Department.objects.filter(pk=town.rescue.pk).update(valid_to=dt.date(2026, 6, 15))
    rescue = Department.objects.filter(pk=town.rescue.pk)
    assert rescue.valid_on(dt.date(2026, 6, 15)).exists()
    assert not rescue.valid_on(dt.date(2026, 6, 16)).exists()
    assert not rescue.valid_on(dt.date(2019, 12, 31)).exists()
    assert not rescue.current().exists()


def test_command_rooms_are_found_by_what_they_are(town):
    assert set(Department.objects.command_rooms()) == {town.centre, town.room, town.other_room}
    assert town.room.is_command_room
    assert not town.enforcement.is_command_room
