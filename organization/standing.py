"""What stands until somebody changes it: places, units, posts, the list, limits, the calendar.

The engine reads the same few rows with every report and every rung. A stamp in the database changes with each
statement that touches one of these tables, in the same transaction; whoever reads the stamp along with something else
may keep what it then learns in the process, for as long as the stamp stays. A stamp is random, so one that was rolled
back never comes again.
"""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import pgtrigger
from django.db.models import Model

STAMP_SQL = "(SELECT stamp FROM organization_standing WHERE id = 1)"

_CHANGE = """
    INSERT INTO organization_standing (id, stamp) VALUES (1, gen_random_uuid())
    ON CONFLICT (id) DO UPDATE SET stamp = excluded.stamp;
    RETURN NULL;
"""


def stamped(*columns: str) -> list[pgtrigger.Trigger]:
    """The trigger of a table that stands; of an update only `columns` matter, when they are named."""
    update: Any = pgtrigger.UpdateOf(*columns) if columns else pgtrigger.Update  # type: ignore[no-untyped-call]
    return [
        pgtrigger.Trigger(
            name="changes_what_stands",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert | update | pgtrigger.Delete | pgtrigger.Truncate,
            func=_CHANGE,
        )
    ]


MOST = 20_000  # things kept; a process that has seen more begins anew
_stamp: object = None
_known: dict[Any, Any] = {}

Row = TypeVar("Row", bound=Model)


def known(stamp: object) -> dict[Any, Any]:
    """What this process has learnt under the stamp. Without a stamp nothing is kept."""
    global _stamp, _known
    if stamp is None:
        return {}
    if stamp != _stamp or len(_known) > MOST:
        _stamp, _known = stamp, {}
    return _known


def table(known: dict[Any, Any], model: type[Row], rows: Callable[[], Iterable[Row]]) -> dict[int, Row]:
    """All rows of a table that stands, by id, read once under the stamp and shared: nobody changes them.

    What names a row by its id and brings the stamp along, in one statement, finds it here.
    """
    key = ("table", model)
    if key not in known:
        known[key] = {row.pk: row for row in rows()}
    found: dict[int, Row] = known[key]
    return found
