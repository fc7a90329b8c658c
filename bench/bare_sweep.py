"""The yardstick of the sweep: the same writes for one reminder, in plain SQL by the same driver, one transaction each.

It finds what is due, locks matter and step, writes entry, rung, notices and message, and sets the next alarm. It knows
no rules: who is told is told beforehand, nothing is looked up, translated or chained.
"""

import json
import time

from django.db import connection, transaction

from dispatch.models import Notice, Outbox

DUE = """
    SELECT id, matter_id FROM dispatch_node WHERE next_alarm_at IS NOT NULL AND next_alarm_at <= %s
    ORDER BY next_alarm_at, id LIMIT 100"""
MATTER = "SELECT * FROM matters_matter WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
NODE = "SELECT * FROM dispatch_node WHERE id = %s AND next_alarm_at <= %s FOR NO KEY UPDATE"
NOTICE = (
    "INSERT INTO dispatch_notice (person_id, matter_id, node_id, kind, at) VALUES (%s, %s, %s, 'remind', %s)"
)
ENTRY = """
    INSERT INTO matters_entry (matter_id, seq, kind, at, actor_kind, actor_name, department_id, text, why, public, data,
        commitments, digest)
    SELECT %s, entry_count + 1, 'reminded', %s, 'rule', 'ladder', %s, '', %s, false, %s, %s, %s FROM matters_matter
    WHERE id = %s RETURNING id"""
HEAD = "UPDATE matters_matter SET entry_count = entry_count + 1, head = %s WHERE id = %s"
RUNG = """
    INSERT INTO dispatch_rung (node_id, number, action, turn, planned_at, due_at, fired_at, tells, skipped, late_by,
        cause, entry_id)
    VALUES (%s, 4, 'remind', 1, %s, %s, %s, %s, false, 0, '', %s)"""
NEXT = """
    UPDATE dispatch_node SET rung = 4, fired = fired || '{remind}', next_action = 'warn', next_alarm_at = due_at,
        failures = 0, retry_at = NULL WHERE id = %s"""


def run(at, seconds: float) -> float:
    """Reminders a second."""
    told = list(
        Notice.objects.filter(kind="remind").order_by("-pk").values_list("person", flat=True)[:1]
    )  # as many as a real one tells
    mail = Outbox.objects.filter(kind="remind").order_by("-pk").first()
    mailed = _message(mail)
    rang, begun = 0, time.perf_counter()
    with connection.cursor() as cursor:
        while time.perf_counter() - begun < seconds:
            cursor.execute(DUE, [at])
            due = cursor.fetchall()
            if not due:
                break
            for node, matter in due:
                with transaction.atomic():
                    _ring(cursor, node, matter, at, told, mailed)
                rang += 1
    return round(rang / (time.perf_counter() - begun), 1)


def _ring(cursor, node, matter, at, told, mailed):
    cursor.execute(MATTER, [matter])
    cursor.fetchone()
    cursor.execute(NODE, [node, at])
    cursor.fetchone()
    for person in told:
        cursor.execute(NOTICE, [person, matter, node, at])
    if mailed:
        cursor.execute(mailed, {"key": f"bare:{node}", "matter": matter, "node": node})
    data = json.dumps({"node": node, "step": "handle", "rung": 4, "part": "lead"})
    digest = f"{node:064x}"
    cursor.execute(ENTRY, [matter, at, None, "reminded", data, "{}", digest, matter])
    entry = cursor.fetchone()[0]
    cursor.execute(HEAD, [digest, matter])
    cursor.execute(RUNG, [node, at, at, at, json.dumps([{"node": node, "role": "holder"}]), entry])
    cursor.execute(NEXT, [node])


def _message(mail: Outbox | None) -> str:
    """The INSERT of one message like `mail`, copied by the database; "" when reminders send none."""
    if mail is None:
        return ""
    columns = [field.column for field in Outbox._meta.concrete_fields if field.column != "id"]
    changed = {
        "key": "%(key)s",
        "matter_id": "%(matter)s",
        "node_id": "%(node)s",
        "message_id": "gen_random_uuid()",
    }
    values = ", ".join(changed.get(name, f'"{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    return f"INSERT INTO dispatch_outbox ({names}) SELECT {values} FROM dispatch_outbox WHERE id = {mail.pk}"
