"""A yearly notice as a file: one day a line, read in English or Chinese, in UTF-8 or GB 18030."""

import csv
import io
from collections.abc import Sequence
from datetime import date

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from organization.calendar import Day
from organization.choices import DayKind
from organization.drafts import MOST_DAYS

MOST_BYTES = 200_000
WORDS = {
    "off": DayKind.OFF, "休": DayKind.OFF, "放假": DayKind.OFF,
    "work": DayKind.WORK, "班": DayKind.WORK, "上班": DayKind.WORK, "调休上班": DayKind.WORK,
    "half": DayKind.HALF, "半": DayKind.HALF, "半天": DayKind.HALF,
}  # fmt: skip


def read(data: bytes) -> list[Day]:
    """Days of a file: date, kind (off, work, half; 休, 班, 半), name. ValidationError names the line."""
    found: dict[date, Day] = {}
    rows = list(csv.reader(io.StringIO(_text(data))))
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not cells[0][:1].isdigit()):
            continue
        one = _day(cells, number)
        if one.on in found:
            raise ValidationError(_("Line %(n)s: %(date)s is listed twice.") % {"n": number, "date": one.on})
        found[one.on] = one
    if not found:
        raise ValidationError(_("The file holds no days."))
    if len(found) > MOST_DAYS:
        raise ValidationError(_("At most %(n)s days at once.") % {"n": MOST_DAYS})
    return list(found.values())


def _day(cells: Sequence[str], number: int) -> Day:
    try:
        on = date.fromisoformat(cells[0].replace("/", "-"))
        kind, name = WORDS[cells[1].lower()], cells[2] if len(cells) > 2 else ""
    except (ValueError, KeyError, IndexError) as error:
        raise ValidationError(
            _("Line %(n)s: write a date such as 2027-01-01, then off, work or half, then the name.")
            % {"n": number}
        ) from error
    return Day(on, kind, name[:40])


def _text(data: bytes) -> str:
    for code in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The file cannot be read as text."))
