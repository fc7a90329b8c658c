"""The broker only wakes; PostgreSQL alone carries the engine."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from dispatch.models import Node, Outbox
from govflow.celery import app
from organization import clock
from tests.dispatch.walking import lead

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
NOBODY_LISTENS = "redis://127.0.0.1:9/0"


def looping(command):
    """`manage.py <command> --loop` on the test database, with a broker that is not there."""
    server = connection.settings_dict
    login = server["USER"] + (f":{server['PASSWORD']}" if server["PASSWORD"] else "")
    url = f"postgresql://{login}@{server['HOST']}:{server['PORT']}/{server['NAME']}"
    env = os.environ | {"DATABASE_URL": url, "BROKER_URL": NOBODY_LISTENS, "CACHE_URL": NOBODY_LISTENS}
    return subprocess.Popen([sys.executable, "manage.py", command, "--loop"], cwd=ROOT, env=env)


def wait_until(true, seconds=60):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.3)
    return true()


def test_with_the_broker_dead_the_loop_sweeper_still_rings_within_a_minute(town):
    town.report("ZZ01", at=clock.now() - timedelta(days=40))
    sweeper = looping("sweep")
    try:
        assert wait_until(lambda: Node.objects.filter(rung__gt=0).exists())
    finally:
        sweeper.send_signal(signal.SIGTERM)
        assert sweeper.wait(10) == 0


def test_with_the_broker_dead_a_report_is_taken_dispatched_and_queued(town, monkeypatch):
    monkeypatch.setattr(app.conf, "broker_url", NOBODY_LISTENS)
    monkeypatch.setattr(app.conf, "broker_write_url", NOBODY_LISTENS)
    app.pool.force_close_all()
    matter = town.report("ZZ07", at=clock.now())
    assert lead(matter).status == "open"
    assert Outbox.objects.filter(matter=matter, state="ready").exists()
