"""Ninety days of matters, told in the order of time: between two acts whatever falls due rings at its own moment.

Two processes tell half of the stories each, every one in a transaction of its own, so that neither sees the other's
nodes; they commit together. The number of a matter is the number of its story, whoever tells it.
"""

import gc
import heapq
import logging
import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from demo.seeding.world import World
from dispatch import escalation, limits
from dispatch.models import Node, Outbox
from matters.models import Matter

log = logging.getLogger(__name__)

PATIENCE = 300  # seconds that a process waits for the other
barrier = None


def exist():
    return Matter.objects.exists()


def plant(count, now):
    """Tell about `count` stories up to `now`; returns how many were told and how many broke off with a refusal."""
    parts = (
        2 if sys.platform == "linux" and (os.cpu_count() or 1) > 1 and not connection.in_atomic_block else 1
    )
    if parts == 1:
        told = [_tell_part(count, now, 0, 1)]
    else:
        connection.close()  # a connection must not be carried over a fork
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(parts, context, _meet, (context.Barrier(parts),)) as pool:
            told = list(pool.map(_tell_part, [count] * parts, [now] * parts, range(parts), [parts] * parts))
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval('matter_serial', %s)", [max(1, sum(stories for stories, _ in told))])
    return sum(stories for stories, _ in told), sum(broken for _, broken in told)


def _meet(shared):
    """Keep what the processes wait at before they commit."""
    global barrier
    barrier = shared


def _tell_part(count, now, part, parts):
    gc.disable()  # a quarter of the time; nothing here makes cycles worth collecting
    try:
        with transaction.atomic():
            stories = World(now).stories(count)[part::parts]
            _number_here()
            broken = _tell(stories, now)
            _drop_numbers()
            Outbox.objects.filter(at__lte=now).delete()  # nobody is written to about the past
            if parts > 1:
                barrier.wait(PATIENCE)
        return len(stories), broken
    except BaseException:
        if parts > 1:
            barrier.abort()
        raise
    finally:
        gc.enable()


def _number_here():
    """A sequence of this connection's own hides the real one, so that each story can set its number."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY SEQUENCE matter_serial")


def _drop_numbers():
    with connection.cursor() as cursor:
        cursor.execute("DROP SEQUENCE pg_temp.matter_serial")


def _tell(stories, now):
    acts = [(story.at, story.number, story, story.plan.fate.tell(story)) for story in stories]
    heapq.heapify(acts)
    broken = 0
    while acts:
        at, number, story, telling = heapq.heappop(acts)
        if at > now:
            continue
        _ring_until(at)
        story.at = at
        try:
            going_on = next(telling, None)
        except ValidationError as refusal:  # a story that time has overtaken ends where it stands
            log.warning("story %s (%s) ends at %s: %s", number, story.plan.fate.tell.__name__, at, refusal)
            going_on, broken = None, broken + 1
        if going_on:
            heapq.heappush(acts, (max(going_on, at), number, story, telling))
    _ring_until(now)
    return broken


def _ring_until(at):
    """Every alarm up to the moment rings at its own, in the order of time."""
    while due := _due(at):
        moment = due[0][2]
        timing = limits.timing(moment)
        for node, matter, alarm in due:
            if alarm == moment and not escalation.ring(node, matter, timing):
                raise RuntimeError(f"the alarm of node {node} at {alarm} does not ring")


def _due(at):
    """The next alarms; those of one moment ring before the next are looked for."""
    nodes = Node.objects.alarm_due(at).order_by("next_alarm_at", "pk")
    return list(nodes.values_list("pk", "matter", "next_alarm_at")[:50])
