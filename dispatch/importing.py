"""Taking the responsibility list from a spreadsheet: looked at first, row by row; what is good becomes drafts.

Nothing of the list in force changes by it, and the same file taken twice changes nothing the second time.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from dispatch import drafting, list_rows, policies
from dispatch.models import Responsibility
from matters.models import Category
from organization import clock
from organization.actors import Actor
from organization.models import Area, Department
from organization.sheets import Row

NEW, CHANGED, SAME, WRONG = "new", "changed", "same", "wrong"


@dataclass
class Taken:
    """What becomes of one row: `outcome` is one of the four words, `reasons` say why it is wrong or what differs."""

    row: Row
    outcome: str
    reasons: list[str] = field(default_factory=list)
    words: dict[str, Any] = field(default_factory=dict)
    category: Category | None = None
    area: Area | None = None
    draft: Responsibility | None = None


def preview(rows: Iterable[Row], *, at: datetime) -> list[Taken]:
    """What taking the rows would do; reads only (six queries, however many rows)."""
    known = _Known(at)
    taken: list[Taken] = []
    places: dict[tuple[str, str], int] = {}
    for row in rows:
        each = _looked_at(row, known)
        place = (row.cells["类别编码"], row.cells["区域编码"])
        if each.outcome != WRONG and place in places:
            words = _("The same category and area as in row %(number)s.") % {"number": places[place]}
            each = Taken(row, WRONG, [words])
        places.setdefault(place, row.number)
        taken.append(each)
    return taken


@transaction.atomic
def take(rows: Iterable[Row], *, change: str, by: Actor, at: datetime) -> list[Taken]:
    """Make drafts of the rows that are new or changed; wrong rows are left out and told. Raises NotAllowed, Invalid."""
    drafting.may(policies.may_draft(by))
    taken = preview(rows, at=at)
    for each in taken:
        if each.outcome in (NEW, CHANGED):
            said = each.row.cells.get("修改说明") or change
            try:
                with transaction.atomic():
                    each.draft = _drafted(each, said, by, at)
            except ValidationError as refusal:
                each.outcome, each.reasons = WRONG, list(refusal.messages)
    return taken


def exported(*, at: datetime) -> list[list[str]]:
    """The rows of the list in force."""
    lines = Responsibility.objects.in_force(clock.day_of(at)).for_list().order_by("code", "version")
    return [list_rows.cells(line) for line in lines]


def wrong_rows(taken: Sequence[Taken]) -> list[list[str]]:
    """The rows that were not taken, as they came, each with its number and its reasons: the file to mend."""
    return [
        [
            *(each.row.cells.get(name, "") for name in list_rows.COLUMNS),
            str(each.row.number),
            " ".join(each.reasons),
        ]
        for each in taken
        if each.outcome == WRONG
    ]


class _Known:
    """What rows may refer to, read once."""

    def __init__(self, at: datetime) -> None:
        day = clock.day_of(at)
        self.categories = {category.code: category for category in Category.objects.filter(active=True)}
        self.areas = {area.code: area for area in Area.objects.valid_on(day).defer("ring")}
        units = list(Department.objects.valid_on(day).only("code", "level", "office", "name"))
        self.units = {unit.code: unit for unit in units}
        self.offices = {(unit.level, unit.office) for unit in units}
        lines = Responsibility.objects.in_force(day).select_related("lead_department")
        self.lines = {(line.category_id, line.area_id): line for line in lines}
        drafts = Responsibility.objects.in_draft().select_related("lead_department")
        self.drafts = {(line.category_id, line.area_id): line for line in drafts}


def _looked_at(row: Row, known: _Known) -> Taken:
    reasons = [
        _("“%(column)s” is empty.") % {"column": name} for name in list_rows.NEEDED if not row.cells[name]
    ]
    category, area = known.categories.get(row.cells["类别编码"]), known.areas.get(row.cells["区域编码"])
    if category is None and row.cells["类别编码"]:
        reasons.append(_("There is no category “%(code)s”.") % {"code": row.cells["类别编码"]})
    if area is None and row.cells["区域编码"]:
        reasons.append(_("There is no area “%(code)s”.") % {"code": row.cells["区域编码"]})
    if reasons or category is None or area is None:
        return Taken(row, WRONG, reasons)
    try:
        words = list_rows.words(row.cells, known.offices, known.units)
    except list_rows.Wrong as error:
        return Taken(row, WRONG, [str(error)])
    place = (category.pk, area.pk)
    before, draft = known.lines.get(place), known.drafts.get(place)
    beside = draft or before
    differs = [name for name, value in words.items() if beside is None or getattr(beside, name) != value]
    outcome = SAME if beside and not differs else CHANGED if beside else NEW
    return Taken(row, outcome, differs if beside else [], words, category, area, draft)


def _drafted(each: Taken, change: str, by: Actor, at: datetime) -> Responsibility:
    if each.draft:
        return drafting.change(each.draft.pk, words=each.words, change=change, by=by, at=at)
    assert each.category and each.area
    return drafting.draft(
        category=each.category, area=each.area, words=each.words, change=change, by=by, at=at
    )
