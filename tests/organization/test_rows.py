"""Rows that are written by statements built once read back as the framework would have written them."""

import pytest
from django.db import IntegrityError, transaction

from organization import rows
from organization.models import Area, Department

pytestmark = pytest.mark.django_db


def test_a_row_keeps_what_was_stored_and_nothing_else(town):
    unit, other = Department.objects.get(pk=town.rescue.pk), Department.objects.get(pk=town.enforcement.pk)
    unit.short_name, unit.name, unit.stationed_of = "应急站", "not stored", None
    assert rows.change(unit, "short_name", "stationed_of")
    stored = Department.objects.get(pk=unit.pk)
    assert (stored.short_name, stored.stationed_of_id, stored.name) == ("应急站", None, town.rescue.name)
    again = Department.objects.get(pk=other.pk)
    assert (again.short_name, again.name) == (other.short_name, other.name)


def test_json_and_empty_values_are_stored_as_they_are(town):
    grid = Area.objects.get(pk=town.grid.pk)
    grid.ring, grid.west = [[1.5, 2]], None
    assert rows.change(grid, "ring", "west")
    stored = Area.objects.get(pk=grid.pk)
    assert (stored.ring, stored.west) == ([[1.5, 2]], None)


def test_a_column_rises_by_one_whatever_the_copy_says(town):
    grid = Area.objects.get(pk=town.grid.pk)
    Area.objects.filter(pk=grid.pk).update(households=7)
    assert rows.change(grid, rises="households")
    assert Area.objects.get(pk=grid.pk).households == 8


def test_a_row_that_is_no_longer_as_it_was_is_not_changed(town):
    grid = Area.objects.get(pk=town.grid.pk)
    grid.name = "新名"
    assert not rows.change(grid, "name", level="town")
    assert rows.change(grid, "name", level="grid")
    assert Area.objects.get(pk=grid.pk).name == "新名"
    assert not rows.change(Area(pk=-1, name="nobody"), "name")


def test_constraints_speak_as_ever(town):
    grid = Area.objects.get(pk=town.grid.pk)
    grid.path = "/open"
    with pytest.raises(IntegrityError, match="area_path_is_closed"), transaction.atomic():
        rows.change(grid, "path")
