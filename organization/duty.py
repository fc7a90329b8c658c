"""Keeping the rosters and the list of who is away. What has been is never changed: the past says who was on duty."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from organization import clock, people, policies
from organization.actors import Actor
from organization.models import Absence, Area, Department, DutyTurn, Person, Post
from organization.querysets import PostQuerySet
from organization.refusals import Invalid, NotAllowed, Refused

LONGEST = timedelta(days=31)


@transaction.atomic
def enter_turn(
    *, department: Department, slot: str, person: Person, from_at: datetime, to_at: datetime,
    deputy: Person | None = None, phone: str = "", by: Actor, at: datetime,
) -> DutyTurn:  # fmt: skip
    """Put somebody on the roster. Raises NotAllowed, Invalid, Refused (that place or person is taken)."""
    if not policies.may_keep_roster(department, by):
        raise NotAllowed
    turn = DutyTurn(
        department=department, slot=slot, person=person, deputy=deputy, from_at=from_at, to_at=to_at, phone=phone
    )  # fmt: skip
    check(turn, at=at)
    with _taken():
        turn.save()
    return turn


@transaction.atomic
def change_turn(pk: int, *, by: Actor, at: datetime, **changes: Any) -> DutyTurn:
    """Change a turn to come. One that has begun keeps what has been, and the change holds from now on."""
    turn = _held(pk, by, at)
    begun = turn.from_at < at
    if begun:
        DutyTurn.objects.filter(pk=pk).update(to_at=at)
        turn.pk, turn._state.adding = None, True
    for name, value in changes.items():
        setattr(turn, name, value)
    if begun:
        turn.from_at = at
    check(turn, at=at)
    with _taken():
        turn.save()
    return turn


@transaction.atomic
def swap_turns(pk: int, other: int, *, by: Actor, at: datetime) -> None:
    """Two turns change their people; what of either has been stays."""
    first, second = sorted((_held(pk, by, at), _held(other, by, at)), key=lambda turn: turn.pk or 0)
    rows = []
    for turn, source in ((first, second), (second, first)):
        who = {"person": source.person, "deputy": source.deputy, "phone": source.phone}
        span = {"from_at": max(turn.from_at, at), "to_at": turn.to_at}
        rows.append(DutyTurn(department=turn.department, slot=turn.slot, **who, **span))
    for turn in (first, second):
        _let_go(turn, at)
    with _taken():
        for row in rows:
            check(row, at=at)
            row.save()


@transaction.atomic
def remove_turn(pk: int, *, by: Actor, at: datetime) -> None:
    """Take a turn off the roster; one that runs ends now."""
    _let_go(_held(pk, by, at), at)


@transaction.atomic
def enter_absence(
    *, person: Person, kind: str, from_at: datetime, to_at: datetime, deputy: Person | None = None,
    by: Actor, at: datetime,
) -> Absence:  # fmt: skip
    """Say that somebody is away: oneself, or for the people of one's unit or place."""
    if not policies.may_enter_absence(person, people.posts_of(person, at=at), by):
        raise NotAllowed
    absence = Absence(person=person, kind=kind, deputy=deputy, from_at=from_at, to_at=to_at)
    _check_span(absence, at)
    _check_deputy(absence, from_at)
    with _taken():
        absence.save()
    return absence


@transaction.atomic
def end_absence(pk: int, *, by: Actor, at: datetime) -> None:
    """They are back, or do not go: an absence that runs ends now, one to come is taken out."""
    absence = Absence.objects.select_for_update(of=("self",)).select_related("person").get(pk=pk)
    if not policies.may_enter_absence(absence.person, people.posts_of(absence.person, at=at), by):
        raise NotAllowed
    if absence.to_at <= at:
        raise Refused(_("This is over; what has been is kept."), code="over")
    _let_go(absence, at)


def candidates(area: Area, *, at: datetime) -> PostQuerySet:
    """Posts, valid on the day, of whoever may be on duty for a unit of this place: all who work there or below."""
    here = Q(department__area__path__startswith=area.path) | Q(area__path__startswith=area.path)
    posts = Post.objects.filter(here, person__is_active=True).valid_on(clock.day_of(at))
    return posts.select_related("person", "department")


def check(turn: DutyTurn, *, at: datetime) -> None:
    """Raises Invalid for what the roster cannot hold, whoever enters it."""
    _check_span(turn, at)
    if turn.to_at - turn.from_at > LONGEST:
        raise Invalid(_("A turn is no longer than 31 days."), field="to_at")
    for field, person in (("person", turn.person), ("deputy", turn.deputy)):
        if person and not candidates(turn.department.area, at=turn.from_at).filter(person=person).exists():
            raise Invalid(_("%(name)s holds no post here on that day.") % {"name": person.name}, field=field)
    if turn.deputy_id == turn.person_id:
        raise Invalid(_("Name somebody else as deputy."), field="deputy")


def _check_span(row: DutyTurn | Absence, at: datetime) -> None:
    if row.to_at <= row.from_at:
        raise Invalid(_("It must end after it begins."), field="to_at")
    if row.to_at <= at:
        raise Invalid(_("This time is over."), field="to_at")


def _check_deputy(absence: Absence, at: datetime) -> None:
    if absence.deputy_id == absence.person_id:
        raise Invalid(_("Name somebody else as deputy."), field="deputy")
    if absence.deputy and not people.posts_of(absence.deputy, at=at):
        words = _("%(name)s holds no post here on that day.") % {"name": absence.deputy.name}
        raise Invalid(words, field="deputy")


def _held(pk: int, by: Actor, at: datetime) -> DutyTurn:
    """The turn under lock, if the actor may change it and it is not over."""
    rows = DutyTurn.objects.select_for_update(of=("self",)).select_related(
        "department__area", "person", "deputy"
    )
    turn = rows.get(pk=pk)
    if not policies.may_keep_roster(turn.department, by):
        raise NotAllowed
    if turn.to_at <= at:
        raise Refused(_("This is over; what has been is kept."), code="over")
    return turn


def _let_go(row: DutyTurn | Absence, at: datetime) -> None:
    if row.from_at >= at:
        row.delete()
        return
    row.to_at = at
    row.save(update_fields=["to_at"])


@contextmanager
def _taken() -> Iterator[None]:
    """The database's own refusals in words."""
    said = {
        "one_on_duty_in_a_place": _("Somebody else is already on duty there at that time."),
        "one_turn_at_a_time": _("This person is already on duty somewhere at that time."),
        "one_absence_at_a_time": _("An absence of this person is already entered for that time."),
    }
    try:
        with transaction.atomic():
            yield
    except IntegrityError as refused:
        name = next((name for name in said if name in str(refused)), None)
        if name is None:
            raise
        raise Refused(said[name], code=name) from refused
