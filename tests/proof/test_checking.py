"""The checks themselves: silent on a sound district, and loud on each single thing that is made wrong in it."""

from datetime import timedelta

import pytest
from django.db import connection, transaction

from dispatch import handling
from ops.chaos import checking
from tests.dispatch.walking import lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

# what is wrong, in one statement -> the check that must say so
WRONGS = {
    "DELETE FROM dispatch_rung WHERE number = 2": "the rungs of a node are contiguous",
    "UPDATE dispatch_rung SET number = number + 7 WHERE number = 1": "the rungs of a node are contiguous",
    "UPDATE dispatch_node SET fired = array_append(fired, 'urged_in_vain')": "what a node says has fired is on record",
    "UPDATE dispatch_node SET fired = '{}' WHERE rung > 0": "what is on record the node knows",
    "UPDATE dispatch_rung SET entry_id = (SELECT max(id) FROM matters_entry)": "a rung has an entry of its own matter",
    "DELETE FROM dispatch_escalation": "a node handed up has its escalation, and no other",
    "UPDATE dispatch_rung SET fired_at = due_at - interval '1 second'": "no rung fires before its moment",
    "DELETE FROM dispatch_notice WHERE kind = 'remind'": "whoever a rung says was told has a notice",
    "UPDATE dispatch_outbox SET state = 'sent'": "a sent message says when",
    "UPDATE matters_matter SET entry_count = entry_count + 1": "the timeline has no gap",
    "UPDATE matters_matter SET head = 'another'": "the chain of every matter is whole",
    "UPDATE matters_matter SET due_at = due_at + interval '1 day'": "a dispatched matter is due when its lead is",
    "UPDATE matters_matter SET responsible_id = (SELECT max(id) FROM organization_department)":
        "a matter sits with its running lead",
    "UPDATE matters_matter SET escalated_level = NULL": "a matter handed up says so",
    "UPDATE dispatch_node SET status = 'stopped', next_alarm_at = NULL WHERE part = 'lead'":
        "an open matter has a running node",
    "UPDATE matters_matter SET status = 'declined'": "an ended matter has no running node",
    "UPDATE dispatch_node SET part = 'assisting'": "an open matter has exactly one running lead",
}  # fmt: skip


@pytest.fixture
def lived(town):
    """A matter handed up to the town, one fresh, one handed in."""
    town.report("BM11")
    walk(at("2026-06-18 18:00"))
    town.report("ZZ01", at=at("2026-06-19 09:00"))
    done = lead(town.report("ZF11", at=at("2026-06-19 09:00")))
    handling.hand_in(done.pk, text="已拆除", by=town.actor("town_handler"), at=at("2026-06-19 09:30"))
    return town


def breaches():
    with connection.cursor() as cursor:
        return checking.breaches(cursor)


def told_of(*statements):
    """Which checks speak after these changes, which are then taken back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for statement in statements:
                cursor.execute(statement)
            touched, told = cursor.rowcount, breaches()
        transaction.set_rollback(True)
    assert touched, f"nothing was made wrong by {statements[-1]}"
    return told.keys()


def test_each_wrong_is_told_and_nothing_without_it(lived):
    assert breaches() == {}
    assert [wrong for wrong, check in WRONGS.items() if check not in told_of(wrong)] == []


def test_a_word_of_the_timeline_that_was_changed_breaks_the_chain(lived):
    told = told_of(
        "ALTER TABLE matters_entry DISABLE TRIGGER USER",
        "UPDATE matters_entry SET text = 'nothing' WHERE seq = 1",
    )
    assert "the chain of every matter is whole" in told


def test_a_rung_rung_twice_is_told_where_the_constraint_is_gone(lived):
    columns = "node_id, number, action, turn, planned_at, due_at, fired_at, tells, skipped, late_by, cause, entry_id"
    told = told_of(
        *(f"ALTER TABLE dispatch_rung DROP CONSTRAINT {name}" for name in ("rung_once", "action_once")),
        f"INSERT INTO dispatch_rung ({columns}) SELECT {columns} FROM dispatch_rung WHERE number = 1",
    )
    assert {"an action fires once", "a rung fires once", "no two rungs share an entry"} <= told


def test_a_moment_that_passed_in_silence_is_told(lived):
    node = lead(lived.report("ZZ01", at=at("2026-06-19 10:00")))
    with connection.cursor() as cursor:
        assert not [row for row in checking.passed_in_silence(cursor, node.remind_at) if row.startswith(f"{node.pk} ")
                    and "remind" in row]  # fmt: skip
        late = checking.passed_in_silence(cursor, node.remind_at + timedelta(minutes=2))
    assert any(row.startswith(f"{node.pk} remind") for row in late)
