"""What a process has learnt of the configuration is forgotten the moment any of it changes."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction

from dispatch import limits, responsibility
from organization import standing
from organization.models import Department, Person, Post, Standing

pytestmark = pytest.mark.django_db


def stamp():
    return Standing.objects.get().stamp


def test_any_change_of_a_standing_table_changes_the_stamp(town):
    changes = [
        lambda: Department.objects.filter(pk=town.rescue.pk).update(short_name="应急站"),
        lambda: Post.objects.filter(person=town.desk).update(title="值班"),
        lambda: Person.objects.filter(pk=town.desk.pk).update(email="new@example.org"),
        lambda: town.lines["ZZ07"].save(),
        lambda: town.categories["ZZ07"].save(),
    ]
    seen = [stamp()]
    for change in changes:
        change()
        seen.append(stamp())
    assert len(set(seen)) == len(seen)


def test_signing_in_does_not_change_the_stamp(town):
    before = stamp()
    Person.objects.filter(pk=town.desk.pk).update(last_login=town.now)
    assert stamp() == before


def test_the_list_is_read_once_until_a_unit_closes(town, django_assert_num_queries):
    timing = limits.timing(town.now)
    line = responsibility.lines_for(town.categories["ZZ07"], town.grid, at=town.now, known=timing.known)
    with django_assert_num_queries(0):
        again = responsibility.lines_for(town.categories["ZZ07"], town.grid, at=town.now, known=timing.known)
    assert again == line
    town.rescue.valid_to = town.now.date()
    town.rescue.save()
    assert not limits.timing(town.now).known


def test_what_was_learnt_in_a_transaction_that_is_taken_back_is_not_kept(town):
    before = stamp()
    with transaction.atomic():
        town.rescue.save()
        limits.timing(town.now).known["units"] = "from a change that never was"
        transaction.set_rollback(True)
    assert stamp() == before
    assert "units" not in limits.timing(town.now).known


def test_without_a_stamp_nothing_is_kept():
    standing.known(None)["anything"] = 1
    assert standing.known(None) == {}


def test_each_standing_table_has_its_trigger():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname LIKE '%changes_what_stands%'"
        )
        tables = {name for (name,) in cursor.fetchall()}
    assert tables >= {
        "organization_area", "organization_platform", "organization_department", "organization_person",
        "organization_post", "organization_calendarversion", "organization_calendarday", "matters_category",
        "matters_channel", "dispatch_timepolicy", "dispatch_responsibility", "organization_dutyturn",
        "organization_absence", "dispatch_channelsetting",
        "dispatch_emergencyword", "dispatch_emergencymode",
    }  # fmt: skip


def test_there_is_one_stamp(town):
    with pytest.raises(IntegrityError, match="one_stamp"), transaction.atomic():
        Standing.objects.create(id=2, stamp=uuid.uuid4())
