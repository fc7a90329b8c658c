"""How many alarms one sweeper rings in a second, each with its whole effect: rung, entry, notices, next alarm."""

import os
import time
from datetime import timedelta

from dispatch import escalation
from dispatch.models import Node, Rung
from organization import clock

SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))


def sweep() -> dict:
    """Let five working days fall due and ring for a while, as after an outage."""
    at = clock.now() + timedelta(days=8)
    waiting = Node.objects.alarm_due(at).count()
    last = Rung.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rang, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        fired = escalation.sweep(at=at, limit=200, name="bench")
        rang += fired
        if not fired:
            break
    seconds = time.perf_counter() - begun
    kinds = Rung.objects.filter(pk__gt=last).values_list("action", flat=True)
    actions = {action: list(kinds).count(action) for action in set(kinds)}
    return {"per_second": round(rang / seconds, 1), "rang": rang, "waiting": waiting, "actions": actions}
