"""The responsibility list as anyone may read it: words of a category, of a unit, or the pinyin of a unit's name."""

from itertools import zip_longest

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.pages import clocks
from desk.pages.line_words import Names, compared
from dispatch import enacting
from dispatch.models import Responsibility
from organization import clock
from organization.models import Department

MOST = 100


def found(words, *, at):
    """(lines in force for the words, whether there were more than a page holds)."""
    names = Names()
    lines = Responsibility.objects.in_force(clock.day_of(at)).filter(category__active=True)
    if words:
        lines = lines.filter(_matching(words))
    lines = list(lines.for_list().order_by("category__platform__order", "code", "pk")[: MOST + 1])
    return [_line(line, names) for line in lines[:MOST]], len(lines) > MOST


def history(code):
    """Every published version of a line, the newest first, each with what it changed; empty for an unknown line."""
    names, lines = Names(), enacting.versions(code)
    return [
        {
            "line": line,
            "words": compared(before, line, names),
            "people": [name for name in (line.drafted_by, line.reviewed_by) if name],
        }
        for line, before in zip_longest(lines, lines[1:])
    ]


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
        | Q(code__iexact=words)
        | offices
    )


def _line(line, names):
    return {
        "code": line.code,
        "href": reverse("desk:line", args=[line.code]),
        "category": line.category,
        "platform": line.category.platform,
        "keywords": _(", ").join(line.category.keywords),
        "area": line.area.name,
        "list": line.get_list_kind_display(),
        "lead": names.lead(line),
        "assisting": _(", ").join(names.reference(each) for each in line.assisting),
        "limit": clocks.limit_words(line.limit_amount, line.limit_unit),
        "legal_basis": line.legal_basis,
        "standard": line.standard,
        "since": line.effective_from,
        "version": line.version,
    }
