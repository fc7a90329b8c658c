"""The next calendar before it is published: one draft at a time, begun from the one in force."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from organization import workdays
from organization.actors import Actor
from organization.calendar import Day, WorkingCalendar
from organization.choices import DayKind
from organization.models import CalendarDraft, CalendarVersion

MOST_DAYS = 400  # of one import; a year's notice names about forty
WORDS = {
    "off": DayKind.OFF, "休": DayKind.OFF, "放假": DayKind.OFF,
    "work": DayKind.WORK, "班": DayKind.WORK, "上班": DayKind.WORK, "调休上班": DayKind.WORK,
    "half": DayKind.HALF, "半": DayKind.HALF, "半天": DayKind.HALF,
}  # fmt: skip


def current() -> CalendarDraft | None:
    return CalendarDraft.objects.filter(open=True).first()


@transaction.atomic
def begin(*, by: Actor, at: datetime) -> CalendarDraft:
    """The open draft, else a new one that says what the calendar in force says."""
    if found := current():
        return found
    latest = CalendarVersion.objects.order_by("-number").first()
    draft = CalendarDraft(made_by=by.name, made_at=at)
    if latest:
        draft.base, draft.office_hours = latest.number, latest.office_hours
        draft.closes_at_midnight, draft.confirmed_years = latest.closes_at_midnight, latest.confirmed_years
        draft.days = [_row(Day(day.on, day.kind, day.name)) for day in latest.days.order_by("on")]
    try:
        with transaction.atomic():
            draft.save()
    except IntegrityError:  # somebody else began one at the same moment
        return CalendarDraft.objects.get(open=True)
    return draft


@transaction.atomic
def put(draft: CalendarDraft, days: Iterable[Day]) -> CalendarDraft:
    """Days as they now are; one that is again as in a plain week is taken out with `plain`."""
    draft = CalendarDraft.objects.select_for_update().get(pk=draft.pk)
    rows = {row["date"]: row for row in draft.days}
    rows |= {day.on.isoformat(): _row(day) for day in days}
    draft.days = [rows[key] for key in sorted(rows)]
    draft.save(update_fields=["days"])
    return draft


@transaction.atomic
def plain(draft: CalendarDraft, on: date) -> None:
    """The date is an ordinary one again."""
    draft = CalendarDraft.objects.select_for_update().get(pk=draft.pk)
    draft.days = [row for row in draft.days if row["date"] != on.isoformat()]
    draft.save(update_fields=["days"])


@transaction.atomic
def confirm(draft: CalendarDraft, year: int, *, confirmed: bool) -> None:
    """Say that the official notice of a year is in (or is not)."""
    draft = CalendarDraft.objects.select_for_update().get(pk=draft.pk)
    draft.confirmed_years = sorted(set(draft.confirmed_years) - {year} | ({year} if confirmed else set()))
    draft.save(update_fields=["confirmed_years"])


def discard(draft: CalendarDraft) -> None:
    CalendarDraft.objects.filter(pk=draft.pk, open=True).update(open=False)


@transaction.atomic
def publish(draft: CalendarDraft, *, note: str, at: datetime) -> CalendarVersion:
    """The draft as the next version. ValidationError when another was published since it was begun."""
    draft = CalendarDraft.objects.select_for_update().get(pk=draft.pk)
    latest = CalendarVersion.objects.order_by("-number").values_list("number", flat=True).first() or 0
    if not draft.open or draft.base != latest:
        raise ValidationError(
            _("Another calendar was published meanwhile. Discard this draft and begin anew."), code="stale"
        )
    row = workdays.put_version(calendar(draft), note=note, at=at, office_hours=draft.office_hours)
    CalendarDraft.objects.filter(pk=draft.pk).update(open=False)
    return row


def calendar(draft: CalendarDraft) -> WorkingCalendar:
    """The draft as a calendar to count with; its number is the one it would get."""
    return WorkingCalendar(
        version=draft.base + 1,
        days={day.on: day for day in days(draft)},
        spans=tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in draft.office_hours
        ),
        confirmed_years=frozenset(draft.confirmed_years),
        closes_at_midnight=draft.closes_at_midnight,
    )


def days(draft: CalendarDraft) -> list[Day]:
    return [Day(date.fromisoformat(row["date"]), row["kind"], row["name"]) for row in draft.days]


def changes(old: WorkingCalendar, new: WorkingCalendar) -> list[tuple[date, Day | None, Day | None]]:
    """(date, as it was, as it will be) for each date on which the two differ."""
    dates = sorted({*old.days, *new.days})
    return [(on, old.days.get(on), new.days.get(on)) for on in dates if old.days.get(on) != new.days.get(on)]


def stretch(first: date, last: date, kind: str, name: str) -> list[Day]:
    """The same for each date from first to last. ValidationError for a stretch that ends before it begins."""
    length = (last - first).days + 1
    if not 0 < length <= MOST_DAYS:
        raise ValidationError(
            _("The last day is not before the first, and at most %(n)s days on.") % {"n": MOST_DAYS}
        )
    return [Day(first + timedelta(days=n), kind, name) for n in range(length)]


def read(data: bytes) -> list[Day]:
    """Days of a file: date, kind (off, work, half; 休, 班, 半), name. ValidationError names the line."""
    found: dict[date, Day] = {}
    rows = list(csv.reader(io.StringIO(_text(data))))
    for number, row in enumerate(rows, start=1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and not cells[0][:1].isdigit()):
            continue
        day = _day(cells, number)
        if day.on in found:
            raise ValidationError(_("Line %(n)s: %(date)s is listed twice.") % {"n": number, "date": day.on})
        found[day.on] = day
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


def _row(day: Day) -> dict[str, str]:
    return {"date": day.on.isoformat(), "kind": day.kind, "name": day.name}
