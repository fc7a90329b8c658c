"""Pages of a list by the last row seen, not by number: no count, and new rows shift nothing.

A cursor is the last row's values of the order, joined by `~`: `?after=2026-06-15T09:00:00+08:00~42`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.dateparse import parse_datetime

SIZE = 50


@dataclass(frozen=True)
class Slice:
    """Rows of one page and the query strings of its neighbours, empty at the ends."""

    rows: list
    previous: str = ""
    next: str = ""


def cut(rows, *, by, params, size=SIZE):
    """One page of `rows` ordered by two fields, such as ("-reported_at", "-pk"); the second is unique.

    A cursor nobody gave out shows the first page.
    """
    back = "before" in params
    mark = _read(params.get("before") or params.get("after") or "")
    order = tuple(_turned(each) for each in by) if back else by
    if mark:
        rows = rows.filter(_beyond(order, mark))
    found = list(rows.order_by(*order)[: size + 1])
    more, found = len(found) > size, found[:size]
    if back:
        found.reverse()
    if not found:
        return Slice([])
    return Slice(
        found,
        previous=_query(params, "before", found[0], by) if (more if back else mark) else "",
        next=_query(params, "after", found[-1], by) if (back or more) else "",
    )


def _turned(each):
    return each[1:] if each.startswith("-") else f"-{each}"


def _beyond(order, mark):
    first, second = (each.lstrip("-") for each in order)
    side = {each.lstrip("-"): "lt" if each.startswith("-") else "gt" for each in order}
    return Q(**{f"{first}__{side[first]}": mark[0]}) | Q(
        **{first: mark[0], f"{second}__{side[second]}": mark[1]}
    )


def _query(params, word, row, by):
    values = [getattr(row, each.lstrip("-")) for each in by]
    query = params.copy()
    for old in ("before", "after"):
        query.pop(old, None)
    query[word] = "~".join(
        value.isoformat() if isinstance(value, datetime) else str(value) for value in values
    )
    return f"?{query.urlencode()}"


def _read(cursor):
    value, _, key = cursor.rpartition("~")
    if not value or not key.isdecimal():
        return None
    try:
        moment = parse_datetime(value)
    except ValueError:
        return None
    return (moment, int(key)) if moment and moment.tzinfo else None
