"""Known bugs to plant in the sweepers, so that a run shows whether it can tell right from wrong.

They work on statements, not on the engine's functions: whatever the code becomes, a bug stays the same bug.
"""

import re
import time
from collections.abc import Callable

from django.db import connection

FENCES = {
    "dispatch_rung": ("rung_once", "action_once"),
    "dispatch_escalation": ("dispatch_escalation_node_id_key", "dispatch_escalation_rung_id_key"),
    "matters_entry": ("entry_seq_once",),
    "dispatch_node": ("one_running_lead", "a_unit_has_one_running_part"),
}
LOCKS = re.compile(r" FOR NO KEY UPDATE( OF \S+)?( SKIP LOCKED)?")
WRITES = ("INSERT", "UPDATE", "DELETE")


def mark_first() -> None:
    """The node is marked and committed, the effect follows: whoever dies in between has lost a rung."""
    _commit_after(lambda sql: sql.startswith('UPDATE "dispatch_node"'))


def piecemeal() -> None:
    """Every statement commits by itself: whoever dies in between leaves half an effect."""
    _commit_after(lambda sql: sql.startswith(WRITES))


def no_fence() -> None:
    """No lock, no second look, no unique constraint: whoever comes second rings again."""
    drop_fences()

    def unlocked(execute, sql, params, many, context):
        return execute(LOCKS.sub("", sql), params, many, context)

    connection.execute_wrappers.append(unlocked)


def drop_fences() -> None:
    with connection.cursor() as cursor:
        for table, names in FENCES.items():
            for name in names:
                cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")
                cursor.execute(f"DROP INDEX IF EXISTS {name}")


def _commit_after(chosen: Callable[[str], bool]) -> None:
    def committing(execute, sql, params, many, context):
        result = execute(sql, params, many, context)
        if chosen(sql) and connection.in_atomic_block:
            connection.connection.commit()
            time.sleep(0.002)  # the moment in which it can be killed, a little wider
        return result

    connection.execute_wrappers.append(committing)


PLANTS: dict[str, Callable[[], None]] = {
    "mark-first": mark_first,
    "piecemeal": piecemeal,
    "no-fence": no_fence,
}
