"""/healthz, /readyz, /metrics, and what a page says while the database is away."""

import re

import pytest
from django.db import InterfaceError, OperationalError

from audit.models import AuditRun
from dispatch.models import SweepHeartbeat
from govflow import health
from organization import clock

pytestmark = pytest.mark.django_db


def beat(name="loop"):
    SweepHeartbeat.objects.create(name=name, beat_at=clock.real_now(), fired=3)


def away(monkeypatch, error):
    def fails(*_args, **_kwargs):
        raise error

    monkeypatch.setattr("organization.clock.now", fails)


def test_a_living_process_says_so_without_a_database(client, monkeypatch):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_readiness_names_each_reason(client, settings, monkeypatch):
    settings.BROKER_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {
        "status": "unavailable",
        "reasons": {"broker": "does not answer: ConnectionError", "sweep": "no sweep has run"},
    }


def test_a_relay_is_no_sweeper(client, monkeypatch):
    monkeypatch.setattr("audit.broker.ping", lambda: "")
    beat("relay")
    assert client.get("/readyz").json()["reasons"] == {"sweep": "no sweep has run"}
    beat("loop")
    assert client.get("/readyz").json() == {"status": "ok", "reasons": {}}


def test_a_sweep_long_ago_is_a_reason(client, monkeypatch):
    monkeypatch.setattr("audit.broker.ping", lambda: "")
    SweepHeartbeat.objects.create(name="loop", beat_at="2020-01-01T00:00:00Z")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert re.fullmatch(r"last sweep \d+ s ago, limit 60 s", answer.json()["reasons"]["sweep"])


def figures(client, **headers):
    text = client.get("/metrics", **headers).content.decode()
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in text.splitlines()
        if not line.startswith("#")
    }


def test_the_figures_of_a_district(client, town, monkeypatch):
    monkeypatch.setattr("audit.broker.ping", lambda: "")
    beat("loop")
    matter = town.report("ZZ07")
    matter.nodes.filter(part="assisting").update(failures=9)
    AuditRun.objects.create(at=clock.real_now(), seconds=1, breaches=2)
    found = figures(client)
    assert found["govflow_database_up"] == found["govflow_broker_up"] == 1
    assert found["govflow_matters_open"] == 1
    assert found["govflow_alarms_due"] == 1, "its moment, in June 2026, has passed"
    assert found["govflow_alarm_oldest_seconds"] > 0
    assert found["govflow_steps_stuck"] == 1
    assert found["govflow_outbox_ready"] > 0
    assert found["govflow_outbox_dead"] == 0
    assert found["govflow_audit_breaches"] == 2
    assert found['govflow_sweep_age_seconds{name="loop"}'] >= 0


def test_every_figure_has_its_help(client, town):
    text = client.get("/metrics").content.decode()
    named = set(re.findall(r"^(govflow_\w+)", text, re.M)) - {
        "govflow_database_up",
        "govflow_database_seconds",
        "govflow_broker_up",
    }
    assert named <= set(re.findall(r"^# HELP (\w+)", text, re.M))


def test_strangers_read_no_figures(client, settings):
    assert client.get("/metrics", HTTP_X_FORWARDED_FOR="1.2.3.4").status_code == 404
    assert client.get("/metrics", REMOTE_ADDR="10.0.0.7").status_code == 404
    settings.METRICS_TOKEN = "token-of-the-monitor"
    assert client.get("/metrics").status_code == 404
    wanted = {"HTTP_AUTHORIZATION": "Bearer token-of-the-monitor", "REMOTE_ADDR": "10.0.0.7"}
    assert client.get("/metrics", **wanted).status_code == 200


def test_figures_are_given_while_the_database_is_away(client, monkeypatch):
    def fails():
        raise OperationalError("gone")

    monkeypatch.setattr(health.vitals, "read", fails)
    assert figures(client)["govflow_database_up"] == 0


@pytest.mark.parametrize("error", [OperationalError("connection refused"), InterfaceError("closed")])
@pytest.mark.parametrize("address", ["/", "/me/", "/matters/"])
def test_a_page_says_503_while_the_database_is_away(client, town, monkeypatch, error, address):
    client.force_login(town.desk)
    client.raise_request_exception = False
    away(monkeypatch, error)
    answer = client.get(address, HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "5"
    assert "The platform cannot answer at the moment" in answer.content.decode()


def test_a_busy_row_is_said_to_be_busy(client, town, monkeypatch):
    client.force_login(town.desk)
    client.raise_request_exception = False
    error = OperationalError("lock timeout")
    error.__cause__ = type("Cause", (Exception,), {"pgcode": "55P03"})()
    away(monkeypatch, error)
    answer = client.get("/", HTTP_ACCEPT_LANGUAGE="en")
    assert answer.status_code == 409
    assert "Somebody else is changing this right now" in answer.content.decode()


def test_any_other_failure_stays_one(client, town, monkeypatch):
    client.force_login(town.desk)
    client.raise_request_exception = False
    away(monkeypatch, RuntimeError("a bug"))
    assert client.get("/").status_code == 500
