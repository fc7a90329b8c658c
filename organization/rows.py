"""Inserting rows on the hot path: the statement of a model is built once, not with every row.

The framework compiles each INSERT anew, which for one entry of the timeline takes longer than the database needs to
write it. Same columns, same preparation of values, same constraints; no expressions, no signals (we have none).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model


def insert(rows: Sequence[Model], *, unless_known: bool = False) -> None:
    """Insert rows of one model in one statement and set their keys. `unless_known` passes over what is there already,
    and then sets no keys."""
    if not rows:
        return
    head, fields, template = _statement(type(rows[0]))
    values = [
        field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields
    ]
    tail = " ON CONFLICT DO NOTHING" if unless_known else f" RETURNING {_key(rows[0])}"
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join([template] * len(rows)) + tail, values)
        keys = [] if unless_known else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias


@cache
def _statement(model: type[Model]) -> tuple[str, list[Field[Any, Any]], str]:
    """(INSERT ... VALUES, the columns in order, the placeholders of one row); a generated key is the database's."""
    fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ", fields, f"({', '.join(['%s'] * len(fields))})"  # noqa: S608  (our own names)


def _key(row: Model) -> str:
    return connection.ops.quote_name(str(type(row)._meta.pk.column))
