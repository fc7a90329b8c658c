"""The breaker's page: for administrators only; it counts what is held and names no matter."""

from datetime import timedelta

import pytest

from dispatch import breaker, clock_guard, escalation
from dispatch.breaker_rows import Breaker, BreakerEvent
from organization import clock
from tests.dispatch.herds import herd

pytestmark = pytest.mark.django_db
PAGE = "/system/breaker/"


@pytest.fixture
def held(town, monkeypatch):
    monkeypatch.setattr(breaker, "LEAST", 10)
    monkeypatch.setattr(clock_guard, "_last", None)
    now = clock.now()
    escalation.sweep(at=now - timedelta(seconds=20))
    herd(town, 12, lambda n: (None, None, None, None, now - timedelta(seconds=10), now + timedelta(days=3)))
    escalation.sweep(at=now)
    return town


def test_it_shows_what_is_held_without_a_matters_number(held, client):
    client.force_login(held.administrator)
    page = client.get(PAGE).content.decode()
    assert "重要动作暂缓" in page and "12 项动作被暂缓" in page
    assert "X-00000" not in page


def test_everybody_else_is_told_whose_page_it_is(held, client):
    client.force_login(held.district_desk)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"deed": "release", "why": "着急"}).status_code == 403
    assert Breaker.objects.get().state == "holding"


def test_letting_go_needs_a_reason_and_is_recorded(held, client):
    client.force_login(held.administrator)
    assert "请" in client.post(PAGE, {"deed": "release", "why": ""}).content.decode()
    assert Breaker.objects.get().state == "holding"
    assert client.post(PAGE, {"deed": "release", "why": "日历是对的"}).status_code == 302
    assert Breaker.objects.get().state == "closed"
    assert BreakerEvent.objects.latest("pk").person == held.administrator
    assert client.post(PAGE, {"deed": "release", "why": "再来一次"}).status_code == 409


def test_holding_on_is_one_choice(held, client):
    client.force_login(held.administrator)
    client.post(PAGE, {"deed": "abort", "why": "导入有误"})
    assert Breaker.objects.get().state == "stopped"
