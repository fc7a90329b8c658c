"""Two sweepers, ten sweepers, a killed sweeper: each rung fires exactly once in the record."""

import random

import pytest
from django.db import IntegrityError, connection, transaction

from dispatch import effects, escalation, limits
from dispatch.models import Node, Notice, Outbox, Rung
from matters import timeline
from matters.models import Entry, Matter, new_salt, new_token
from tests.dispatch.processes import in_child, wait
from tests.dispatch.walking import lead
from tests.town import at

pytestmark = pytest.mark.django_db(transaction=True)

REMINDING = at("2026-06-16 15:00")


def many(town, count):
    """`count` copies of one dispatched matter, each with its lead node, its reminder due at REMINDING."""
    pattern = town.report("ZZ07")
    node = lead(pattern)
    pattern.nodes.exclude(pk=node.pk).update(status="stopped", next_alarm_at=None, next_action="")
    Node.objects.filter(pk=node.pk).update(
        fired=["sign_missed", "response_missed", "return_lapsed"],
        rung=0,
        next_alarm_at=REMINDING,
        next_action="remind",
        remind_at=REMINDING,
    )
    node.refresh_from_db()
    matters = [
        _copy(pattern, number=f"X-{n:05d}", token=new_token(), salt=new_salt(), entry_count=0, head="")
        for n in range(count)
    ]
    Matter.objects.bulk_create(matters)
    Node.objects.bulk_create(_copy(node, matter=matter) for matter in matters)
    Node.objects.filter(pk=node.pk).update(status="stopped", next_alarm_at=None, next_action="")
    return matters


def _copy(row, **changes):
    fresh = type(row)(
        **{
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if not field.primary_key
        }
    )
    for name, value in changes.items():
        setattr(fresh, name, value)
    return fresh


def sweep_all(when):
    while escalation.sweep(at=when):
        pass


def test_two_processes_ring_one_node_once(town):
    [matter] = many(town, 1)
    codes = wait(*[in_child(lambda: sweep_all(REMINDING)) for _ in range(2)])

    assert codes == [0, 0]
    assert Rung.objects.filter(node__matter=matter).count() == 1
    assert matter.entries.filter(kind="reminded").count() == 1


def test_six_sweepers_ring_two_thousand_alarms_once_each(town):
    matters = many(town, 2000)
    codes = wait(*[in_child(lambda: sweep_all(REMINDING)) for _ in range(6)])
    sweep_all(REMINDING)

    assert set(codes) == {0}
    assert Rung.objects.count() == 2000
    assert Entry.objects.filter(kind="reminded").count() == 2000
    assert (
        Notice.objects.filter(kind="remind").values("matter", "person").distinct().count()
        == Notice.objects.filter(kind="remind").count()
    )
    assert not any(
        timeline.breaks(Matter.objects.get(pk=matter.pk)) for matter in random.Random(7).sample(matters, 40)
    )


def statements_of_a_hand_up(town):
    node = lead(town.report("ZZ01"))
    _ready_to_climb(node)
    with _counted() as queries:
        assert escalation.ring(node.pk, node.matter_id, limits.timing(node.escalate_at))
    return len(queries)


def _ready_to_climb(node):
    Node.objects.filter(pk=node.pk).update(
        fired=["sign_missed", "response_missed", "return_lapsed", "remind", "warn"],
        rung=5,
        next_alarm_at=node.escalate_at,
        next_action="escalate",
    )


def _counted():
    from django.test.utils import CaptureQueriesContext

    return CaptureQueriesContext(connection)


def test_a_sweeper_killed_at_any_statement_of_a_hand_up_leaves_nothing_or_everything(town):
    count = statements_of_a_hand_up(town)
    assert count > 10
    for place in range(1, count + 2):
        for side in ("before", "after"):
            node = lead(town.report("ZZ01"))
            _ready_to_climb(node)
            entries = node.matter.entries.count()

            def dies(number, sql, where, place=place, side=side):
                return where == side and (
                    number == place or (place > number and sql == "COMMIT" and place == count + 1)
                )

            wait(
                in_child(
                    lambda node=node: escalation.ring(
                        node.pk, node.matter_id, limits.timing(node.escalate_at)
                    ),
                    crash=dies,
                )
            )
            escaped = Rung.objects.filter(node=node).count()
            assert node.matter.entries.count() == entries + escaped, "effect and entry together or not at all"
            if not escaped:
                assert escalation.ring(node.pk, node.matter_id, limits.timing(node.escalate_at))
            assert not escalation.ring(node.pk, node.matter_id, limits.timing(node.escalate_at))
            _whole(node)


def _whole(node):
    node.refresh_from_db()
    assert node.status == "escalated"
    assert Rung.objects.filter(node=node).count() == 1
    assert Node.objects.filter(matter=node.matter_id, part="lead", status__in=["open", "signed"]).count() == 1
    assert node.matter.entries.filter(kind="escalated").count() == 1
    assert timeline.breaks(Matter.objects.get(pk=node.matter_id)) == []
    keys = list(Outbox.objects.filter(matter=node.matter_id).values_list("key", flat=True))
    assert len(keys) == len(set(keys))


def test_a_matter_busy_elsewhere_is_left_for_the_next_pass(town):
    [matter] = many(town, 1)
    with transaction.atomic():
        Matter.objects.select_for_update(no_key=True).get(pk=matter.pk)
        other = in_child_count(lambda: escalation.sweep(at=REMINDING))
    assert other == [0]
    assert Rung.objects.count() == 0
    assert escalation.sweep(at=REMINDING) == 1


def in_child_count(work):
    """Fork inside an open transaction: the child must not touch the parent's connection."""
    import os

    from django.db import connections

    pid = os.fork()
    if not pid:
        for each in connections.all():
            each.connection, each.in_atomic_block, each.savepoint_ids, each.atomic_blocks = (
                None,
                False,
                [],
                [],
            )
        work()
        os._exit(0)
    return wait(pid)


def test_a_poisoned_node_never_stops_the_rest(town, monkeypatch):
    matters = many(town, 5)
    poisoned = lead(matters[2])
    honest = effects.remind

    def fails(matter, node, *rest):
        if node.pk == poisoned.pk:
            raise RuntimeError("bad data")
        return honest(matter, node, *rest)

    monkeypatch.setattr(effects, "remind", fails)
    assert escalation.sweep(at=REMINDING) == 4
    poisoned.refresh_from_db()
    assert (poisoned.failures, poisoned.rung) == (1, 0)
    assert poisoned.next_alarm_at == REMINDING, "it is still due, and tried again after a while"

    monkeypatch.setattr(effects, "remind", honest)
    Node.objects.filter(pk=poisoned.pk).update(retry_at=None)
    assert escalation.sweep(at=REMINDING) == 1


def test_the_database_itself_refuses_a_second_firing_of_a_rung(town):
    [matter] = many(town, 1)
    escalation.sweep(at=REMINDING)
    rung = Rung.objects.get()
    with pytest.raises(IntegrityError):
        Rung.objects.create(
            node=rung.node,
            number=rung.number,
            action="warn",
            planned_at=REMINDING,
            due_at=REMINDING,
            fired_at=REMINDING,
            entry=rung.entry,
        )
    with pytest.raises(IntegrityError):
        Rung.objects.create(
            node=rung.node,
            number=9,
            action="remind",
            planned_at=REMINDING,
            due_at=REMINDING,
            fired_at=REMINDING,
            entry=rung.entry,
        )
