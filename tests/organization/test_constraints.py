"""Each rule the database itself holds, with the row that trips it."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from organization.models import (
    Absence,
    ApiClient,
    Area,
    CalendarDay,
    CalendarVersion,
    ClockOffset,
    Department,
    DutyTurn,
    Person,
    Platform,
    Post,
)

DAY = dt.date(2026, 1, 1)


def trips(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def area(**facts):
    return lambda: Area.objects.create(
        **{
            "code": "990106300",
            "name": "新镇",
            "level": "town",
            "path": "/990106/990106300/",
            "valid_from": DAY,
            **facts,
        }
    )


def test_a_living_area_code_is_given_once(town):
    trips("area_code_once", area(code="990106001"))


def test_a_withdrawn_code_may_be_given_again(town):
    Area.objects.filter(pk=town.grid.pk).update(valid_to=DAY)
    assert area(code=town.grid.code)().pk


def test_an_area_path_is_closed_by_a_slash(town):
    trips("area_path_is_closed", area(path="/990106/990106300"))


def test_an_area_ends_after_it_begins(town):
    trips("area_ends_after_it_begins", area(valid_to=dt.date(2025, 12, 31)))


def unit(town, **facts):
    row = {
        "code": "new",
        "name": "新",
        "short_name": "新",
        "office": "NEW",
        "level": "town",
        "kind": "town_unit",
    }
    return lambda: Department.objects.create(**{**row, "area": town.town1, "valid_from": DAY, **facts})


def test_a_place_has_one_office_of_a_kind(town):
    trips("one_office_of_a_kind_in_a_place", unit(town, office="ZFDW"))
    Department.objects.filter(pk=town.enforcement.pk).update(valid_to=DAY)
    assert unit(town, office="ZFDW")().pk


def test_a_department_code_is_unique_for_ever(town):
    trips("code", unit(town, code="001-ZFDW", valid_to=DAY))


def test_a_department_ends_after_it_begins(town):
    trips("department_ends_after_it_begins", unit(town, valid_to=dt.date(2025, 12, 31)))


def post(town, role, **facts):
    return lambda: Post.objects.create(**{"person": town.desk, "role": role, "valid_from": DAY, **facts})


@pytest.mark.parametrize("role", ["grid_member", "dispatcher", "supervisor", "auditor"])
def test_a_post_by_place_has_a_place(town, role):
    trips("post_has_the_area_its_role_needs", post(town, role, department=town.room))


@pytest.mark.parametrize("role", ["handler", "head", "dispatcher"])
def test_a_post_in_a_unit_has_a_unit(town, role):
    trips("post_has_the_department_its_role_needs", post(town, role, area=town.town1))


def test_a_post_ends_after_it_begins(town):
    trips("post_ends_after_it_begins", post(town, "administrator", valid_to=dt.date(2025, 12, 31)))


def test_names_that_log_in_are_unique(town):
    trips("username", lambda: Person.objects.create(username="desk", name="另一人"))
    trips("code", lambda: Platform.objects.create(code="ZZ", name="又一个"))


def test_a_system_has_one_prefix_and_one_name(town):
    client, _key = town.client()
    facts = {"scopes": [], "area": town.district, "expires_at": town.now, "secret_hash": "x"}
    trips("prefix", lambda: ApiClient.objects.create(prefix=client.prefix, name="另一个", **facts))
    trips("name", lambda: ApiClient.objects.create(prefix="x", name=client.name, **facts))


def test_a_calendar_names_a_day_once(town):
    version = CalendarVersion.objects.get()
    on = version.days.first().on
    trips(
        "calendar_day_once", lambda: CalendarDay.objects.create(version=version, on=on, kind="off", name="重")
    )
    trips(
        "number",
        lambda: CalendarVersion.objects.create(
            number=1, published_at=town.now, office_hours=[], confirmed_years=[]
        ),
    )


def test_there_is_one_clock(db):
    ClockOffset.objects.create(ahead=dt.timedelta(days=1))
    trips("one_clock", lambda: ClockOffset.objects.create(id=2, ahead=dt.timedelta(0)))


def turn(town, hours=(8, 20), **facts):
    first, last = (town.now.replace(hour=hour) for hour in hours)
    row = {"department": town.room, "person": town.desk, "from_at": first, "to_at": last, **facts}
    return lambda: DutyTurn.objects.create(**row)


def test_a_unit_has_one_officer_and_one_leader_on_duty_at_a_time(town):
    turn(town)()
    trips("one_on_duty_in_a_place", turn(town, (19, 23), person=town.town_head))
    assert turn(town, (20, 23), person=town.town_head)().pk, "the next begins where the last ends"
    assert turn(town, slot="leader", person=town.rescue_head)().pk


def test_nobody_is_on_duty_twice_at_a_time(town):
    turn(town)()
    trips("one_turn_at_a_time", turn(town, department=town.rescue))


def test_a_turn_ends_after_it_begins_and_has_another_as_deputy(town):
    trips("turn_ends_after_it_begins", turn(town, (8, 8)))
    trips("turn_has_another_as_deputy", turn(town, deputy=town.desk))


def absence(town, hours=(8, 20), **facts):
    first, last = (town.now.replace(hour=hour) for hour in hours)
    return lambda: Absence.objects.create(person=town.desk, from_at=first, to_at=last, **facts)


def test_an_absence_is_entered_once(town):
    absence(town)()
    trips("one_absence_at_a_time", absence(town, (10, 23)))
    assert absence(town, (20, 23))().pk


def test_an_absence_ends_after_it_begins_and_has_another_as_deputy(town):
    trips("absence_ends_after_it_begins", absence(town, (8, 8)))
    trips("absence_has_another_as_deputy", absence(town, deputy=town.desk))


def test_nobody_is_their_own_deputy(town):
    own = Post.objects.filter(person=town.desk)
    trips("post_has_another_as_deputy", lambda: own.update(deputy=town.desk))
