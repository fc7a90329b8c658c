"""The next calendar before it is published: one draft at a time, begun from the one in force."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from organization import workdays
from organization.actors import Actor
from organization.calendar import Day, WorkingCalendar
from organization.models import CalendarDraft, CalendarVersion

MOST_DAYS = 400  # of one import; a year's notice names about forty


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
        draft.days = [_row(Day(each.on, each.kind, each.name)) for each in latest.days.order_by("on")]
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
    rows |= {each.on.isoformat(): _row(each) for each in days}
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
        days={each.on: each for each in days(draft)},
        spans=tuple(
            (time.fromisoformat(start), time.fromisoformat(end)) for start, end in draft.office_hours
        ),
        confirmed_years=frozenset(draft.confirmed_years),
        closes_at_midnight=draft.closes_at_midnight,
    )


def days(draft: CalendarDraft) -> list[Day]:
    return [day(row) for row in draft.days]


def day(row: dict[str, str]) -> Day:
    return Day(date.fromisoformat(row["date"]), row["kind"], row["name"])


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


def _row(one: Day) -> dict[str, str]:
    return {"date": one.on.isoformat(), "kind": one.kind, "name": one.name}
