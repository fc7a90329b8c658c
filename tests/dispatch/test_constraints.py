"""Each rule of dispatching that the database itself holds, with the row that trips it."""

import datetime as dt
from pathlib import Path

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from dispatch.models import ChannelSetting, Escalation, Node, Outbox, Responsibility, Rung, TimePolicy
from tests.dispatch.walking import climb, lead
from tests.town import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(town):
    return town.report("ZZ07")


def trips(name, act):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        act()


def test_every_named_rule_of_this_room_is_tripped_in_this_folder():
    models = apps.get_app_config("dispatch").get_models()
    tests = "".join(file.read_text(encoding="utf-8") for file in Path(__file__).parent.glob("test_*.py"))
    rules = {rule.name for model in models for rule in model._meta.constraints}
    assert {rule for rule in rules if rule not in tests} == set()


@pytest.mark.parametrize("status", ["open", "signed"])
def test_a_running_step_has_an_alarm(matter, status):
    node = Node.objects.filter(pk=lead(matter).pk)
    trips("running_node_has_an_alarm_and_no_other", lambda: node.update(status=status, next_alarm_at=None))


@pytest.mark.parametrize("status", ["waiting", "handed_in", "sent_back", "escalated", "stopped"])
def test_any_other_step_has_none(matter, status):
    trips(
        "running_node_has_an_alarm_and_no_other",
        lambda: Node.objects.filter(pk=lead(matter).pk).update(status=status),
    )


def test_one_running_lead(town, matter):
    part = Node.objects.filter(matter=matter, part="assisting")
    trips("one_running_lead", lambda: part.update(part="lead"))


def test_a_unit_has_one_running_part(town, matter):
    part = Node.objects.filter(matter=matter, part="assisting")
    trips("a_unit_has_one_running_part", lambda: part.update(department=town.committee))
    Node.objects.filter(pk=lead(matter).pk).update(status="handed_in", next_alarm_at=None)
    part.update(department=town.committee)


def another(town, **changes):
    fields = [field.attname for field in Responsibility._meta.concrete_fields if not field.primary_key]
    facts = {name: getattr(town.lines["ZZ07"], name) for name in fields}
    return lambda: Responsibility.objects.create(**facts | changes)


def test_line_version_once(town):
    trips("line_version_once", another(town, area_id=town.town1.pk))


def draft(town, **changes):
    return another(town, version=2, state="draft", published_at=None, **changes)


def test_one_draft_of_a_line(town):
    draft(town, code="ZZ07-A")()
    trips("one_draft_of_a_line", draft(town, code="ZZ07-B"))


def test_only_a_published_line_says_when_it_was(town):
    trips("published_line_says_when", another(town, version=2, state="draft"))
    line = Responsibility.objects.filter(code="ZZ07")
    trips("published_line_says_when", lambda: line.update(published_at=None))


def test_a_second_person_reviews(town):
    one = town.administrator
    trips("a_second_person_reviews", draft(town, drafted_by_id=one.pk, reviewed_by_id=one.pk))


def test_one_line_in_force_for_a_category_and_an_area(town):
    trips("one_line_in_force", another(town, code="ZZ07-B", effective_from=dt.date(2026, 7, 1)))
    another(town, code="ZZ07-B", area_id=town.town1.pk)()
    Responsibility.objects.filter(code="ZZ07").update(effective_to=dt.date(2026, 7, 1))
    another(town, version=2, effective_from=dt.date(2026, 7, 1))()
    trips(
        "one_line_in_force",
        another(town, version=3, effective_from=dt.date(2026, 6, 30), effective_to=dt.date(2026, 7, 2)),
    )


@pytest.mark.parametrize("level", ["grid", "village", "town"])
def test_what_was_taken_back_is_never_led_by_a_town(town, level):
    line = Responsibility.objects.filter(code="JG06")
    trips("reclaimed_is_never_led_by_a_town", lambda: line.update(lead_level=level))


def test_a_line_ends_after_it_begins(town):
    line = Responsibility.objects.filter(code="ZZ07")
    trips(
        "line_ends_after_it_begins|range lower bound", lambda: line.update(effective_to=dt.date(2026, 1, 1))
    )


def rung(node, entry, **facts):
    facts = {"number": 1, "action": "remind", "turn": 1} | facts
    moment = at("2026-06-16 12:00")
    return lambda: Rung.objects.create(
        node=node, entry=entry, planned_at=moment, due_at=moment, fired_at=moment, **facts
    )


def test_a_rung_and_an_action_ring_once(matter):
    node, entry = lead(matter), matter.entries.latest("seq")
    rung(node, entry)()
    trips("rung_once", rung(node, entry, action="warn"))
    trips("action_once", rung(node, entry, number=2))
    rung(node, entry, number=2, action="urge", turn=2)()
    rung(node, entry, number=3, action="urge", turn=3)()


def test_a_step_is_handed_up_once_and_a_rung_hands_up_once(matter):
    hand = climb(lead(matter))
    facts = {"successor": hand.successor, "from_level": "village", "to_level": "town", "at": hand.at}
    trips(
        "dispatch_escalation_node_id", lambda: Escalation.objects.create(node=hand.node, rung=None, **facts)
    )
    trips(
        "dispatch_escalation_rung_id",
        lambda: Escalation.objects.create(node=hand.successor, rung=hand.rung, **facts),
    )


def test_one_policy_a_day(town):
    policy = TimePolicy.objects.get()
    policy.pk = None
    trips("effective_from", lambda: policy.save(force_insert=True))


def test_a_message_has_one_key_and_one_id(matter):
    row = Outbox.objects.filter(matter=matter).first()
    key = row.key
    row.pk, row.key = None, f"{key}:other"
    trips("message_id", lambda: row.save(force_insert=True))


def test_a_message_goes_to_a_person_or_by_robot_to_a_unit(matter):
    trips(
        "message_goes_to_a_person_or_by_robot_to_a_unit",
        lambda: Outbox.objects.filter(matter=matter).update(medium="robot"),
    )


def gateway(medium, unit=None):
    return ChannelSetting.objects.create(medium=medium, unit=unit, url="https://gw.example/", body={})


def test_one_gateway_for_a_medium_and_one_robot_for_a_unit(town):
    gateway("sms")
    trips("one_gateway_for_a_medium", lambda: gateway("sms"))
    gateway("robot", town.room)
    trips("one_robot_for_a_unit", lambda: gateway("robot", town.room))


def test_a_robot_is_a_units_and_no_other_gateway(town):
    trips("a_robot_is_a_units_and_no_other_gateway", lambda: gateway("robot"))
    trips("a_robot_is_a_units_and_no_other_gateway", lambda: gateway("voice", town.room))
