"""C10: gateways that hang, fail, vanish or lie. The other media are not delayed, and what goes out twice has one id."""

import threading

import pytest
from django.core import mail

from dispatch import endpoints, leases, outbox
from dispatch.channels import http
from dispatch.models import ChannelSetting, Endpoint, Outbox
from organization import clock
from tests.dispatch.gateways import gateway, listening, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def sink(settings):
    with listening(settings) as server:
        gateway(server.url)
        yield server


@pytest.fixture
def hanging(sink, monkeypatch):
    """Takes everything and answers nothing until the test is over; the sender's patience is short."""
    over = threading.Event()
    sink.answer = lambda _: (over.wait(120), (200, b"", {}))[1]
    monkeypatch.setattr(http, "TIMEOUT", 0.3)
    yield sink
    over.set()


def emergencies(town, count):
    matters = [town.report("ZZ13") for _ in range(count)]
    mail.outbox.clear()
    return matters


def states(medium):
    return set(Outbox.objects.filter(medium=medium).values_list("state", flat=True))


def test_a_gateway_that_hangs_delays_no_other_medium_and_is_left_alone_after_three_tries(town, hanging):
    emergencies(town, 3)
    assert Outbox.objects.filter(medium="sms").count() > 3
    outbox.relay(at=town.now)
    assert (states("email"), states("sms")) == ({"sent"}, {"ready"})
    assert len(hanging.got) == endpoints.FAILURES
    outbox.relay(at=town.now)
    assert len(hanging.got) == endpoints.FAILURES, "it is not asked while it is left alone"
    untried = Outbox.objects.filter(medium="sms", attempts=0, lease=None)
    assert untried.count() == Outbox.objects.filter(medium="sms").count() - endpoints.FAILURES


def test_when_it_is_asked_again_it_is_asked_with_one_message_and_then_with_all(town, sink):
    emergencies(town, 3)
    sink.answer = lambda _: (500, b"", {})
    outbox.relay(at=town.now)
    before = len(sink.got)
    Endpoint.objects.update(closed_until=clock.real_now())
    outbox.relay(at=town.now)
    assert len(sink.got) == before + 1
    sink.answer = lambda _: (200, b"", {})
    Endpoint.objects.update(closed_until=clock.real_now())
    assert outbox.relay(at=town.now, medium="sms") == 1
    Outbox.objects.update(retry_at=None)
    outbox.relay(at=town.now, medium="sms")
    assert states("sms") == {"sent"}
    assert Endpoint.objects.get(name="sms").failures == 0


def test_what_a_gateway_took_before_it_timed_out_comes_again_under_the_same_id(town, hanging):
    town.report("ZZ13")
    row = only("sms")
    outbox.relay(at=town.now)
    hanging.answer = lambda _: (200, b"", {})
    Outbox.objects.update(retry_at=None)
    outbox.relay(at=town.now)
    ids = [headers["Idempotency-Key"] for _, headers, _ in hanging.got]
    assert ids == [str(row.message_id)] * 2
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)


@pytest.mark.parametrize(
    ("answer", "state"),
    [((500, b"", {}), "ready"), ((429, b"", {}), "ready"), ((302, b"", {"Location": "http://127.0.0.1/"}), "ready"),
     ((410, b"", {}), "dead"), ((400, b"bad number", {}), "ready")],
)  # fmt: skip
def test_whatever_it_answers_mail_goes_out(town, sink, answer, state):
    emergencies(town, 1)
    sink.answer = lambda _: answer
    outbox.relay(at=town.now)
    assert states("email") == {"sent"}
    assert state in states("sms")
    assert ChannelSetting.objects.get().active == (answer[0] != 410)


def test_a_bad_number_does_not_close_the_gateway_for_the_others(town, sink):
    emergencies(town, 3)
    sink.answer = lambda _: (400, b"bad number", {})
    outbox.relay(at=town.now)
    assert len(sink.got) == Outbox.objects.filter(medium="sms").count()
    assert not Endpoint.objects.exists()


def test_a_refused_connection_is_a_failure_like_any_other(town, settings):
    settings.CHANNEL_ORIGINS = ["http://127.0.0.1:9"]
    gateway("http://127.0.0.1:9/")
    town.report("ZZ13")
    row = only("sms")
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert row.state == "ready"
    assert "refused" in row.error.lower()


def test_a_pass_stays_with_one_medium_for_a_limited_time_and_gives_the_rest_back(town, sink, monkeypatch):
    emergencies(town, 2)
    monkeypatch.setattr(outbox, "PATIENCE", -1.0)
    assert outbox.relay(at=town.now) == 0
    assert sink.got == []
    assert set(Outbox.objects.values_list("state", "lease", "attempts")) == {("ready", None, 0)}


def test_all_relays_together_hold_only_so_many_messages_of_one_medium(town, sink, monkeypatch):
    emergencies(town, 3)
    monkeypatch.setattr(leases, "IN_HAND", 2)
    assert len(leases.claim("sms", town.now, 50)) == 2
    assert leases.claim("sms", town.now, 50) == []
    assert leases.claim("email", town.now, 50) != []
