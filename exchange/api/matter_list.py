"""The page of matters from plain rows: one statement, compiled once for whose page it is and what it is asked.

Fifty matters as models, with their joins, took four times as long as all the rest of the request. Names of places,
units and categories come from what stands; `answers.MatterRow` stays the declaration, and a test compares the two.
"""

from collections.abc import Callable, Hashable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.http import QueryDict

from dispatch.models import Node
from exchange.api.answers import sent_by
from exchange.filters import MatterFilters, cleaned
from exchange.pagination import Keyset
from matters import catalogue
from matters.choices import OPEN
from matters.masking import name as masked_name
from matters.masking import phone as masked_phone
from matters.models import Matter
from organization import catalogue as places
from organization import standing
from organization.actors import Actor
from organization.clock import ZONE
from organization.models import Area, Department
from organization.statements import Given, Kept, Once, Statement

COLUMNS = (
    "pk", "number", "revision", "status", "round", "level", "text", "title", "category_id", "area_id", "area_path",
    "lon", "lat", "address", "accuracy_m", "channel_id", "urgency", "reporter__name", "reporter__phone", "reported_at",
    "due_at", "soonest_due_at", "first_due_at", "promise_at", "escalated_level", "responsible_id", "turn_since",
    "token", "sensitive", "client_id", "reported_by_id", "stamp",
)  # fmt: skip
HELD = ("matter", "department", "assignee", "status", "kind", "asks", "part")  # what `may_know_contact` asks

_pages = Kept()
_running: Once[Node] = Once(
    lambda: Node.objects.running().filter(matter__in=Given("matters", many=True)).only(*HELD)
)


def rows(actor: Actor, sent: QueryDict, page: Keyset, *, at: datetime) -> list[Any]:
    """The rows of the page as named tuples of COLUMNS. Raises ValidationError."""
    asked = cleaned(MatterFilters, sent)
    moments = {name: value for name, value in asked.items() if isinstance(value, datetime)}
    shape = tuple((name, _shape(value)) for name, value in asked.items())

    def compose() -> QuerySet:
        found = Matter.objects.visible_to(actor)
        filters = MatterFilters({}, found).filters
        for name, value in asked.items():
            found = filters[name].filter(found, Given(name) if name in moments else value)
        return page.unfilled(found.annotate(stamp=places.STAMP).values_list(*COLUMNS, named=True))

    statement = Statement(compose()) if "q" in asked else _pages.of((actor.reach, shape, page.shape), compose)
    return page.keep(statement.all(at=at, **moments, **page.told))


def answered(
    found: list[Any],
    *,
    actor: Actor,
    at: datetime,
    may_know: Callable[[Any, Sequence[Node]], bool],
    link: Callable[[str], str],
) -> list[dict]:
    """The rows as `answers.MatterRow` declares them; `may_know` says whose contact is shown, by the running nodes."""
    if not found:
        return []
    names = _names(standing.known(found[0].stamp))
    held = _held(found) if actor.person else {}
    return [
        _answer(row, names, at)
        | {
            "reporter": _contact(row) if may_know(row, held.get(row.pk, ())) else None,
            "tracking_url": link(row.token) if sent_by(row, actor) else None,
        }
        for row in found
    ]


def _answer(row: Any, names: "Names", at: datetime) -> dict:
    category, platform = names.categories.get(row.category_id, (None, None))
    unit, responsible = names.units.get(row.responsible_id, (None, None))
    return {
        "number": row.number,
        "revision": row.revision,
        "status": row.status,
        "suspended": False,
        "round": row.round,
        "level": row.level,
        "text": row.text,
        "title": row.title,
        "category": category,
        "platform": platform,
        "area": names.areas[row.area_id],
        "location": {"lon": row.lon, "lat": row.lat, "address": row.address, "accuracy_m": row.accuracy_m},
        "channel": names.channels[row.channel_id],
        "urgency": row.urgency,
        "reporter": None,
        "reported_at": _moment(row.reported_at),
        "due_at": _moment(row.due_at),
        "first_due_at": _moment(row.first_due_at),
        "promise_at": _moment(row.promise_at),
        "overdue": bool(row.soonest_due_at and row.soonest_due_at < at and row.status in OPEN),
        "escalated_level": row.escalated_level,
        "turn": {"department": unit, "since": _moment(row.turn_since)},
        "responsible_department": responsible,
        "tracking_url": None,
        "sensitive": row.sensitive,
    }


class Names:
    """What rows name, as it is answered; made once for a stamp and shared."""

    def __init__(self, known: dict[Any, Any]) -> None:
        self.areas = {
            pk: {**_named(area), "level": area.level, "path": area.path}
            for pk, area in places.areas(known).items()
        }
        self.units = {pk: (_unit(unit), _responsible(unit)) for pk, unit in places.units(known).items()}
        self.channels = {pk: channel.code for pk, channel in catalogue.channels(known).items()}
        self.categories = {
            pk: (_named(each), _named(each.platform)) for pk, each in catalogue.categories(known).items()
        }


def _names(known: dict[Any, Any]) -> Names:
    if "answered" not in known:
        known["answered"] = Names(known)
    names: Names = known["answered"]
    return names


def _held(found: list[Any]) -> dict[int, list[Node]]:
    """The running nodes of the rows, which decide for a person whose contact may be shown."""
    held: dict[int, list[Node]] = {}
    for node in _running.all(matters=[row.pk for row in found]):
        held.setdefault(node.matter_id, []).append(node)
    return held


def _contact(row: Any) -> dict | None:
    if row.reporter__name is None:
        return None
    return {"name": masked_name(row.reporter__name), "phone": masked_phone(row.reporter__phone)}


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(ZONE).isoformat()


def _named(row: Any) -> dict:
    return {"code": row.code, "name": row.name}


def _unit(unit: Department) -> dict:
    return {"id": unit.pk, "code": unit.code, "name": unit.name}


def _responsible(unit: Department) -> dict:
    bureau = unit.stationed_of
    return {
        **_unit(unit),
        "level": unit.level,
        "kind": unit.kind,
        "area": _named(unit.area),
        "stationed_of": bureau and _unit(bureau),
    }


def _shape(value: Any) -> Hashable:
    """What of a filter's value the statement holds; a moment is told each time."""
    if isinstance(value, datetime):
        return datetime
    if isinstance(value, Area):
        return value.path
    if isinstance(value, Model):
        return value.pk
    return tuple(value) if isinstance(value, list) else value
