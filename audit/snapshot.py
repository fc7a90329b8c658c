"""One unchanging view of the database for all rules, so that a row written meanwhile is no breach."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction

LONG_AGO = "-infinity"
_CLOCKS = """
    SELECT now(), now() + CASE WHEN %s THEN
      coalesce((SELECT ahead FROM organization_clockoffset), interval '0') ELSE interval '0' END
"""


@dataclass(frozen=True)
class Snapshot:
    """`now` is business time, `real` the database's own; history before `since` is taken as known to be good."""

    now: datetime
    real: datetime
    since: datetime | str = LONG_AGO

    def rows(self, sql: str, **more: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, self.names | more)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def stream(self, sql: str, *, size: int = 5000, **more: Any) -> Iterator[tuple[Any, ...]]:
        """Rows through a cursor of the server, so that a million of them need no memory here."""
        with connection.chunked_cursor() as cursor:
            cursor.execute(sql, self.names | more)
            while chunk := cursor.fetchmany(size):
                yield from chunk

    @property
    def names(self) -> dict[str, Any]:
        return {"now": self.now, "real": self.real, "since": self.since, "demo": settings.DEMO}


@contextmanager
def snapshot(since: datetime | None = None) -> Iterator[Snapshot]:
    """Read only and repeatable, unless the caller is in a transaction of their own."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if not nested:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute(_CLOCKS, [settings.DEMO])
        real, now = cursor.fetchone()
        yield Snapshot(now, real, since or LONG_AGO)
