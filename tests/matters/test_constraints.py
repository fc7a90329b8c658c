"""Each rule the database itself holds, with the row that trips it."""

import pytest
from django.db import IntegrityError, transaction

from matters.models import Category, Channel, Matter, Participation, Rating, Receipt, Reporter
from organization.actors import Actor


@pytest.fixture
def matter(town):
    return town.register()


def trips(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def update(matter, **facts):
    return lambda: Matter.objects.filter(pk=matter.pk).update(**facts)


def test_same_external_id_same_matter(town):
    system = Actor.of_client(town.client()[0])
    town.register(by=system, external_id="1")
    other = town.register(by=system, external_id="2")
    trips("same_external_id_same_matter", update(other, external_id="1"))


def test_a_closed_matter_has_its_moment_and_no_other_has(town, matter):
    trips("closed_exactly_when_closed", update(matter, status="closed"))
    trips("closed_exactly_when_closed", update(matter, closed_at=town.now))


@pytest.mark.parametrize("status", ["dispatched", "verifying", "callback"])
def test_an_open_matter_beyond_the_tray_has_a_unit(matter, status):
    trips("open_matter_has_a_unit", update(matter, status=status))


def test_numbers_and_links_are_unique(town, matter):
    other = town.register()
    trips("number", update(other, number=matter.number))
    trips("token", update(other, token=matter.token))


def test_codes_are_unique(town):
    trips(
        "code",
        lambda: Category.objects.create(code="ZZ07", name="又一个", platform=town.platforms["ZZ"], major="x"),
    )
    trips("code", lambda: Channel.objects.create(code="grid", name="又一个"))


def test_one_reporter_a_matter(matter):
    Reporter.objects.create(matter=matter, name="甲")
    trips("reporter_pkey", lambda: Reporter.objects.bulk_create([Reporter(matter=matter, name="乙")]))


def part(matter, town, **of):
    return lambda: Participation.objects.create(matter=matter, since=town.now, **of)


def test_a_part_is_of_a_unit_or_of_a_person(town, matter):
    name = "participation_of_a_unit_or_a_person"
    trips(name, part(matter, town))
    trips(name, part(matter, town, department=town.room, person=town.desk))


def test_a_unit_and_a_person_take_part_once(town, matter):
    part(matter, town, department=town.room)()
    trips("unit_takes_part_once", part(matter, town, department=town.room))
    part(matter, town, person=town.desk)()
    trips("person_takes_part_once", part(matter, town, person=town.desk))


def rating(matter, town, **facts):
    return lambda: Rating.objects.create(
        **{"matter": matter, "round": 1, "solved": "yes", "at": town.now, **facts}
    )


@pytest.mark.parametrize("grade", [0, 6])
def test_a_grade_is_from_1_to_5(town, matter, grade):
    trips("grade_from_1_to_5", rating(matter, town, grade=grade))


def test_one_rating_a_round(town, matter):
    rating(matter, town, grade=5)()
    rating(matter, town, round=2)()
    trips("one_rating_a_round", rating(matter, town, grade=4))


def test_one_receipt_for_a_key(town):
    def receive():
        Receipt.objects.create(sender="client:1", key="abc", fingerprint="x", created_at=town.now)

    receive()
    trips("receipt_once", receive)
