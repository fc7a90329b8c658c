"""What is left when it is quiet again: the tables, the load's ledger, the lag of every rung."""

import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import psycopg2  # type: ignore[import-untyped]

from ops.chaos import checking
from ops.chaos.ledger import KINDS, Ledger
from ops.places import PYTHON, ROOT

P99, MOST = 15.0, 60.0  # seconds
BUCKETS = (1, 2, 5, 10, 15, 30, 60)

# Business time is real time and the demo's offset; the commit's moment is the database's own.
LAGS = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(r.xmin) + coalesce((SELECT ahead FROM organization_clockoffset),
           interval '0') - r.due_at)::float, r.action FROM dispatch_rung r"""
LATE = (
    "SELECT count(*) FROM dispatch_node WHERE next_alarm_at < clock_timestamp() + %s - interval '3 seconds'"
)
OUTBOX = """
    SELECT count(*) FROM dispatch_outbox WHERE state = 'ready' AND send_after < clock_timestamp() + %s
    AND (retry_at IS NULL OR retry_at < clock_timestamp())"""
COUNTS = {
    "matters": "matters_matter",
    "nodes": "dispatch_node",
    "rungs": "dispatch_rung",
    "escalations": "dispatch_escalation",
    "entries": "matters_entry",
    "messages": "dispatch_outbox",
    "messages_sent": "dispatch_outbox WHERE state = 'sent'",
    "nodes_tried_again": "dispatch_node WHERE failures > 0",
}


def nothing_waits() -> bool:
    """Whether everything due has rung and every message that may leave has left."""
    try:
        with psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=3) as link, link.cursor() as cursor:
            ahead = offset(cursor)
            cursor.execute(LATE, [ahead])
            late = cursor.fetchone()[0]
            cursor.execute(OUTBOX, [ahead])
            return not late and not cursor.fetchone()[0]
    except psycopg2.Error:
        return False


def offset(cursor) -> Any:
    cursor.execute("SELECT coalesce((SELECT ahead FROM organization_clockoffset), interval '0')")
    return cursor.fetchone()[0]


def judge(ledger: Ledger, settled: float | bool, plant: str | None) -> dict:
    """The findings of a run: counts, lag, breaches. Read after the applications have ended."""
    with psycopg2.connect(os.environ["DATABASE_URL"]) as link, link.cursor() as cursor:
        found = checking.breaches(cursor)
        cursor.execute("SELECT max(fired_at) FROM dispatch_rung")
        last = cursor.fetchone()[0]
        if last and (silent := checking.passed_in_silence(cursor, last)):
            found["no moment passes in silence"] = silent
        found |= against_ledger(cursor, ledger)
        cursor.execute(LAGS)
        lags = sorted((max(0.0, lag), action) for lag, action in cursor.fetchall())
        counts: dict[str, Any] = {}
        for name, table in COUNTS.items():
            cursor.execute(f"SELECT count(*) FROM {table}")
            counts[name] = cursor.fetchone()[0]
    lag = lag_of([each for each, _action in lags])
    if lag["p99"] > P99 or lag["max"] > MOST:
        found["rungs fire in time"] = [
            f"p99 {lag['p99']} s (at most {P99:g}), max {lag['max']} s (at most {MOST:g})"
        ]
    if settled is False:
        found["the backlog is worked off"] = ["it was not, in the time given"]
    if not plant:
        found |= audited()
    counts |= {"rungs_by_action": dict(Counter(action for _lag, action in lags)), "mails": mails()}
    return {
        "counts": counts,
        "lag": lag,
        "settled_in": settled,
        "breaches": {name: rows[:20] for name, rows in found.items()},
        "breach_counts": {name: len(rows) for name, rows in found.items()},
    }


def against_ledger(cursor, ledger: Ledger) -> dict[str, list[str]]:
    """Every number given out is there, the same key gave the same, and every verb that was confirmed is written."""
    cursor.execute("SELECT number FROM matters_matter")
    there = {number for (number,) in cursor.fetchall()}
    lost = sorted({number for number in ledger.numbers.values() if number not in there})
    cursor.execute(
        "SELECT sender, key, count(*) FROM matters_receipt GROUP BY sender, key HAVING count(*) > 1"
    )
    twice = [*ledger.other_number, *(" ".join(map(str, row)) for row in cursor.fetchall())]
    numbers = Counter(ledger.numbers.values())
    twice += [f"{number} was given to {count} reports" for number, count in numbers.items() if count > 1]
    cursor.execute(
        "SELECT m.number, e.data ->> 'node', e.kind, count(*) FROM matters_entry e "
        "JOIN matters_matter m ON m.id = e.matter_id WHERE e.actor_kind = 'person' GROUP BY 1, 2, 3"
    )
    written: Counter = Counter()
    for number, node, kind, count in cursor.fetchall():
        written[number, kind] += count
        written[node, kind] += count
    missing = [f"{verb} on {subject}" for (subject, verb), times in Counter(ledger.verbs).items()
               if sum(written[subject, kind] for kind in KINDS[verb]) < times]  # fmt: skip
    found = {"no acknowledged report is lost": lost, "the same key gives the same number": twice,
             "every confirmed verb is written": missing}  # fmt: skip
    return {name: rows for name, rows in found.items() if rows}


def lag_of(lags: list[float]) -> dict:
    """Seconds from due to commit: how many, the middle, the worst, and a histogram."""
    if not lags:
        return {"count": 0, "p50": 0.0, "p99": 0.0, "max": 0.0, "histogram": {}}
    at = lambda share: round(lags[min(len(lags) - 1, int(len(lags) * share))], 2)  # noqa: E731
    edges = zip((0, *BUCKETS), (*BUCKETS, float("inf")), strict=True)
    histogram = {f"{low}-{high:g} s": sum(low <= lag < high for lag in lags) for low, high in edges}
    return {
        "count": len(lags),
        "p50": at(0.5),
        "p99": at(0.99),
        "max": round(lags[-1], 2),
        "histogram": histogram,
    }


def audited() -> dict[str, list[str]]:
    """What the platform's own auditor says, where it has one."""
    known = subprocess.run(
        [PYTHON, "manage.py", "help", "--commands"], cwd=ROOT, capture_output=True, text=True
    ).stdout
    if "audit_invariants" not in known.split():
        return {}
    done = subprocess.run([PYTHON, "manage.py", "audit_invariants"], cwd=ROOT, capture_output=True, text=True)
    return (
        {}
        if done.returncode == 0
        else {"audit_invariants finds nothing": (done.stdout + done.stderr).splitlines()}
    )


def mails() -> dict:
    """The sink's own ledger: how many messages left the house, and how many of them twice under one id."""
    ids: Counter = Counter()
    for file in (Path(os.environ["GOVFLOW_HOME"]) / "mail").glob("*"):
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        ids.update(line.partition(":")[2].strip() for line in lines if line.lower().startswith("message-id:"))
    return {"left": sum(ids.values()), "twice_with_the_same_id": sum(count - 1 for count in ids.values())}
