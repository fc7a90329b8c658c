"""What is wrong with the responsibility list: gaps, units that closed, leads the list forbids, lines nobody can reach.

Read-only. A fault names the line or the category and place, what is wrong in a sentence, and what mends it.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dispatch.choices import ListKind
from dispatch.models import Responsibility
from dispatch.responsibility import forbids
from matters.choices import Route
from matters.models import Category
from organization.choices import Level, UnitKind
from organization.models import Area, Department

GAP, CLOSED, FORBIDDEN, NO_LEAD, NO_UNIT = "gap", "closed", "forbidden", "no_lead", "no_unit"


@dataclass(frozen=True)
class Fault:
    """`kind` is one of the words above; `area` is the place where it shows."""

    kind: str
    what: str | Promise
    category: Category
    area: Area
    line: Responsibility | None = None

    @property
    def blocks(self) -> bool:
        """Whether a line with it may not be published; where only a unit is missing the tray answers."""
        return self.kind in (CLOSED, FORBIDDEN, NO_LEAD)


class _Places:
    """Every town with the units that are there on a day, read once."""

    def __init__(self, on: date) -> None:
        areas = Area.objects.valid_on(on).exclude(level__in=[Level.GRID, Level.VILLAGE])
        self.towns = [area for area in areas if area.level == Level.TOWN]
        self.district = next((area for area in areas if area.level == Level.DISTRICT), None)
        self._offices: dict[tuple[str, str], list[Department]] = defaultdict(list)
        units = Department.objects.valid_on(on).select_related("area", "stationed_of")
        for unit in units:
            self._offices[unit.level, unit.office].append(unit)
        self.valid = {unit.pk for unit in units}
        self._villages = [unit for unit in units if unit.kind == UnitKind.VILLAGE]

    def lead(self, line: Responsibility, town: Area) -> Department | None:
        """The unit that would lead the line somewhere in the town, or None."""
        if line.lead_department_id:
            return line.lead_department if line.lead_department_id in self.valid else None
        if line.lead_level in (Level.GRID, Level.VILLAGE):
            return next((unit for unit in self._villages if town.holds(unit.area.path)), None)
        units = self._offices[line.lead_level, line.lead_office]
        if line.lead_level == Level.DISTRICT:
            return units[0] if units else None
        return next((unit for unit in units if unit.area.path == town.path), None)


def of_list(*, on: date) -> list[Fault]:
    """Every fault of the list in force on the day, gaps first."""
    places = _Places(on)
    lines = list(Responsibility.objects.in_force(on).select_related("category", "area", "lead_department"))
    found = [*_gaps(lines, places)]
    for line in lines:
        found += _faults(line, places, on)
    return found


def of_line(line: Responsibility, *, on: date) -> list[Fault]:
    """The faults a line would have if it were in force on the day."""
    return _faults(line, _Places(on), on)


def _faults(line: Responsibility, places: _Places, on: date) -> list[Fault]:
    if line.list_kind == ListKind.NOT_APPLICABLE or line.category.route != Route.ORDINARY:
        return []
    if not (line.lead_department_id or line.lead_level):
        return [_fault(NO_LEAD, _("%(line)s names no lead.") % {"line": _named(line)}, line)]
    if line.lead_department_id and line.lead_department_id not in places.valid:
        words = _("%(line)s is led by %(unit)s, which has closed.")
        return [_fault(CLOSED, words % {"line": _named(line), "unit": line.lead_department}, line)]
    leads = [(town, places.lead(line, town)) for town in _towns(line, places)]
    forbidden = next((lead for _town, lead in leads if lead and forbids(line, lead)), None)
    if forbidden:
        words = _("%(line)s: the list forbids %(unit)s to lead.")
        return [_fault(FORBIDDEN, words % {"line": _named(line), "unit": forbidden.name}, line)]
    without = [town for town, lead in leads if lead is None]
    if not without:
        return []
    words = _("%(line)s: no such unit in %(places)s; matters there lie in the command room's tray.")
    names = {"line": _named(line), "places": "、".join(town.name for town in without)}
    return [_fault(NO_UNIT, words % names, line, without[0])]


def _named(line: Responsibility) -> str:
    return f"{line.category.name} {line.code}"


def _towns(line: Responsibility, places: _Places) -> Iterable[Area]:
    """The towns a line must answer in: those inside its area, or the one that holds it."""
    return [town for town in places.towns if line.area.holds(town.path) or town.holds(line.area.path)]


def _fault(kind: str, what: str, line: Responsibility, area: Area | None = None) -> Fault:
    return Fault(kind, what, line.category, area or line.area, line)


def _gaps(lines: Iterable[Responsibility], places: _Places) -> Iterable[Fault]:
    """Category x town that no line answers for; one fault for the district where it is all of them."""
    covered: dict[int, list[Area]] = defaultdict(list)
    for line in lines:
        covered[line.category_id].append(line.area)
    for category in Category.objects.filter(active=True, route=Route.ORDINARY).order_by("code"):
        open_in = [
            town for town in places.towns if not any(area.holds(town.path) for area in covered[category.pk])
        ]
        everywhere = places.district and len(open_in) == len(places.towns)
        for town in [places.district] if everywhere and places.district else open_in:
            words = _("Nobody answers for %(category)s in %(place)s.")
            yield Fault(GAP, words % {"category": category.name, "place": town.name}, category, town)
