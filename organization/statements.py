"""Statements that are compiled once (docs/decisions/0004).

The framework composes and compiles a query each time it is asked, which for a page takes several times as long as the
database needs to answer. Here a queryset is written as everywhere else, with a `Given` where a value will stand; it is
compiled when it is first asked and then only filled in. What comes back is what the queryset would give: its models
with what they are joined to, or the named tuples of `values_list(..., named=True)`.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import count
from typing import Any, Generic, TypeVar
from weakref import WeakKeyDictionary

from django.conf import settings
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.query import ModelIterable, get_related_populators
from django.db.transaction import TransactionManagementError
from psycopg2.extensions import AsIs  # type: ignore[import-untyped]

Row = TypeVar("Row")

_serial = count(1)
# by connection, the name under which it has prepared a statement; a plan takes the server some ten kilobytes
_prepared: WeakKeyDictionary[Any, dict[Any, str]] = WeakKeyDictionary()
MOST_PREPARED = 300


class Given(Expression):
    """A value that is named now and told each time: `filter(pk=Given("pk"))`. `many` numbers stand after `__in`."""

    def __init__(self, name: str, field: Field[Any, Any] | None = None, *, many: bool = False) -> None:
        super().__init__(output_field=field or Field())
        self.name, self.many = name, many

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        return ("(%s)" if self.many else "%s"), [self]

    def value(self, told: dict[str, Any]) -> Any:
        value = told[self.name]
        if not self.many:
            return value
        return AsIs(",".join(str(int(number)) for number in value) or "NULL")


class Statement(Generic[Row]):
    """A queryset, compiled. It is asked with the values of its `Given`s by name."""

    def __init__(self, queryset: QuerySet[Any, Any]) -> None:
        # what is fetched by further queries cannot be part of one statement
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError("a statement is one query: give it no prefetch_related")
        compiler = queryset.query.get_compiler(connection=connection)
        try:
            self._sql, self._places = compiler.as_sql()
        except EmptyResultSet:  # such as the matters of somebody who may know of none
            self._sql, self._places = "", ()
            return
        self._asked = [place for place in self._places if isinstance(place, Given)]
        self._may_be_prepared = not any(place.many for place in self._asked)
        self._locks = queryset.query.select_for_update
        columns = [column[0] for column in compiler.select[: compiler.col_count]]
        self._readers = [
            (place, reader, column) for place, (readers, column) in compiler.get_converters(columns).items()
            for reader in readers
        ]  # fmt: skip
        self._made: Callable[[Sequence[Any]], Row] = (
            _models(compiler) if queryset._iterable_class is ModelIterable else _named(queryset)
        )

    def all(self, **told: Any) -> list[Row]:
        """Every row, in the queryset's order."""
        if not self._sql:
            return []
        if self._locks and connection.get_autocommit():
            raise TransactionManagementError("rows are locked in a transaction only")
        with connection.cursor() as cursor:
            values = [place.value(told) for place in self._asked]
            if self._may_be_prepared and settings.PREPARED_STATEMENTS:
                self._execute(cursor, values)
            else:
                cursor.execute(self._sql, self._filled(iter(values)))
            rows = cursor.fetchall()
        return [self._made(row) for row in (self._read(rows) if self._readers else rows)]

    def first(self, **told: Any) -> Row | None:
        return next(iter(self.all(**told)), None)

    def _execute(self, cursor: Any, values: list[Any]) -> None:
        """Planned by the server once for each connection: planning takes it longer than answering."""
        names = _prepared.setdefault(connection.connection, {})
        name = names.get(self)
        if name is None and len(names) >= MOST_PREPARED:
            cursor.execute(self._sql, self._filled(iter(values)))
            return
        ask = f"EXECUTE {name or (new := f'once_{next(_serial)}')}"
        ask += f" ({', '.join(['%s'] * len(values))})" if values else ""
        if name:
            cursor.execute(ask, values)
            return
        places = self._filled(AsIs(f"${number}") for number in count(1))
        cursor.execute(f"PREPARE {new} AS {self._sql}; {ask}", [*places, *values])
        names[self] = new  # had it failed, the next try would take another name

    def _filled(self, values: Iterator[Any]) -> list[Any]:
        return [next(values) if isinstance(place, Given) else place for place in self._places]

    def _read(self, rows: Iterable[Sequence[Any]]) -> Iterator[Sequence[Any]]:
        """Columns whose type is not the driver's own, such as JSON."""
        for row in rows:
            read = list(row)
            for place, reader, column in self._readers:
                read[place] = reader(read[place], column, connection)
            yield read


class Kept:
    """Statements of one page by what they are made of. When there are too many, it begins anew."""

    def __init__(self, most: int = 500) -> None:
        self._most = most
        self._statements: dict[Hashable, Statement[Any]] = {}

    def of(self, shape: Hashable, compose: Callable[[], QuerySet[Any, Any]]) -> Statement[Any]:
        """`shape` must hold all that `compose` puts into the queryset itself."""
        statement = self._statements.get(shape)
        if statement is None:
            if len(self._statements) >= self._most:
                self._statements = {}
            statement = self._statements[shape] = Statement(compose())
        return statement


class Once(Generic[Row]):
    """A statement of a module, compiled when it is first asked: models are not ready while modules load."""

    def __init__(self, compose: Callable[[], QuerySet[Any, Any]]) -> None:
        self._compose = compose

    @cached_property
    def statement(self) -> Statement[Row]:
        return Statement(self._compose())

    def all(self, **told: Any) -> list[Row]:
        return self.statement.all(**told)

    def first(self, **told: Any) -> Row | None:
        return self.statement.first(**told)


def _named(queryset: QuerySet[Any, Any]) -> Callable[[Sequence[Any]], Any]:
    row: Any = namedtuple("Row", queryset._fields)  # type: ignore[attr-defined,misc]
    made: Callable[[Sequence[Any]], Any] = row._make
    return made


def _models(compiler: Any) -> Callable[[Sequence[Any]], Any]:
    """As the framework makes models of rows, with all that does not depend on the row done beforehand."""
    info, select, alias = compiler.klass_info, compiler.select, connection.alias
    model: type[Model] = info["model"]
    start, end = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[start:end]]
    populators = get_related_populators(info, select, alias)  # type: ignore[call-arg]
    annotations = list(compiler.annotation_col_map.items())

    def made(row: Sequence[Any]) -> Model:
        instance = model.from_db(alias, names, row[start:end])
        for populator in populators:
            populator.populate(row, instance)
        for name, place in annotations:
            setattr(instance, name, row[place])
        return instance

    return made
