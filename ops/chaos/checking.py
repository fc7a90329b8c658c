"""What must be true of the tables, in plain SQL on any DB-API cursor: shares no code with the engine.

Each check answers rows, one a breach. `timeline` recomputes the chain of every matter from the stored entries.
"""

import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby

OPEN = "('reported', 'dispatched', 'verifying', 'callback')"
RUNNING = "('open', 'signed')"
LADDER = "('sign_missed', 'response_missed', 'return_lapsed', 'reminded', 'warned', 'escalated', 'supervised', 'urged')"

CHECKS = {
    "an open matter has a running node": f"""
        SELECT m.number FROM matters_matter m WHERE m.status IN {OPEN}
        AND NOT EXISTS (SELECT 1 FROM dispatch_node n WHERE n.matter_id = m.id AND n.status IN {RUNNING})""",
    "an ended matter has no running node": f"""
        SELECT m.number FROM matters_matter m JOIN dispatch_node n ON n.matter_id = m.id
        WHERE m.status NOT IN {OPEN} AND n.status IN {RUNNING}""",
    "an open matter has exactly one running lead": f"""
        SELECT m.number, count(n.id) FROM matters_matter m LEFT JOIN dispatch_node n
        ON n.matter_id = m.id AND n.status IN {RUNNING} AND n.part = 'lead'
        WHERE m.status IN {OPEN} GROUP BY m.id HAVING count(n.id) <> 1""",
    "a running node has an alarm, and no other has": f"""
        SELECT id, status, next_alarm_at FROM dispatch_node
        WHERE (status IN {RUNNING}) <> (next_alarm_at IS NOT NULL)""",
    "an action fires once": """
        SELECT node_id, action, turn, count(*) FROM dispatch_rung GROUP BY node_id, action, turn HAVING count(*) > 1""",
    "a rung fires once": """
        SELECT node_id, number, count(*) FROM dispatch_rung GROUP BY node_id, number HAVING count(*) > 1""",
    "the rungs of a node are contiguous": """
        SELECT n.id, n.rung, count(r.id) FROM dispatch_node n LEFT JOIN dispatch_rung r ON r.node_id = n.id
        GROUP BY n.id HAVING n.rung <> count(r.id) OR n.rung <> coalesce(max(r.number), 0)""",
    "what a node says has fired is on record": """
        SELECT n.id, said FROM dispatch_node n, unnest(n.fired) said
        WHERE NOT EXISTS (SELECT 1 FROM dispatch_rung r WHERE r.node_id = n.id AND r.action = said)""",
    "what is on record the node knows": """
        SELECT r.node_id, r.action FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id
        WHERE r.turn = 1 AND r.action NOT IN ('urge', 'ring', 'promise_near', 'promise_missed', 'stage_near',
            'stage_missed') AND NOT r.action = ANY (n.fired)""",
    "a rung has an entry of its own matter": """
        SELECT r.id FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id
        JOIN matters_entry e ON e.id = r.entry_id WHERE e.matter_id <> n.matter_id""",
    "an entry of the ladder has its rung": f"""
        SELECT e.matter_id, e.seq, e.kind FROM matters_entry e
        WHERE e.actor_kind = 'rule' AND e.actor_name = 'ladder' AND e.kind IN {LADDER}
        AND NOT EXISTS (SELECT 1 FROM dispatch_rung r WHERE r.entry_id = e.id)""",
    "no two rungs share an entry": """
        SELECT entry_id FROM dispatch_rung WHERE action <> 'ring' GROUP BY entry_id HAVING count(*) > 1""",
    "calls that share an entry are of one step": """
        SELECT entry_id FROM dispatch_rung GROUP BY entry_id HAVING count(DISTINCT node_id) > 1""",
    "a node handed up has its escalation, and no other": """
        SELECT n.id FROM dispatch_node n LEFT JOIN dispatch_escalation e ON e.node_id = n.id
        WHERE (n.status = 'escalated') <> (e.id IS NOT NULL)""",
    "no rung fires before its moment": """
        SELECT id FROM dispatch_rung WHERE fired_at < due_at OR fired_at < planned_at""",
    "whoever a rung says was told has a notice": """
        SELECT DISTINCT r.id, told ->> 'person' FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id,
        jsonb_array_elements(r.tells) told WHERE NOT EXISTS (SELECT 1 FROM dispatch_notice x
        WHERE x.matter_id = n.matter_id AND x.person_id = (told ->> 'person')::bigint AND x.kind = r.action)""",
    "a message is written once": "SELECT key FROM dispatch_outbox GROUP BY key HAVING count(*) > 1",
    "a sent message says when": "SELECT id FROM dispatch_outbox WHERE (state = 'sent') <> (sent_at IS NOT NULL)",
    "the timeline has no gap": """
        SELECT m.number, m.entry_count, count(e.id) FROM matters_matter m
        LEFT JOIN matters_entry e ON e.matter_id = m.id GROUP BY m.id
        HAVING m.entry_count <> count(e.id) OR m.entry_count <> coalesce(max(e.seq), 0)
        OR count(DISTINCT e.seq) <> count(e.id)""",
    "a dispatched matter is due when its lead is": f"""
        SELECT m.number, m.due_at, n.due_at FROM matters_matter m JOIN dispatch_node n
        ON n.matter_id = m.id AND n.part = 'lead' AND n.status IN {RUNNING}
        WHERE m.status = 'dispatched' AND m.due_at IS DISTINCT FROM n.due_at""",
    "a matter sits with its running lead": f"""
        SELECT m.number FROM matters_matter m JOIN dispatch_node n
        ON n.matter_id = m.id AND n.part = 'lead' AND n.status IN {RUNNING}
        WHERE m.responsible_id IS DISTINCT FROM n.department_id""",
    "a matter handed up says so": """
        SELECT m.number FROM matters_matter m WHERE m.escalated_level IS NULL AND EXISTS (
        SELECT 1 FROM dispatch_node n WHERE n.matter_id = m.id AND n.status = 'escalated' AND n.part = 'lead'
        AND n.kind IN ('triage', 'handle'))""",
}

# A moment that passed while the node ran, and nobody rang: only where no pause after an outage may have put it off.
PASSED = f"""
    SELECT n.id, step.action, step.moment FROM dispatch_node n CROSS JOIN LATERAL (VALUES
        ('remind', n.remind_at), (CASE WHEN n.asks THEN 'lapse' ELSE 'warn' END, n.due_at),
        ('escalate', CASE WHEN n.climbs AND n.level <> 'district' THEN n.escalate_at END),
        ('supervise', CASE WHEN n.climbs AND n.level = 'district' THEN n.escalate_at END)) AS step (action, moment)
    WHERE step.moment < least(coalesce(n.ended_at, %(at)s), %(at)s) - interval '60 seconds'
    AND NOT EXISTS (SELECT 1 FROM dispatch_rung r WHERE r.node_id = n.id AND r.action = step.action)
    UNION ALL SELECT id, next_action, next_alarm_at FROM dispatch_node
    WHERE status IN {RUNNING} AND next_alarm_at < %(at)s - interval '60 seconds'"""

CHAIN = """
    SELECT m.number, m.head, m.salt, e.seq, e.kind, e.at, e.actor_kind, e.actor_id, e.actor_name, e.department_id,
    e.text, e.why, e.public, e.data, e.commitments, e.digest
    FROM matters_entry e JOIN matters_matter m ON m.id = e.matter_id ORDER BY m.id, e.seq"""


def breaches(cursor) -> dict[str, list[str]]:
    """{what is not true: the rows that say so}; empty when all holds."""
    found = {}
    for name, sql in CHECKS.items():
        cursor.execute(sql)
        found[name] = [" ".join(map(str, row)) for row in cursor.fetchall()]
    found["the chain of every matter is whole"] = list(broken_chains(cursor))
    return {name: rows for name, rows in found.items() if rows}


def passed_in_silence(cursor, at: datetime) -> list[str]:
    """Moments older than a minute at which nothing rang although the node was running."""
    cursor.execute(PASSED, {"at": at})
    return [" ".join(map(str, row)) for row in cursor.fetchall()]


def broken_chains(cursor) -> Iterator[str]:
    """Matters whose entries do not lead, digest by digest, to the head the matter knows."""
    cursor.execute(CHAIN)
    names = [column[0] for column in cursor.description]
    rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
    for number, entries in groupby(rows, key=lambda row: row["number"]):
        previous = head = ""
        for entry in entries:
            head = entry["head"]
            previous = _digest(entry, previous)
            if previous != entry["digest"]:
                yield f"{number}: entry {entry['seq']} does not fit"
                break
        else:
            if previous != head:
                yield f"{number}: the matter knows another end"


def _digest(entry: dict, previous: str) -> str:
    commitments = _json(entry["commitments"])
    for name in ("text", "why", "actor_name"):
        if entry[name]:
            said = hmac.new(bytes(entry["salt"]), f"{entry['seq']}:{name}:{entry[name]}".encode(), sha256)
            commitments[name] = said.hexdigest()
    facts = [
        previous, entry["number"], entry["seq"], entry["kind"],
        entry["at"].astimezone(UTC).isoformat(timespec="microseconds"), entry["actor_kind"], entry["actor_id"],
        entry["department_id"], entry["public"], _json(entry["data"]), commitments,
    ]  # fmt: skip
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode()).hexdigest()


def _json(value):
    return json.loads(value) if isinstance(value, str) else dict(value)
