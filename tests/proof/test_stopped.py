"""A sweeper that sleeps between effect and COMMIT does not keep the matter: the server lets go, another rings (C7)."""

import os
import signal
import time

import pytest
from django.db import connection

from dispatch import escalation
from dispatch.models import Node, Rung
from tests.dispatch.processes import in_child, wait
from tests.dispatch.walking import lead
from tests.town import NOW

#: The way up to the rung is left out: the step says what has fired without having fired it.
SHORTENED = ("what a node says has fired is on record",)

pytestmark = pytest.mark.django_db(transaction=True)


def asleep_before_commit(node, at):
    """A sweeper process that stopped itself when everything was written and nothing committed; returns its pid."""

    slept = []

    def crash(number, sql, when):
        if sql == "COMMIT" and when == "before" and not slept:
            slept.append(number)
            os.kill(os.getpid(), signal.SIGSTOP)
        return False

    pid = in_child(lambda: escalation.sweep(at=at), crash=crash)
    _, status = os.waitpid(pid, os.WUNTRACED)
    assert os.WIFSTOPPED(status)
    return pid


def patience():
    """How long a sweeper may be silent in a transaction, as its own connection says (seconds)."""
    escalation.sweep(at=NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setting::int / 1000 FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'"
        )
        return cursor.fetchone()[0]


def test_the_server_waits_ten_seconds_for_a_silent_sweeper_no_longer(town):
    assert 0 < patience() <= 10


def ends_the_idle():
    """What the server does by itself after that time, at once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
        )
        return cursor.rowcount


def rings_once(node, at, let_go):
    pid = asleep_before_commit(node, at)
    try:
        assert escalation.sweep(at=at) == 0, "the sleeper holds the matter; nobody waits for it"
        assert Rung.objects.filter(node=node).count() == 0
        let_go()
        assert escalation.sweep(at=at) == 1, "another sweeper rings it"
    finally:
        os.kill(pid, signal.SIGCONT)
    assert wait(pid) == [0], "whoever wakes up has lost its transaction, says so in the log, and goes on"
    assert Rung.objects.filter(node=node).count() == 1
    assert node.matter.entries.filter(kind="reminded").count() == 1
    node.refresh_from_db()
    assert node.rung == 1


def reminder_due(town):
    node = lead(town.report("BM11"))
    Node.objects.filter(pk=node.pk).update(
        fired=["sign_missed", "response_missed", "return_lapsed"],
        next_alarm_at=node.remind_at,
        next_action="remind",
    )
    return node


def test_the_rung_of_a_sleeper_is_rung_by_another_once(town, all_holds):
    node = reminder_due(town)
    rings_once(node, node.remind_at, ends_the_idle)


@pytest.mark.long
def test_the_server_lets_go_by_itself(town):
    node = reminder_due(town)
    rings_once(node, node.remind_at, lambda: time.sleep(patience() + 2))
