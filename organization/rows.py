"""Writing rows on the hot path: the statement of a model is built once, not with every row.

The framework compiles each INSERT and UPDATE anew, which for one entry of the timeline takes longer than the database
needs to write it. Same columns, same preparation of values, same constraints; no signals (we have none).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Field, Model

Column = tuple[str, Callable[[Any], Any]]  # the attribute of a row, and how its value is prepared

_NOTHING = type(None)
_PLAIN: dict[str, frozenset[type]] = {  # what the driver writes as it stands, in a column of that type
    "CharField": frozenset([str, _NOTHING]),
    "TextField": frozenset([str, _NOTHING]),
    "BooleanField": frozenset([bool, _NOTHING]),
    "DateTimeField": frozenset([datetime, _NOTHING]),
    "FloatField": frozenset([float, _NOTHING]),
    **dict.fromkeys(
        ["ForeignKey", "BigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField"],
        frozenset([int, _NOTHING]),
    ),
}


def insert(rows: Sequence[Model], *, unless_known: bool = False) -> None:
    """Insert rows of one model in one statement and set their keys. `unless_known` passes over what is there already,
    and then sets no keys."""
    if not rows:
        return
    head, columns, template = _inserting(type(rows[0]))
    values = [prepare(vars(row)[name]) for row in rows for name, prepare in columns]
    tail = " ON CONFLICT DO NOTHING" if unless_known else f" RETURNING {_key(type(rows[0]))}"
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
    sql, columns = _changing(type(row), names, rises, tuple(was))
    values = [prepare(getattr(row, name)) for name, prepare in columns]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, row.pk, *was.values()])
        found: int = cursor.rowcount
    return found == 1


@cache
def _inserting(model: type[Model]) -> tuple[str, list[Column], str]:
    """(INSERT ... VALUES, the columns in order, the placeholders of one row); a generated key is the database's."""
    fields = [field for field in model._meta.concrete_fields if field is not model._meta.auto_field]
    head = f"INSERT INTO {_table(model)} ({', '.join(_column(field) for field in fields)}) VALUES "  # noqa: S608  (our own names)
    return head, _columns(fields), f"({', '.join(['%s'] * len(fields))})"


@cache
def _changing(
    model: type[Model], names: tuple[str, ...], rises: str, was: tuple[str, ...]
) -> tuple[str, list[Column]]:
    """(UPDATE ... WHERE, the columns whose values it takes before the key)."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    changes = [f"{_column(fields[name])} = %s" for name in names]
    changes += [f"{_column(fields[rises])} = {_column(fields[rises])} + 1"] if rises else []
    where = " AND ".join(f"{_column(fields[name])} = %s" for name in (model._meta.pk.name, *was))
    sql = f"UPDATE {_table(model)} SET {', '.join(changes)} WHERE {where}"  # noqa: S608  (our own names)
    return sql, _columns([fields[name] for name in names])


def _columns(fields: Sequence[Field[Any, Any]]) -> list[Column]:
    return [(field.attname, _preparing(field)) for field in fields]


def _preparing(field: Field[Any, Any]) -> Callable[[Any], Any]:
    """As the field prepares a value; it is not asked about what is plain."""
    plain = _PLAIN.get(field.get_internal_type(), frozenset())

    def prepare(value: Any) -> Any:
        kind = type(value)
        if kind in plain and (kind is not datetime or value.tzinfo):
            return value
        if isinstance(value, Enum) and str in plain:
            return value.value
        return field.get_db_prep_save(value, connection)

    return prepare


def _key(model: type[Model]) -> str:
    return _column(model._meta.pk)


def _column(field: Field[Any, Any]) -> str:
    return connection.ops.quote_name(str(field.column))


def _table(model: type[Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)
