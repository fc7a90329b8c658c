"""A line of the responsibility list in words: who leads, who assists, by when; for look-up, drafts and history."""

from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from desk.pages import clocks
from dispatch.choices import ListKind
from organization.calendar import Limit
from organization.choices import Level
from organization.models import Department

LABELS = {
    "list_kind": lazy("List"),
    "lead": lazy("Lead unit"),
    "assisting": lazy("Assisting"),
    "above": lazy("Units of the levels above"),
    "limit": lazy("Time limit"),
    "first_response": lazy("First response"),
    "total": lazy("Promise to the reporter"),
    "legal_basis": lazy("Legal basis"),
    "standard": lazy("Standard"),
    "liability": lazy("Liability"),
    "ladder": lazy("Own ladder"),
}


class Names:
    """Names of offices and units, read once for a page."""

    def __init__(self):
        called, self._names = {}, {}
        for unit in Department.objects.current().order_by("pk"):
            called.setdefault((unit.level, unit.office), []).append(unit)
            self._names[unit.pk] = unit.name
        self._names |= {office: _usual(units) for office, units in called.items()}
        self.offices = {office: self._names[office] for office in sorted(called) if office[1]}

    def lead(self, line):
        return self._names.get(line.lead_department_id) or self.office(line.lead_level, line.lead_office)

    def reference(self, each):
        return each.get("external") or self.office(each.get("level"), each.get("office"))

    def office(self, level, office):
        if not level:
            return ""
        # a line led by the grid is answered by the village committee's office there
        name = self._names.get((level, office)) or self._names.get((Level.VILLAGE, office)) or office
        return f"{Level(level).label} · {name}" if name else str(Level(level).label)


def said(line, names):
    """{word: sentence} of everything a line says, empty words left out."""
    above = [names.office(level, office) for level, office in line.above.items()]
    words = {
        "list_kind": str(ListKind(line.list_kind).label),
        "lead": names.lead(line),
        "assisting": _(", ").join(names.reference(each) for each in line.assisting),
        "above": _(", ").join(above),
        "limit": clocks.limit_words(line.limit_amount, line.limit_unit),
        "first_response": _limit(line.first_response),
        "total": _limit(line.total),
        "legal_basis": line.legal_basis,
        "standard": line.standard,
        "liability": line.liability,
        "ladder": _("yes") if line.ladder else "",
    }
    return {word: value for word, value in words.items() if value}


def compared(before, after, names):
    """[{label, before, after, differs}] of two versions, word by word; without `before` all of it is new."""
    old, new = said(before, names) if before else {}, said(after, names)
    return [
        {
            "label": label,
            "before": old.get(word, ""),
            "after": new.get(word, ""),
            "differs": bool(before) and old.get(word) != new.get(word),
        }
        for word, label in LABELS.items()
        if word in old or word in new
    ]


def _limit(text):
    if not text:
        return ""
    limit = Limit.parse(text)
    return clocks.limit_words(limit.amount, limit.unit)


def _usual(units):
    """An office is called as most of its units call themselves without their place; where they share no name
    (village committees), as their kind.
    """
    name, times = Counter(unit.short_name for unit in units).most_common(1)[0]
    return units[0].get_kind_display() if times == 1 < len(units) else name
