"""Duty rosters around the demo's moment, a turn by day and one by night; and one head on leave."""

from datetime import timedelta

from dispatch import rosters
from organization import clock
from organization.choices import Away, Role, Slot
from organization.models import Absence, DutyTurn, Person, Post

PAST, COMING = 2, 21  # days
MORNING, EVENING = 8, 18  # o'clock
ON_LEAVE = "002-ZFDW"  # nobody whose login is written on the door


def plant(now):
    """Rosters of every unit that needs one, once (a handful of statements)."""
    if DutyTurn.objects.exists():
        return
    units = list(rosters.needing(now).order_by("code"))
    first = now.astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    first -= timedelta(days=PAST)
    staff = _staff(units)
    DutyTurn.objects.bulk_create(
        turn for unit in units if unit.pk in staff for turn in _turns(unit, *staff[unit.pk], first)
    )
    _leave(now)


def _staff(units):
    """{unit id: (officers, leader or None)}; only a command room has a leader beside its officers."""
    roles = (Role.HANDLER, Role.DISPATCHER, Role.HEAD)
    posts = Post.objects.filter(department__in=units, role__in=roles, person__is_active=True)
    found = {unit.pk: ([], []) for unit in units}
    rooms = {unit.pk for unit in units if unit.is_command_room}
    for post in posts.select_related("person").order_by("pk"):
        leads = post.role == Role.HEAD and post.department_id in rooms
        found[post.department_id][leads].append(post.person)
    return {pk: (officers, next(iter(heads), None)) for pk, (officers, heads) in found.items() if officers}


def _turns(unit, officers, leader, first):
    for number in range(2 * (PAST + COMING)):
        day = first + timedelta(days=number // 2)
        begins = day + timedelta(hours=EVENING if number % 2 else MORNING)
        ends = day + timedelta(hours=24 + MORNING if number % 2 else EVENING)
        deputy = officers[(number + 1) % len(officers)]
        person = officers[number % len(officers)]
        yield DutyTurn(
            department=unit, person=person, deputy=deputy if deputy != person else None,
            slot=Slot.OFFICER, from_at=begins, to_at=ends, phone=_phone(unit),
        )  # fmt: skip
        if leader and number % 2 == 0:
            ends = begins + timedelta(days=1)
            yield DutyTurn(department=unit, person=leader, slot=Slot.LEADER, from_at=begins, to_at=ends)


def _phone(unit):
    """A number of the desk; 0000 is given to nobody."""
    return f"0000-2{unit.pk:06d}"


def _leave(now):
    of = Person.objects.filter(posts__department__code=ON_LEAVE)
    head, deputy = of.filter(posts__role=Role.HEAD).first(), of.filter(posts__role=Role.HANDLER).first()
    if head and deputy:
        span = {"from_at": now - timedelta(days=1), "to_at": now + timedelta(days=6)}
        Absence.objects.create(person=head, kind=Away.LEAVE, deputy=deputy, **span)
