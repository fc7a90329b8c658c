"""A report without a category outside office hours is looked at once, only to decide whether it can wait."""

import datetime as dt

import pytest

from dispatch import night, triage
from dispatch.models import Notice, Outbox
from matters.refusals import NotAllowed, Refused
from tests.dispatch.walking import kinds, lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

NIGHT = at("2026-10-01 02:00")


def after(minutes):
    return NIGHT + dt.timedelta(minutes=minutes)


@pytest.fixture
def matter(town):
    return town.report(None, text="楼下有怪味道说不清", channel="hotline", at=NIGHT)


def test_the_duty_officer_is_asked_at_once_and_has_thirty_minutes(town, matter):
    assert lead(matter).look_due_at == after(30)
    assert Notice.objects.filter(matter=matter, kind="look", person=town.desk).exists()
    asked = Outbox.objects.filter(matter=matter, kind="look")
    assert set(asked.values_list("send_after", flat=True)) == {NIGHT}
    opened = Outbox.objects.filter(matter=matter, kind="opened").values_list("send_after", flat=True)
    assert min(opened) >= at("2026-10-08 08:30"), "the rest waits for the working day"


def test_undecided_after_thirty_minutes_the_next_level_hears_of_it(town, matter):
    walk(after(30))
    entry = matter.entries.get(kind="look_missed")
    assert entry.at == after(30)
    told = {told["role"] for rung in lead(matter).rungs.filter(action="look_missed") for told in rung.tells}
    assert told == {"duty", "duty_above"}
    assert Notice.objects.filter(matter=matter, kind="look_missed", person=town.district_desk).exists()
    walk(after(300))
    assert kinds(matter, "look_missed", "sign_missed", "rang") == ["look_missed"], (
        "nothing else runs at night"
    )


def test_it_waits_for_the_working_day_and_its_clock_did_not_run(town, matter):
    before = lead(matter).due_at
    night.look(matter.pk, emergency=False, by=town.actor("desk"), at=after(10))
    walk(after(60))
    node = lead(matter)
    assert (node.look_due_at, node.due_at, node.status) == (None, before, "open")
    entry = matter.entries.get(kind="looked")
    assert entry.data["emergency"] is False
    assert entry.why == "可待工作日办理，10-08 08:30。"
    assert kinds(matter, "look_missed") == []


def test_an_emergency_is_routed_again_at_once_and_rings(town, matter):
    night.look(matter.pk, emergency=True, text="疑似燃气", by=town.actor("desk"), at=after(10))
    walk(after(10))
    matter.refresh_from_db()
    node = lead(matter)
    assert (matter.urgency, node.urgency, node.opened_at) == ("emergency", "emergency", after(10))
    assert kinds(matter, "looked", "rang") == ["looked", "rang"]


def test_accepting_it_is_a_look_as_well(town, matter):
    triage.accept(matter.pk, by=town.actor("desk"), at=after(5))
    walk(after(60))
    assert kinds(matter, "look_missed") == []


@pytest.mark.parametrize(
    "facts",
    [
        {"category": "ZZ07", "at": NIGHT},
        {"category": None, "text": "说不清楚的事情", "at": at("2026-06-15 10:00")},
        {"category": None, "text": "说不清楚的事情", "urgency": "emergency", "at": NIGHT},
    ],
)
def test_nobody_is_asked_for_what_has_a_category_comes_in_office_hours_or_rings(town, facts):
    assert lead(town.report(facts.pop("category"), **facts)).look_due_at is None


def test_it_is_decided_once(town, matter):
    night.look(matter.pk, emergency=False, by=town.actor("desk"), at=after(1))
    with pytest.raises(Refused) as refused:
        night.look(matter.pk, emergency=True, by=town.actor("desk"), at=after(2))
    assert refused.value.code == "nothing_to_look_at"


def test_what_was_corrected_at_night_has_been_looked_at(town, matter):
    triage.correct(matter.pk, area=town.sibling_grid, text="地点更正", by=town.actor("desk"), at=after(3))
    assert lead(matter).look_due_at is None


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("district_head", True),
        ("district_desk", True),
        ("other_desk", False),
        ("town_handler", False),
        ("grid_member", False),
    ],
)
def test_who_may_decide(town, matter, who, may):
    if may:
        night.look(matter.pk, emergency=True, by=town.actor(who), at=after(1))
        return
    with pytest.raises(NotAllowed):
        night.look(matter.pk, emergency=True, by=town.actor(who), at=after(1))
