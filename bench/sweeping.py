"""The sweep on a million running steps: how fast it finds what is due, and how many whole effects it fires a second.

A whole effect is a rung with its entry, its notices and messages, and the next alarm, in one transaction. Beside it, in
the same run, a loop of plain SQL that does the same writes by the same driver. `BENCH_NODES` running steps are made
inside the database in the likeness of one, `BENCH_DUE` of them due at once; the rest fall due in the years to come.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from django.db import connection

from bench import bare_sweep, running_steps
from dispatch import escalation, limits
from dispatch.breaker_rows import Breaker
from dispatch.models import Node, Rung
from organization import clock

NODES = int(os.environ.get("BENCH_NODES", "1000000"))
DUE = int(os.environ.get("BENCH_DUE", "20000"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
SWEEPERS = 4
ROOT = Path(__file__).resolve().parent.parent


def sweep() -> dict:
    """One sweeper, four sweepers, and the bare loop, each on its own share of what is due."""
    at = clock.now()
    pattern = running_steps.pattern()
    missing = NODES - Node.objects.running().count()
    if missing > 0:
        print(f"bench: making {missing} running steps", flush=True)
        running_steps.fill(pattern, missing, due_from=at + timedelta(days=400))
    running_steps.fill(pattern, DUE, due_from=at - timedelta(seconds=30), spread="0 s")
    Breaker.objects.update_or_create(pk=1, defaults={"counted_from": at})  # what is due is a backlog, no mass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE dispatch_node")
        cursor.execute("ANALYZE matters_matter")
    found = {"running": Node.objects.running().count(), "due": Node.objects.alarm_due(at).count()}
    found["candidates_ms"] = _candidates(at)
    found |= _one(at)
    found["four_per_second"] = _four()
    found["bare_per_second"] = bare_sweep.run(at, SECONDS)
    found["ratio"] = round(found["per_second"] / found["bare_per_second"], 2)
    return found


def _one(at) -> dict:
    """One sweeper for a while; memory at the start (after a first pass) and at the end."""
    escalation.sweep(at=at, limit=100, name="bench")
    before, last = _resident(), Rung.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rang, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        fired = escalation.sweep(at=at, limit=200, name="bench")
        rang += fired
        if not fired:
            break
    seconds = time.perf_counter() - begun
    kinds = list(Rung.objects.filter(pk__gt=last).values_list("action", flat=True))
    actions = {action: kinds.count(action) for action in set(kinds)}
    memory = {"memory_mb": [before, _resident()]}
    return {"per_second": round(rang / seconds, 1), "rang": rang, "actions": actions, **memory}


def _four() -> float:
    """Four sweepers in processes of their own; the time is theirs, without starting up."""
    code = "import django; django.setup(); from bench import sweeping; sweeping.child()"
    children = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(SWEEPERS)
    ]
    for child in children:
        child.stdout.readline()
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    return round(sum(float(child.communicate()[0].split()[-1]) for child in children), 1)


def child() -> None:
    """Says it is ready, waits, sweeps for the time set, and says how many a second."""
    at = clock.now()
    limits.timing(at)
    print("ready", flush=True)
    sys.stdin.readline()
    rang, begun = 0, time.perf_counter()
    while time.perf_counter() - begun < SECONDS:
        rang += escalation.sweep(at=at, limit=100, name=f"bench {os.getpid()}")
    print(rang / (time.perf_counter() - begun), flush=True)


def _candidates(at) -> dict:
    """Milliseconds of the query that finds what to ring, as the sweep asks it: the median and the worst of fifty."""
    taken = []
    for _ in range(50):
        begun = time.perf_counter()
        list(escalation._due(at, escalation.breaker.OPEN))
        taken.append((time.perf_counter() - begun) * 1000)
    return {"p50": round(statistics.median(taken), 2), "worst": round(max(taken), 2)}


def _resident() -> float:
    """Resident memory of this process in MB; the peak where the system does not say."""
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
