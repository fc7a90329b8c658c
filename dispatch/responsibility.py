"""Who answers for a category at a place: the lines of the list, and the units they name there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from dispatch.choices import ListKind
from dispatch.models import Node, Responsibility
from matters.catalogue import categories
from matters.models import Category
from organization import catalogue as places
from organization import clock, standing
from organization.choices import Level, UnitKind
from organization.models import Area, Department

_ALWAYS = (UnitKind.COMMAND, UnitKind.VILLAGE)
_LONG = ("legal_basis", "standard", "liability")


def lines_for(
    category: Category, area: Area, *, at: datetime, known: dict[Any, Any] | None = None
) -> list[Responsibility]:
    """Lines in force at the moment that cover the place, the most specific area first; kept in `known`."""
    known, key = (
        places.now_known() if known is None else known,
        ("lines", category.pk, area.pk, clock.day_of(at)),
    )
    if key not in known:
        lines_of = _in_force(known, clock.day_of(at)).get(category.pk, ())
        known[key] = [line for path in area.lineage for line in lines_of if line.area.path == path]
    lines: list[Responsibility] = known[key]
    return lines


def name(nodes: Iterable[Node]) -> None:
    """Give nodes that were read with the stamp and without joins their units and lines."""
    for node in nodes:
        known = standing.known(node.stamp)  # type: ignore[attr-defined]
        node.department = places.units(known)[node.department_id]
        node.line = _lines(known)[node.line_id] if node.line_id else None


def _in_force(known: dict[Any, Any], day: date) -> dict[int, list[Responsibility]]:
    """The list of a day by category, without its long words; of one area the newest version first."""
    if ("list", day) not in known:
        found: dict[int, list[Responsibility]] = {}
        for line in Responsibility.objects.in_force(day).defer(*_LONG).order_by("-version"):
            line.category = categories(known)[line.category_id]
            line.area = places.areas(known)[line.area_id]
            found.setdefault(line.category_id, []).append(line)
        known["list", day] = found
    lines: dict[int, list[Responsibility]] = known["list", day]
    return lines


def _lines(known: dict[Any, Any]) -> dict[int, Responsibility]:
    """Every version of every line, without its long words."""
    return standing.table(
        known,
        Responsibility,
        lambda: Responsibility.objects.select_related("category", "area").defer(*_LONG, "area__ring"),
    )


class Units:
    """The units of a place and of all that contain it, on the day of `at`, asked by reference.

    `about` is the id of the unit the matter is about: no hand-up and no tray leads to it. What is read is kept in
    `known`.
    """

    def __init__(
        self,
        area: Area,
        lines: Sequence[Responsibility] = (),
        *,
        at: datetime,
        about: int | None = None,
        known: dict[Any, Any] | None = None,
    ) -> None:
        self._about, day = about, clock.day_of(at)
        known = places.now_known() if known is None else known
        key = ("units", area.pk, tuple(line.pk for line in lines), day)
        if key not in known:
            known[key] = _units_of(area, lines, day, known)
        self._all: list[Department] = known[key]

    def lead(self, line: Responsibility) -> Department | None:
        """The unit that leads a line here, or None. A grid-led line opens at the village committee."""
        if line.lead_department_id:
            return next((unit for unit in self._all if unit.pk == line.lead_department_id), None)
        return self.at(line.lead_level, line.lead_office)

    def at(self, level: str, office: str | None) -> Department | None:
        if level in (Level.GRID, Level.VILLAGE):
            return next((unit for unit in self._all if unit.kind == UnitKind.VILLAGE), None)
        return next((unit for unit in self._all if unit.level == level and unit.office == office), None)

    def assisting(self, line: Responsibility) -> tuple[list[Department], list[str]]:
        """(units, names of outside parties and of units that do not exist here) a line asks to assist."""
        units: list[Department] = []
        names: list[str] = []
        for ref in line.assisting:
            unit = None if "external" in ref else self.at(ref["level"], ref.get("office"))
            if unit:
                units.append(unit)
            else:
                names.append(ref.get("external") or ref.get("office") or ref["level"])
        return units, names

    def command_room(self, level: str = Level.TOWN) -> Department:
        """The command room of the level here; without one that may know, the district's, else whichever there is."""
        rooms = {unit.level: unit for unit in self._all if unit.kind == UnitKind.COMMAND}
        free = {each: unit for each, unit in rooms.items() if self._may_know(unit)} or rooms
        room = free.get(level) or free.get(Level.DISTRICT) or next(iter(free.values()), None)
        if room is None:
            raise Department.DoesNotExist(
                "No command room covers this place; set one up before the first report."
            )
        return room

    def above(self, unit: Department, line: Responsibility | None) -> Department:
        """Who takes over from a late unit: the unit the line names for that level, else its bureau, else the room."""
        level = Level(unit.level).above
        named = line and line.above.get(level)
        if named and (found := self.at(level, named)) and self._may_know(found):
            return found
        bureau = unit.stationed_of
        if bureau and bureau.level == level and self._may_know(bureau):
            return bureau
        return self.command_room(level)

    def _may_know(self, unit: Department) -> bool:
        return unit.pk != self._about


def _units_of(
    area: Area, lines: Sequence[Responsibility], day: date, known: dict[Any, Any]
) -> list[Department]:
    """The units of the day that may be asked for: named by a line, or of an office it names here, and the desks."""
    offices = {ref["office"] for line in lines for ref in _references(line) if ref.get("office")}
    named = {line.lead_department_id for line in lines if line.lead_department_id}
    around = [unit for path in area.lineage for unit in _units_at(known).get(path, ())]
    found = {
        unit.pk: unit
        for unit in [*around, *(places.units(known)[pk] for pk in named)]
        if (unit.pk in named or unit.office in offices or unit.kind in _ALWAYS) and unit.is_valid_on(day)
    }
    return [found[pk] for pk in sorted(found)]


def _units_at(known: dict[Any, Any]) -> dict[str, list[Department]]:
    """Units by the path of their place."""
    if "units at" not in known:
        found: dict[str, list[Department]] = {}
        for unit in places.units(known).values():
            found.setdefault(unit.area.path, []).append(unit)
        known["units at"] = found
    at: dict[str, list[Department]] = known["units at"]
    return at


def forbids(line: Responsibility, unit: Department) -> bool:
    """Whether the list forbids the unit to lead: reclaimed never a town, assisting only a bureau or its station."""
    if unit.level == Level.DISTRICT or (unit.stationed_of_id and line.list_kind != ListKind.RECLAIMED):
        return False
    return line.list_kind in (ListKind.RECLAIMED, ListKind.ASSIST)


def _references(line: Responsibility) -> Iterator[dict[str, Any]]:
    yield {"office": line.lead_office}
    yield from line.assisting
    yield from ({"office": office} for office in line.above.values())
