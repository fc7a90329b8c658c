"""Everybody at once: beats, sweepers and direct calls for the same alarms (C4); finishing against firing (C13)."""

import os
import random
import time
from collections import Counter

import pytest

from dispatch import escalation, handling, limits, tasks
from dispatch.models import Escalation, Node, Rung
from matters.models import Entry, Matter
from matters.refusals import Refused, Stale
from organization import clock
from tests.dispatch.processes import in_child, wait
from tests.dispatch.test_sweep_survives import REMINDING, many
from tests.dispatch.walking import lead
from tests.town import NOW

#: The way up to the rung is left out: the step says what has fired without having fired it.
SHORTENED = ("what a node says has fired is on record",)

pytestmark = pytest.mark.django_db(transaction=True)

LONG = bool(os.environ.get("GOVFLOW_LONG"))


def test_beats_sweepers_and_direct_calls_ring_the_same_alarms_once_each(town, all_holds, monkeypatch):
    count, direct = (1000, 500) if LONG else (60, 30)
    matters = many(town, count)
    Matter.objects.exclude(pk__in=[each.pk for each in matters]).update(
        status="voided"
    )  # what they were copied from
    monkeypatch.setattr(clock, "now", lambda: REMINDING)
    alarms = list(Node.objects.alarm_due(REMINDING).values_list("pk", "matter"))

    def beats():
        while Node.objects.alarm_due(REMINDING).exists():
            tasks.sweep()

    def sweeper():
        while Node.objects.alarm_due(REMINDING).exists():
            escalation.sweep(at=REMINDING)

    def direct_calls():
        timing = limits.timing(REMINDING)
        for node, matter in random.sample(alarms, direct):
            escalation.ring(node, matter, timing)

    works = [beats] * 3 + [sweeper] * (10 if LONG else 4) + [direct_calls]
    assert set(wait(*[in_child(work) for work in works])) == {0}

    assert Rung.objects.count() == len(matters) == Entry.objects.filter(kind="reminded").count()
    assert set(Counter(Rung.objects.values_list("node", flat=True)).values()) == {1}
    assert not Node.objects.filter(failures__gt=0).exists(), "nobody ran into a lock or into the fence"
    all_holds(but=SHORTENED)


def one_round(town, barrier):
    """Finish and fire, let go at one moment by two processes; returns what came of it."""
    node = lead(town.report("ZF11", at=NOW))
    fired = ["sign_missed", "response_missed", "return_lapsed", "remind", "warn"]
    Node.objects.filter(pk=node.pk).update(
        fired=fired, next_alarm_at=node.escalate_at, next_action="escalate", promise_near_at=None, promise_due_at=None
    )  # fmt: skip
    by, timing = town.actor("town_handler"), limits.timing(node.escalate_at)

    def at_once():
        while time.monotonic() < barrier:
            pass

    def finish():
        at_once()
        try:
            handling.hand_in(node.pk, text="已处理", by=by, at=node.escalate_at)
        except (Refused, Stale):
            os._exit(3)

    def fire():
        at_once()
        os._exit(0 if escalation.ring(node.pk, node.matter_id, timing) else 3)

    finished, rang = (code == 0 for code in wait(in_child(finish), in_child(fire)))
    node.refresh_from_db()
    return node, finished, rang


def test_finishing_and_firing_at_one_moment_leave_one_of_two_outcomes(town, all_holds):
    seen = Counter()
    for _ in range(1000 if LONG else 12):
        node, finished, rang = one_round(town, time.monotonic() + 0.15)
        seen[finished, rang] += 1
        assert finished or rang, "a matter busy elsewhere is left for the next pass, never lost"
        assert not (finished and rang), "what was handed up is not finished, nor the other way round"
        assert node.status == ("handed_in" if finished else "escalated")
        assert Escalation.objects.filter(node=node).count() == int(rang)
        kinds = set(node.matter.entries.values_list("kind", flat=True))
        assert ("handed_in" in kinds, "escalated" in kinds) == (finished, rang)
    all_holds(but=SHORTENED)
