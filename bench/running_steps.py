"""As many running steps as are asked for, made inside the database in the likeness of one."""

from django.db import connection

from dispatch.models import Node


def pattern() -> Node:
    """A step that was really dispatched, not by an emergency: what is made is made in its likeness."""
    nodes = Node.objects.running().filter(kind="handle", part="lead", urgency="normal", climbs=True)
    return nodes.filter(matter__sensitive=False).order_by("-pk").first()


def fill(like: Node, count: int, *, due_from, spread: str = "1000 days") -> None:
    """`count` matters with one running step each, reminded next at `due_from` or within the spread after it."""
    node, matter = _columns(Node), _columns(type(like.matter))
    start = Node.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM matters_matter")
        first = cursor.fetchone()[0]
        cursor.execute(
            _copies("matters_matter", matter, {
                "id": "%(first)s + n", "number": "'B-' || (%(first)s + n)", "token": "'b' || (%(first)s + n)",
                "entry_count": "0", "head": "''", "client_id": "NULL", "search": "NULL",
            }),
            {"pk": like.matter_id, "count": count, "first": first},
        )  # fmt: skip
        moment = "%(due)s::timestamptz + random() * %(spread)s::interval"
        cursor.execute(
            _copies("dispatch_node", node, {
                "id": "%(start)s + n", "matter_id": "%(first)s + n", "next_alarm_at": moment, "next_action": "'remind'",
                "remind_at": "%(due)s", "due_at": "%(due)s::timestamptz + interval '2000 days'",
                "escalate_at": "%(due)s::timestamptz + interval '2001 days'", "rest_until": "NULL",
                "fired": "'{sign_missed,response_missed,return_lapsed}'", "rung": "3", "assignee_id": "NULL",
            }),
            {"pk": like.pk, "count": count, "first": first, "start": start, "due": due_from, "spread": spread},
        )  # fmt: skip
        for table in ("matters_matter", "dispatch_node"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), (SELECT max(id) FROM {table}))"
            )


def _copies(table: str, columns: list[str], changed: dict[str, str]) -> str:
    """One statement that copies the row %(pk)s %(count)s times, with some columns changed by the number n."""
    changed = {name: value for name, value in changed.items() if name in columns}
    values = ", ".join(changed.get(name, f't."{name}"') for name in columns)
    names = ", ".join(f'"{name}"' for name in columns)
    source = f"FROM {table} t, generate_series(1, %(count)s) n WHERE t.id = %(pk)s"
    return f"INSERT INTO {table} ({names}) SELECT {values} {source}"


def _columns(model) -> list[str]:
    return [field.column for field in model._meta.concrete_fields]
