"""A night of the National Day holiday, by REST alone: somebody who is really there is called until one answers."""

import datetime as dt

import pytest

from dispatch import outbox, recognition
from dispatch.choices import Medium
from dispatch.models import Outbox
from organization.models import Absence, DutyTurn
from tests.dispatch.walking import walk
from tests.town import at

pytestmark = pytest.mark.django_db

NIGHT = at("2026-10-01 02:00")
HALF_A_DAY = dt.timedelta(hours=12)


def after(minutes):
    return NIGHT + dt.timedelta(minutes=minutes)


@pytest.fixture
def rosters(town):
    """Of both command rooms; the district's head is on leave."""
    recognition.load_words()
    turns = [
        (town.room, town.sensitive_desk, "officer"),
        (town.centre, town.district_desk, "officer"),
        (town.centre, town.district_supervisor, "leader"),
    ]
    for unit, who, slot in turns:
        DutyTurn.objects.create(
            department=unit, person=who, slot=slot, phone=f"1410009{who.pk:04d}",
            from_at=NIGHT - HALF_A_DAY, to_at=NIGHT + HALF_A_DAY,
        )  # fmt: skip
    Absence.objects.create(person=town.district_head, from_at=NIGHT - HALF_A_DAY, to_at=NIGHT + HALF_A_DAY)


@pytest.fixture
def by_rest(hotline, town, town_now, rosters):
    """Reports the text at night, without a category; answers the number."""
    town_now.moment = NIGHT

    def reported(text):
        body = {"channel": "hotline", "text": text, "area": town.grid.code}
        answer = hotline.post("/matters", body)
        assert answer.status_code == 201, answer.json()
        assert (answer.json()["urgency"], answer.json()["status"]) == ("emergency", "reported")
        return answer.json()["number"]

    return reported


def called(person, until, town_now):
    """Media by which the person was called up to then, with the number that was dialled."""
    town_now.moment = until
    walk(until)
    outbox.relay(at=until)
    rows = Outbox.objects.filter(recipient=person, kind="ring", send_after__lte=until)
    return {(row.medium, row.phone) for row in rows}


@pytest.mark.parametrize("text", ["water main burst, cellars flooding", "自来水主管爆裂，地下室被淹"])
def test_a_named_officer_is_called_within_minutes_then_the_district_and_all_is_on_the_timeline(
    by_rest, as_person, town, town_now, text
):
    number = by_rest(text)
    phone = f"1410009{town.sensitive_desk.pk:04d}"
    assert called(town.sensitive_desk, after(1), town_now) == {(Medium.VOICE, phone), (Medium.SMS, phone)}
    assert called(town.district_desk, after(9), town_now) == set(), "nobody above is woken so early"

    district = f"1410009{town.district_desk.pk:04d}"
    assert (Medium.VOICE, district) in called(town.district_desk, after(10), town_now)
    assert (Medium.VOICE, f"1410009{town.district_supervisor.pk:04d}") in called(
        town.district_supervisor, after(20), town_now
    )
    assert not Outbox.objects.filter(recipient=town.district_head).exists(), (
        "whoever is on leave is never called"
    )

    desk = as_person("district_desk")
    node = desk.get(f"/matters/{number}").json()["nodes"][0]
    answer = desk.post(f"/nodes/{node['id']}/acknowledge", {"on_word_of": "sensitive_desk", "phone": phone})
    assert answer.status_code == 200, answer.json()
    assert (answer.json()["ring_at"], answer.json()["acknowledged_at"]) == (None, "2026-10-01T02:20:00+08:00")
    told = desk.get(f"/matters/{number}/timeline").json()
    rang = [entry for entry in told if entry["kind"] == "rang"]
    assert [entry["data"]["roles"][-1] for entry in rang] == ["duty", "duty_above", "duty_leader"]
    assert town.sensitive_desk.name in rang[0]["why"]
    answered = next(entry for entry in told if entry["kind"] == "acknowledged")
    assert (answered["actor"]["name"], answered["data"]["minutes"]) == (town.district_desk.name, 20)
    assert town.sensitive_desk.name in answered["why"]

    before = Outbox.objects.filter(kind="ring").count()
    walk(after(34))
    assert Outbox.objects.filter(kind="ring").count() == before, "an answer stops the calls"


def test_what_is_no_emergency_is_looked_at_once_and_waits(hotline, as_person, town, town_now, rosters):
    town_now.moment = NIGHT
    body = {"channel": "hotline", "text": "路口的树枝挡住了路灯", "area": town.grid.code}
    matter = hotline.post("/matters", body).json()
    asked = Outbox.objects.get(kind="look", medium=Medium.SMS)
    assert (asked.recipient, asked.send_after) == (town.sensitive_desk, NIGHT)
    town_now.moment = after(12)
    looked = as_person("sensitive_desk").post(f"/matters/{matter['number']}/look", {"emergency": False})
    assert looked.status_code == 200, looked.json()
    walk(at("2026-10-08 08:29"))
    kinds = {entry["kind"] for entry in as_person("desk").get(f"/matters/{matter['number']}/timeline").json()}
    assert kinds == {"reported", "trayed", "looked"}


def test_acknowledging_twice_or_from_elsewhere_is_refused_in_words(by_rest, as_person, town):
    number = by_rest("楼下起火了")
    desk = as_person("desk")
    node = desk.get(f"/matters/{number}").json()["nodes"][0]
    path = f"/nodes/{node['id']}/acknowledge"
    assert as_person("other_desk").post(path).status_code == 404
    assert as_person("grid_member").post(path).status_code == 403
    assert desk.post(path).status_code == 200
    again = desk.post(path)
    assert (again.status_code, again.json()["code"]) == (409, "not_ringing")
