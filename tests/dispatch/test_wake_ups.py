"""Waking the relay after commit: nobody waits for the broker, and a crowd of wake-ups is one."""

import threading
from types import SimpleNamespace

import pytest

from dispatch import receivers
from dispatch.models import Outbox
from dispatch.outbox import queued

LONG = 120  # seconds nothing here ever takes


class FrozenBroker:
    """Takes a wake-up and does not answer until it is thawed."""

    def __init__(self):
        self.thawed, self.called, self.threads = threading.Event(), threading.Semaphore(0), []

    def apply_async(self, **_):
        self.threads.append(threading.current_thread())
        self.called.release()
        if not self.thawed.wait(LONG):
            raise AssertionError("never thawed")


@pytest.fixture
def broker(monkeypatch):
    broker = FrozenBroker()
    monkeypatch.setattr(receivers, "relay", broker)
    monkeypatch.setattr(receivers, "_messenger", None)
    monkeypatch.setattr(receivers, "_asked", threading.Event())
    yield broker
    broker.thawed.set()


def test_a_wake_up_returns_while_the_broker_still_hangs(broker):
    queued.send_robust(Outbox)
    assert broker.called.acquire(timeout=LONG)
    assert threading.current_thread() not in broker.threads


def test_a_thousand_wake_ups_in_the_meantime_are_one_more(broker):
    queued.send_robust(Outbox)
    assert broker.called.acquire(timeout=LONG)
    for _ in range(1000):
        queued.send_robust(Outbox)
    broker.thawed.set()
    assert broker.called.acquire(timeout=LONG)
    assert len(broker.threads) == 2
    assert len(set(broker.threads)) == 1, "one thread, however many ask"


@pytest.mark.django_db(transaction=True)
def test_a_verb_commits_and_returns_though_the_broker_is_frozen(broker, town):
    matter = town.report("ZZ07")
    assert Outbox.objects.filter(matter=matter).exists()
    assert threading.current_thread() not in broker.threads


def test_after_a_fork_the_process_starts_a_messenger_of_its_own(broker, monkeypatch):
    gone = threading.Thread(target=lambda: None)
    gone.start()
    gone.join()
    monkeypatch.setattr(receivers, "_messenger", gone)
    queued.send_robust(Outbox)
    assert broker.called.acquire(timeout=LONG)


def test_a_broker_that_is_away_ends_no_messenger(monkeypatch, broker):
    answers, rests = iter([OSError("away"), RuntimeError("worse")]), []

    def fails(**_):
        broker.called.release()
        failure = next(answers, None)
        if failure:
            receivers._asked.set()
            raise failure

    monkeypatch.setattr(broker, "apply_async", fails)
    monkeypatch.setattr(receivers, "time", SimpleNamespace(sleep=rests.append))
    queued.send_robust(Outbox)
    assert [broker.called.acquire(timeout=LONG) for _ in range(3)] == [True] * 3
    assert rests == [receivers.LEAVE_IN_PEACE] * 2
