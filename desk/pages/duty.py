"""Rosters as pages show them: who is on duty now, two weeks of turns, when nobody is there."""

from datetime import timedelta
from itertools import groupby

from django.db.models import Q
from django.utils.translation import gettext as _

from desk.templatetags.govflow import moment
from dispatch import rosters
from organization import clock, policies, workdays
from organization.choices import Role, Slot
from organization.models import Absence, Department, DutyTurn, Post

DAYS = 14
MOST = 200


def units(by, at):
    """The units with a roster, or that need one, which the person may see (one query)."""
    rostered = DutyTurn.objects.overlapping(at, at + timedelta(days=DAYS)).values("department")
    needed = rosters.needing(at)
    found = Department.objects.valid_on(clock.day_of(at)).filter(policies.seen_rosters(by))
    wanted = found.filter(pk__in=needed.values("pk")) | found.filter(pk__in=rostered)
    return list(wanted.select_related("area", "stationed_of").distinct().order_by("area__path", "code"))


def rows(shown, at):
    """One row a unit: officer and leader now, and the first gap of the next two weeks."""
    now = DutyTurn.objects.at(at).filter(department__in=[unit.pk for unit in shown]).for_telling()
    turns = {(turn.department_id, turn.slot): turn for turn in now}
    missing = {}
    for gap in rosters.gaps(at, DAYS, units=shown):
        missing.setdefault(gap.department.pk, []).append(gap)
    return [
        {
            "unit": unit,
            "officer": turns.get((unit.pk, Slot.OFFICER)),
            "leader": turns.get((unit.pk, Slot.LEADER)),
            "gap": next(iter(missing.get(unit.pk, [])), None),
            "gaps": len(missing.get(unit.pk, [])),
            "gaps_more": len(missing.get(unit.pk, [])) - 1,
        }
        for unit in shown
    ]


def weeks(unit, at):
    """Fourteen days from today, each with the turns that begin on it; a turn that runs stands on today."""
    first = clock.day_of(at)
    begin = at.astimezone(clock.ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    found = DutyTurn.objects.filter(department=unit).overlapping(begin, begin + timedelta(days=DAYS))
    turns = list(found.for_telling().order_by("from_at", "slot"))
    of = {day: list(own) for day, own in groupby(turns, lambda turn: max(first, clock.day_of(turn.from_at)))}
    calendar = workdays.current()
    days = [first + timedelta(days=n) for n in range(DAYS)]
    return [
        {
            "day": day,
            "working": calendar.is_working(day),
            "turns": [_turn(turn, at) for turn in of.get(day, [])],
        }
        for day in days
    ]


def _hour(when, day, at):
    """The hour alone on its own day, else with the date."""
    local = when.astimezone(clock.ZONE)
    return local.strftime("%H:%M") if local.date() == day else moment(when, at)


def _turn(turn, at):
    day = clock.day_of(turn.from_at)
    return {
        "pk": turn.pk,
        "slot": turn.get_slot_display(),
        "leads": turn.slot == Slot.LEADER,
        "who": turn.person.name,
        "deputy": turn.deputy.name if turn.deputy else "",
        "phone": turn.phone or turn.person.phone,
        "begins": _hour(turn.from_at, max(day, clock.day_of(at)), at),
        "ends": _hour(turn.to_at, max(day, clock.day_of(at)), at),
        "runs": turn.from_at <= at < turn.to_at,
        "over": turn.to_at <= at,
    }


def expiring(unit, at):
    """Posts of the unit that end within the two weeks shown."""
    day = clock.day_of(at)
    ending = Post.objects.filter(department=unit, valid_to__gte=day, valid_to__lte=day + timedelta(days=DAYS))
    return ending.select_related("person").order_by("valid_to")


def absences(by, people, at):
    """Absences that run or come: one's own, those in which one stands in, and those one may enter or end."""
    found = Absence.objects.filter(to_at__gt=at)
    found = found.filter(person__in=people) | found.filter(person=by.id) | found.filter(deputy=by.id)
    found = list(found.select_related("person", "deputy").distinct().order_by("from_at", "pk")[:MOST])
    posts = Post.objects.filter(person__in={each.person_id for each in found}).valid_on(clock.day_of(at))
    held = {}
    for post in posts.for_scope():
        held.setdefault(post.person_id, []).append(post)
    rows = [_absence(each, held.get(each.person_id, []), by, at) for each in found]
    return [row for row in rows if row["may"] or row["stands_in"]]


def _absence(absence, posts, by, at):
    return {
        "absence": absence,
        "unit": next((post.department or post.area for post in posts if post.department or post.area), ""),
        "runs": absence.from_at <= at,
        "mine": absence.person_id == by.id,
        "stands_in": absence.deputy_id == by.id,
        "may": policies.may_enter_absence(absence.person, posts, by),
    }


def away(nodes, at):
    """{node id: [sentence]} for running steps whose holder or head is away now (one query)."""
    running = [node for node in nodes if node.is_running]
    units = {node.department_id for node in running}
    holds = Q(person__in={node.assignee_id for node in running if node.assignee_id})
    heads = Q(person__posts__role=Role.HEAD, person__posts__department__in=units) & valid_post(at)
    facts = (
        "person",
        "person__name",
        "to_at",
        "deputy__name",
        "person__posts__department",
        "person__posts__role",
    )
    found = list(Absence.objects.at(at).filter(holds | heads).values_list(*facts)) if running else []
    return {
        node.pk: list(dict.fromkeys(
            _is_away(name, until, deputy, at)
            for person, name, until, deputy, unit, role in found
            if person == node.assignee_id or (unit == node.department_id and role == Role.HEAD)
        ))
        for node in running
    }  # fmt: skip


def valid_post(at):
    day = clock.day_of(at)
    return Q(person__posts__valid_from__lte=day) & (
        Q(person__posts__valid_to=None) | Q(person__posts__valid_to__gte=day)
    )


def _is_away(name, until, deputy, at):
    words = {"who": name, "until": moment(until, at), "deputy": deputy}
    if deputy:
        return _("%(who)s is away until %(until)s; deputy %(deputy)s") % words
    return _("%(who)s is away until %(until)s") % words
