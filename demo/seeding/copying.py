"""Rows by COPY: one buffer for each table, with keys reserved from its own sequence."""

import io
import json
import re
from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import connection
from django.db.models import JSONField

_SPECIAL = re.compile(r"[\\\t\n\r]")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Table:
    """Collects rows of a model. Fields not given take the model's defaults, so a new field needs nothing here."""

    def __init__(self, model):
        self.model = model
        self.fields = model._meta.concrete_fields
        self.writers = {field.attname: _writer(field) for field in self.fields}
        self.defaults = {
            field.attname: self.writers[field.attname](field.get_default()) for field in self.fields
        }
        self.lines = []
        self.keys = iter(())

    def reserve(self, count):
        """Take `count` keys at once; the sequence goes on after them."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [self.model._meta.db_table])
            self.keys = iter(reserved(cursor, cursor.fetchone()[0], count))

    def next_key(self):
        return next(self.keys)

    def add(self, **given):
        row = self.defaults.copy()
        for name, value in given.items():
            row[name] = self.writers[name](value)
        self.lines.append("\t".join(row.values()))

    def flush(self):
        columns = ", ".join(f'"{field.column}"' for field in self.fields)
        data = io.StringIO("\n".join(self.lines) + "\n") if self.lines else io.StringIO()
        with connection.cursor() as cursor:
            cursor.copy_expert(f'COPY "{self.model._meta.db_table}" ({columns}) FROM STDIN', data)
        self.lines.clear()


def reserved(cursor, sequence, count):
    """The next `count` values of a sequence. Nobody else may be taking from it meanwhile."""
    cursor.execute("SELECT nextval(%s)", [sequence])
    first = cursor.fetchone()[0]
    cursor.execute("SELECT setval(%s, %s)", [sequence, first + count - 1])
    return range(first, first + count)


def _writer(field):
    if isinstance(field, JSONField):
        return _json
    return _array if isinstance(field, ArrayField) else _text


def _json(value):
    return "\\N" if value is None else json.dumps(value, ensure_ascii=False).translate(_ESCAPES)


def _array(value):
    return "{" + ",".join(value) + "}"


def _text(value):
    return _BY_TYPE.get(type(value), str)(value)


_BY_TYPE = {
    type(None): lambda _: "\\N",
    str: lambda value: value.translate(_ESCAPES) if _SPECIAL.search(value) else value,
    bytes: lambda value: f"\\\\x{value.hex()}",
    datetime: datetime.isoformat,
}
