"""A clock in words for `components/_due.html`. Working limits are told in working time, others in natural time."""

from datetime import timedelta

from django.utils.translation import gettext as _

from desk.templatetags.govflow import span
from dispatch import ladders
from dispatch.choices import Action, NodeKind
from matters.choices import OPEN, Status
from organization import calendar, clock, workdays
from organization.calendar import Unit

WORKING = (Unit.WD, Unit.WH)


def of_node(node, at, *, escalated=False):
    """The node's own clock: state, due moment, what is left, what comes next."""
    if not node.is_running:
        return {"state": "done", "done_at": node.ended_at, "now": at}
    rung = ladders.next_rung(node)
    return {
        "state": _state(node, at, escalated),
        "due_at": node.due_at,
        "now": at,
        "next": rung and next_words(rung, node),
        **_left(node, at),
    }


def of_matter(matter, at):
    """The matter's clock on a list: its lead's due moment; overdue when any of its running nodes is.

    Without what is left: whether that is working or natural time is a fact of the node, not of the matter.
    """
    if matter.status not in OPEN:
        return {"state": "done", "done_at": matter.closed_at, "now": at}
    late = matter.soonest_due_at and matter.soonest_due_at < at
    soon = matter.due_at and clock.day_of(matter.due_at) <= clock.day_of(at)
    state = "late" if late else "escalated" if matter.escalated_level else "soon" if soon else "normal"
    if matter.status == Status.CALLBACK:
        state = "late" if late else "normal"
    return {"state": state, "due_at": matter.due_at, "now": None}


def next_words(rung, node):
    """The next consequence in a few words: '06-15 17:30 hand up'."""
    when = clock.day_of(rung.at).strftime("%m-%d") + rung.at.astimezone(clock.ZONE).strftime(" %H:%M")
    what = _("Due") if rung.action == Action.WARN else rung.label
    return _("→ %(when)s %(what)s") % {"when": when, "what": what}


def limit_words(amount, unit):
    """A limit such as 5 WD in words."""
    words = {
        Unit.WD: _("%(n)s working days"),
        Unit.WH: _("%(n)s working hours"),
        Unit.D: _("%(n)s days"),
        Unit.H: _("%(n)s hours"),
        Unit.M: _("%(n)s minutes"),
    }
    return words[Unit(unit)] % {"n": amount}


def _state(node, at, escalated):
    if node.due_at < at:
        return "late"
    if escalated and node.is_lead and node.kind == NodeKind.HANDLE:
        return "escalated"
    return "soon" if node.remind_at and node.remind_at <= at else "normal"


def _left(node, at):
    """Working time left (or over) in words; nothing for natural limits, whose words the script keeps fresh."""
    if node.limit_unit not in WORKING:
        return {}
    hours = workdays.version(node.calendar_version)
    first, last = sorted((at, node.due_at))
    minutes = calendar.working_minutes(hours, first, last)
    words = _working_span(minutes, hours.day_minutes)
    pattern = _("%(time)s over") if node.due_at < at else _("%(time)s left")
    return {"text": pattern % {"time": words}, "note": _("working time")}


def _working_span(minutes, day):
    days, rest = divmod(int(minutes), int(day))
    if not days:
        return span(timedelta(minutes=rest))
    words = _("%(n)s working days") % {"n": days} if days > 1 else _("1 working day")
    return f"{words} {_('%(n)d h') % {'n': rest // 60}}" if rest >= 60 and days < 3 else words
