"""Mass data: the same shape and the same chain as the verbs write."""

import pytest

from audit import running
from audit.rules import RULES
from demo.seeding import district
from demo.seeding.mass import Mass
from dispatch.models import Node
from matters import timeline
from matters.choices import Status
from matters.models import Entry, Matter, Participation
from organization import clock

pytestmark = pytest.mark.django_db

COUNT = 300


@pytest.fixture
def loaded():
    district.plant("govflow-demo")
    now = clock.now()
    Mass(now).load(COUNT)
    return now


def test_mass_data_is_sound(loaded):
    matters = list(Matter.objects.order_by("pk"))
    assert len(matters) == COUNT
    assert [fault for matter in matters for fault in timeline.breaks(matter)] == []
    closed = sum(matter.status == Status.CLOSED for matter in matters)
    assert 0.75 < closed / COUNT < 0.95
    assert not Node.objects.alarm_due(loaded).exists()
    assert not Entry.objects.filter(at__gt=loaded).exists()
    taken = Node.objects.running().values("matter")
    assert not Matter.objects.open().exclude(pk__in=taken).exists()
    handled = Node.objects.values("matter").distinct().count()
    assert Participation.objects.values("matter").distinct().count() == handled
    number = matters[-1].number
    assert Matter.objects.containing(number).filter(number=number).exists()


def test_mass_data_breaks_no_rule(loaded):
    """Of time that runs on while the test does, nothing is asked."""
    rules = [rule for rule in RULES if rule.name != "nothing_waits_past_its_moment"]
    assert running.look(rules=rules).lines() == []


def test_a_second_load_goes_on_where_the_first_ended(loaded):
    Mass(loaded).load(5)
    assert Matter.objects.count() == COUNT + 5
    serials = [int(number[5:]) for number in Matter.objects.order_by("pk").values_list("number", flat=True)]
    assert serials == list(range(serials[0], serials[0] + COUNT + 5))
