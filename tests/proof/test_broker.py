"""The broker dies, is emptied, falls silent: the loops go on, and the worker takes up its work again by itself (C3)."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection

from dispatch.models import Node, SweepHeartbeat
from ops import services, valkey
from organization import clock

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

ROOT = Path(__file__).resolve().parents[2]


class Hole(threading.Thread):
    """A broker behind a line that is half open: it takes every connection and every byte, and never answers."""

    def __init__(self):
        super().__init__(daemon=True)
        self.door = socket.create_server(("127.0.0.1", 0))
        self.url = f"redis://127.0.0.1:{self.door.getsockname()[1]}/0"
        self.held = []

    def run(self):
        while True:
            try:
                self.held.append(self.door.accept()[0])
            except OSError:
                return


def process(*argv, broker):
    server = connection.settings_dict
    login = server["USER"] + (f":{server['PASSWORD']}" if server["PASSWORD"] else "")
    url = f"postgresql://{login}@{server['HOST']}:{server['PORT']}/{server['NAME']}"
    env = os.environ | {"DATABASE_URL": url, "BROKER_URL": broker, "CACHE_URL": broker}
    return subprocess.Popen([sys.executable, *argv], cwd=ROOT, env=env)


def wait_until(true, seconds=90):
    end = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < end:
        time.sleep(0.3)
    return found


def ended(child):
    child.send_signal(signal.SIGTERM)
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def test_behind_a_half_open_line_the_loop_sweeper_still_rings(town):
    hole = Hole()
    hole.start()
    town.report("ZZ01", at=clock.now() - timedelta(days=40))
    sweeper = process("manage.py", "sweep", "--loop", broker=hole.url)
    try:
        assert wait_until(lambda: Node.objects.filter(rung__gt=0).exists())
    finally:
        ended(sweeper)
        hole.door.close()


class Broker:
    def __init__(self, folder):
        self.server = valkey.Valkey(folder, services.free_port(0), throw_away=True)
        self.start()

    @property
    def url(self):
        return f"{self.server.url}/0"

    def start(self):
        self.child = self.server.child()
        self.child.spawn()
        assert wait_until(self.server.is_ready)

    def kill(self):
        self.child.process.kill()
        self.child.process.wait()


def beats_after(moment):
    return SweepHeartbeat.objects.filter(name="celery", beat_at__gt=moment).exists()


def test_the_worker_consumes_again_after_kill_flush_and_freeze_without_a_restart(town, tmp_path):
    import redis

    broker = Broker(tmp_path)
    celery = ("-m", "celery", "--app", "govflow")
    worker = process(
        *celery, "worker", "--pool", "solo", "--without-mingle", "--without-gossip", broker=broker.url
    )
    beat = process(*celery, "beat", "--schedule", str(tmp_path / "beat"), "--pidfile=", broker=broker.url)
    try:
        assert wait_until(lambda: beats_after(clock.real_now() - timedelta(minutes=5)))
        for blow in ("kill", "flush", "freeze"):
            if blow == "kill":
                broker.kill()
                time.sleep(3)
                broker.start()
            elif blow == "flush":
                redis.Redis.from_url(broker.url).flushall()
            else:
                os.kill(broker.child.pid, signal.SIGSTOP)
                time.sleep(15)
                os.kill(broker.child.pid, signal.SIGCONT)
            again = clock.real_now()
            assert wait_until(lambda again=again: beats_after(again)), (
                f"after {blow} the worker does not sweep again"
            )
        assert worker.poll() is None
    finally:
        ended(beat)
        ended(worker)
        broker.kill()
