"""Writing rows on the hot path: the statement of a model is built once, not with every row.

The framework compiles each INSERT and UPDATE anew, which for one entry of the timeline takes longer than the database
needs to write it. Same columns, same preparation of values, same constraints; no signals (we have none).
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
    values = [_prepared(field, getattr(row, field.attname)) for row in rows for field in fields]
    tail = " ON CONFLICT DO NOTHING" if unless_known else f" RETURNING {_key(rows[0])}"
    with connection.cursor() as cursor:
        cursor.execute(head + ", ".join([template] * len(rows)) + tail, values)
        keys = [] if unless_known else cursor.fetchall()
    for row, (key,) in zip(rows, keys, strict=False):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias


def change(row: Model, *names: str, rises: str = "", **was: Any) -> bool:
    """Store these fields of one row, known by its key. Returns whether it was there.

    `rises` is a column that goes up by one, whatever the copy says; with `was` the row is changed only while those
    columns still hold these values.
    """
    sql, fields = _changing(type(row), names, rises, tuple(was))
    values = [_prepared(field, getattr(row, field.attname)) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk, *was.values()])
        found: int = cursor.rowcount
    return found == 1


@cache
def _changing(
    model: type[Model], names: tuple[str, ...], rises: str, was: tuple[str, ...]
) -> tuple[str, list[Field[Any, Any]]]:
    """(UPDATE ... WHERE, the fields whose values it takes before the key)."""

    columns = {field.name: field for field in model._meta.concrete_fields}

    def column(name: str) -> str:
        return connection.ops.quote_name(str(columns[name].column))

    changes = [f"{column(name)} = %s" for name in names]
    changes += [f"{column(rises)} = {column(rises)} + 1"] if rises else []
    where = " AND ".join(f"{column(name)} = %s" for name in (model._meta.pk.name, *was))
    table = connection.ops.quote_name(model._meta.db_table)
    sql = f"UPDATE {table} SET {', '.join(changes)} WHERE {where}"  # noqa: S608  (our own names)
    return sql, [columns[name] for name in names]


@cache
def _statement(model: type[Model]) -> tuple[str, list[Field[Any, Any]], str]:
    """(INSERT ... VALUES, the columns in order, the placeholders of one row); a generated key is the database's."""
    fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ", fields, f"({', '.join(['%s'] * len(fields))})"  # noqa: S608  (our own names)


def _prepared(field: Field[Any, Any], value: Any) -> Any:
    """As the field prepares it; it is not asked about what the driver writes as it stands in a column of that type."""
    if type(value) in _PLAIN.get(field.get_internal_type(), ()):
        return value
    return field.get_db_prep_save(value, connection)


_NOTHING, _INTEGER = type(None), (int, type(None))
_PLAIN: dict[str, tuple[type, ...]] = {
    "CharField": (str, _NOTHING),
    "TextField": (str, _NOTHING),
    "BooleanField": (bool, _NOTHING),
    "DateTimeField": (_NOTHING,),
    "FloatField": (float, _NOTHING),
    "ForeignKey": _INTEGER,
    "BigIntegerField": _INTEGER,
    "PositiveIntegerField": _INTEGER,
    "PositiveSmallIntegerField": _INTEGER,
}


def _key(row: Model) -> str:
    return connection.ops.quote_name(str(type(row)._meta.pk.column))
