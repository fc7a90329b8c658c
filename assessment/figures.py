"""What a figure is: a number, how it is computed, and the list it opens."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode


@dataclass(frozen=True)
class Figure:
    """`query` is the querystring of the list of exactly these matters; it carries the moment of the count."""

    value: int
    how: str
    query: str


def list_query(*, at: datetime, **filters: str | Iterable[str] | datetime | None) -> str:
    """A querystring of the list in a fixed order; what is None is left out."""
    words: list[tuple[str, str]] = []
    for name, value in {**filters, "as_of": at}.items():
        if isinstance(value, datetime):
            words.append((name, value.isoformat()))
        elif isinstance(value, str):
            words.append((name, value))
        elif value is not None:
            words.extend((name, each) for each in value)
    return urlencode(words)
