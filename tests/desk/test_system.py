"""The check page: for administrators only, and right about what is wrong."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from audit import running
from audit.models import AuditRun
from dispatch.breaker_rows import Breaker
from dispatch.choices import BreakerState
from dispatch.models import Node, SweepHeartbeat
from organization import clock
from tests.dispatch.walking import lead

pytestmark = pytest.mark.django_db

EN = {"HTTP_ACCEPT_LANGUAGE": "en"}


@pytest.fixture
def page(client, town, monkeypatch, settings, tmp_path):
    monkeypatch.setattr("audit.broker.ping", lambda: "")
    settings.ANCHORS = tmp_path
    client.force_login(town.administrator)
    return lambda: client.get("/system/", **EN)


def state(answer, title):
    return next(each for each in answer.context["checks"] if each.title == title)


def break_down(town):
    """A step that failed eight times."""
    node = lead(town.report("ZZ07"))
    Node.objects.filter(pk=node.pk).update(
        failures=8, retry_at=clock.real_now(), trouble="RuntimeError: bad data"
    )
    return node


@pytest.mark.parametrize("who", ["desk", "district_supervisor", "auditor", "town_head"])
def test_it_is_for_administrators(client, town, who):
    client.force_login(getattr(town, who))
    answer = client.get("/system/", **EN)
    assert answer.status_code == 403
    assert "for administrators" in answer.content.decode()
    assert client.post("/system/steps/1/again/", **EN).status_code == 403


def test_whoever_is_not_signed_in_is_asked_to(client, town):
    assert client.get("/system/").status_code == 302


def test_a_platform_that_never_ran_says_what_to_start(page):
    answer = page()
    assert answer.status_code == 200
    assert answer.context["worst"] == "bad"
    assert state(answer, "Sweeper").says == "Has never run"
    assert "manage.py sweep --loop" in answer.content.decode()


def test_a_running_sweeper_is_well_and_a_silent_one_is_not(page):
    SweepHeartbeat.objects.create(name="loop", beat_at=clock.real_now(), fired=0)
    assert state(page(), "Sweeper").state == "ok"
    SweepHeartbeat.objects.update(beat_at="2026-01-01T00:00:00Z")
    silent = state(page(), "Sweeper")
    assert silent.state == "bad" and silent.since.year == 2026


def test_a_late_alarm_is_shown_since_when(page, town):
    node = lead(town.report("ZZ07"))
    late = state(page(), "Alarms that are due")
    assert late.state == "bad"
    assert late.since == Node.objects.filter(matter=node.matter).earliest("next_alarm_at").next_alarm_at


def test_a_stuck_step_is_shown_with_its_reason_and_can_be_tried_again(page, client, town):
    node = break_down(town)
    answer = page()
    text = answer.content.decode()
    assert state(answer, "Steps that cannot ring").state == "bad"
    assert "RuntimeError: bad data" in text and node.matter.number in text
    assert node.matter.title not in text, "an administrator sees no matters"
    done = client.post(f"/system/steps/{node.pk}/again/", follow=True, **EN)
    assert "It is tried again within seconds" in done.content.decode()
    node.refresh_from_db()
    assert node.retry_at is None


def test_a_step_that_no_longer_waits_is_said_to(page, client, town):
    done = client.post("/system/steps/999/again/", follow=True, **EN)
    assert "This step no longer waits" in done.content.decode()


def test_the_breaches_of_the_last_audit_are_there(page):
    AuditRun.objects.create(
        at="2026-01-01T00:00:00Z", seconds=1, breaches=1, lines=["some_rule: 2026-00001: is wrong"]
    )
    answer = page()
    assert state(answer, "Audit").state == "bad"
    assert "some_rule: 2026-00001: is wrong" in answer.content.decode()
    running.keep(running.look(rules=[]))
    assert state(page(), "Audit").state == "ok"


def test_the_calendar_is_looked_at_sixty_days_ahead(page, town, monkeypatch):
    from datetime import date

    from audit import vitals

    monkeypatch.setattr(vitals, "_confirmed_until", lambda years, today: date(2100, 12, 31))
    assert state(page(), "Working calendar").state == "ok"
    monkeypatch.setattr(vitals, "_confirmed_until", lambda years, today: today)
    assert state(page(), "Working calendar").state == "bad"


@pytest.mark.parametrize(
    ("years", "until"), [([2026], "2026-12-31"), ([2026, 2027], "2027-12-31"), ([2027], None), ([], None)]
)
def test_the_calendar_is_confirmed_as_far_as_no_year_is_missing(years, until):
    from datetime import date

    from audit import vitals

    found = vitals._confirmed_until(years, date(2026, 6, 15))
    assert (found and found.isoformat()) == until


def test_administrators_find_it_in_their_menu(client, town):
    client.force_login(town.administrator)
    assert 'href="/system/"' in client.get("/me/").content.decode()
    client.force_login(town.desk)
    assert 'href="/system/"' not in client.get("/me/").content.decode()


def test_a_page_of_many_stuck_steps_asks_no_more_than_one_of_few(page, town):
    asked = []
    for _ in range(2):
        for _ in range(3):
            break_down(town)
        page()
        with CaptureQueriesContext(connection) as queries:
            page()
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_a_breaker_that_holds_is_a_sign(page):
    assert state(page(), "Breaker").state == "ok"
    Breaker.objects.update_or_create(
        pk=1, defaults={"state": BreakerState.HOLDING, "since": clock.real_now()}
    )
    assert state(page(), "Breaker").state == "bad"
