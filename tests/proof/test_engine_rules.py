"""Single rules of the engine, each in the one place where it would break: what the mutation gate leans on."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import escalation, handling, limits
from dispatch.models import Node, Notice, Outbox, Rung
from tests.dispatch.walking import lead, walk
from tests.town import NOW, at

pytestmark = pytest.mark.django_db


def next_alarm(node):
    node.refresh_from_db()
    return node.next_alarm_at


def test_an_alarm_read_before_it_rang_does_not_ring_again(town):
    node = lead(town.report("BM11"))
    timing = limits.timing(node.next_alarm_at)
    while next_alarm(node) <= timing.at:
        assert escalation.ring(node.pk, node.matter_id, timing)
    rung = node.rung
    assert not escalation.ring(node.pk, node.matter_id, timing), "another sweeper was here first"
    next_alarm(node)
    assert node.rung == rung == Rung.objects.filter(node=node).count()


def test_notice_and_message_are_in_the_transaction_of_their_cause(town):
    matter = town.report("ZF11")  # this test's transaction never commits
    assert Notice.objects.filter(matter=matter).exists()
    assert Outbox.objects.filter(matter=matter).exists()


def locks(work):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        work()
    found = [each["sql"] for each in queries if "FOR NO KEY UPDATE" in each["sql"]]
    return [
        "matter" if 'FROM "matters_matter"' in sql else "node"
        for sql in found
        if "dispatch_node" in sql or "matters_matter" in sql
    ]


def test_verbs_and_sweep_lock_the_matter_before_the_node(town):
    node = lead(town.report("ZF11"))
    by = town.actor("town_handler")
    assert locks(lambda: handling.sign(node.pk, by=by, at=NOW))[:2] == ["matter", "node"]
    assert locks(lambda: escalation.ring(node.pk, node.matter_id, limits.timing(next_alarm(node))))[:2] == [
        "matter",
        "node",
    ]


def test_a_rung_is_fired_at_the_moment_of_business(town):
    node = lead(town.report("BM11"))
    walk(at("2026-06-16 12:00"))
    rungs = Rung.objects.filter(node=node)
    assert rungs and all(rung.fired_at == rung.due_at == rung.planned_at for rung in rungs)


def test_a_rung_the_fence_refuses_is_counted_as_a_failure(town):
    node = lead(town.report("BM11"))
    assert escalation.ring(node.pk, node.matter_id, limits.timing(node.next_alarm_at))
    Node.objects.filter(pk=node.pk).update(rung=0)  # whoever set it back: the record knows better
    assert not escalation.ring(node.pk, node.matter_id, limits.timing(next_alarm(node)))
    node.refresh_from_db()
    assert node.failures == 1 and node.retry_at
    assert Rung.objects.filter(node=node).count() == 1


def test_nobody_is_kept_beside_themselves(town):
    """At the top the same room may take over from itself: then it keeps no second part."""
    node = lead(town.report("ZF11", about=town.centre))
    walk(at("2026-06-26 18:00"))
    held = [(each.department_id, each.kind) for each in node.matter.nodes.running()]
    assert len(held) == len(set(held)) > 0
    assert not node.matter.nodes.filter(failures__gt=0).exists()
