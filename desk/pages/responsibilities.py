"""The responsibility list as anyone may read it: words of a category, of a unit, or the pinyin of a unit's name."""

from collections import Counter

from django.db.models import Q
from django.utils.translation import gettext as _

from desk.pages import clocks
from dispatch.models import Responsibility
from organization import clock
from organization.choices import Level
from organization.models import Department

MOST = 100


def found(words, *, at):
    """(lines in force for the words, whether there were more than a page holds)."""
    names = _office_names()
    lines = Responsibility.objects.in_force(clock.day_of(at)).filter(category__active=True)
    if words:
        lines = lines.filter(_matching(words))
    lines = list(lines.for_list().order_by("category__platform__order", "code", "pk")[: MOST + 1])
    return [_line(line, names) for line in lines[:MOST]], len(lines) > MOST


def _matching(words):
    units = Department.objects.current().filter(
        Q(name__icontains=words)
        | Q(short_name__icontains=words)
        | Q(sort_key__icontains=words.lower().replace(" ", ""))
    )
    offices = Q(lead_office__in=units.values("office")) | Q(lead_department__in=units.values("pk"))
    return (
        Q(category__name__icontains=words)
        | Q(category__major__icontains=words)
        | Q(category__keywords__contains=[words])
        | Q(category__scope_note__icontains=words)
        | offices
    )


def _office_names():
    """{(level, office) or unit id: name}. An office is called as most of its units call themselves without their
    place; where they share no name (village committees), as their kind.
    """
    called, names = {}, {}
    for unit in Department.objects.current().order_by("pk"):
        called.setdefault((unit.level, unit.office), []).append(unit)
        names[unit.pk] = unit.name
    return names | {office: _usual(units) for office, units in called.items()}


def _usual(units):
    name, times = Counter(unit.short_name for unit in units).most_common(1)[0]
    return units[0].get_kind_display() if times == 1 < len(units) else name


def _line(line, names):
    lead = names.get(line.lead_department_id) or _office(line.lead_level, line.lead_office, names)
    return {
        "code": line.code,
        "category": line.category,
        "platform": line.category.platform,
        "keywords": _(", ").join(line.category.keywords),
        "area": line.area.name,
        "list": line.get_list_kind_display(),
        "lead": lead,
        "assisting": _(", ").join(_reference(each, names) for each in line.assisting),
        "limit": clocks.limit_words(line.limit_amount, line.limit_unit),
        "legal_basis": line.legal_basis,
        "standard": line.standard,
        "since": line.effective_from,
        "version": line.version,
    }


def _reference(each, names):
    return each.get("external") or _office(each.get("level"), each.get("office"), names)


def _office(level, office, names):
    if not level:
        return ""
    # a line led by the grid is answered by the village committee's office there
    name = names.get((level, office)) or names.get((Level.VILLAGE, office)) or office
    return f"{Level(level).label} · {name}" if name else str(Level(level).label)
