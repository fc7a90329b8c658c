"""A matter's file: where it stands, whose turn it is, why it came here, what will happen."""

from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from desk.pages import clocks, duty
from desk.templatetags.govflow import span
from dispatch import ladders, policies
from dispatch.choices import Action, NodeKind, TrayReason
from matters import masking
from matters.choices import Kind, Part, Status
from organization.choices import ActorKind

SHOWN_RUNGS = 3
ORDER = (Status.REPORTED, Status.DISPATCHED, Status.VERIFYING, Status.CALLBACK, Status.CLOSED)


def chosen_node(nodes, by):
    """The running node the person can act on, else the running lead, else the newest."""
    running = [node for node in nodes if node.is_running]
    mine = [node for node in running if policies.node_verbs(node, by)]
    given = [node for node in mine if node.assignee_id == by.id]
    leading = [node for node in running if node.is_lead]
    return next(iter(given or mine or leading or running or nodes[-1:]), None)


def track(matter, entries):
    """The five stages with the moment and the name each was done by."""
    last = {entry.kind: entry for entry in entries}
    place = _stage(matter, last)
    closed = matter.status == Status.CLOSED
    stages = [
        (pgettext("stage", "Accept"), last.get(Kind.ACCEPTED) or entries[0]),
        (pgettext("stage", "Dispatch"), last.get(Kind.DISPATCHED)),
        (pgettext("stage", "Handle"), last.get(Kind.HANDED_IN)),
        (pgettext("stage", "Verify"), last.get(Kind.VERIFIED)),
        (pgettext("stage", "Rate"), last.get(Kind.CLOSED) if closed else None),
    ]
    return [_stop(label, entry, n, place, matter) for n, (label, entry) in enumerate(stages)]


def _stage(matter, last):
    if matter.status == Status.REPORTED:
        return 1 if Kind.ACCEPTED in last else 0
    if matter.status in ORDER:
        return ORDER.index(Status(matter.status)) + 1
    return 0


def _stop(label, entry, n, place, matter):
    if n < place and (entry or matter.status != Status.CLOSED):
        return {"label": label, "state": "done", "at": entry and entry.at, "detail": _by_whom(entry)}
    if n == place and matter.is_open:
        return {"label": label, "state": "current", "at": matter.turn_since, "detail": _turn(matter)}
    return {"label": label, "state": "todo"}


def _turn(matter):
    return matter.responsible.short_name if matter.responsible else ""


def _by_whom(entry):
    if entry is None:
        return ""
    by_itself = entry.actor_kind == ActorKind.RULE or entry.kind == Kind.REPORTED
    return _("automatic") if by_itself else entry.actor_name


def parts(nodes, at, matter):
    """Handling parts, running ones first, each with its own clock; the lead before the assisting."""
    shown = [node for node in nodes if node.kind == NodeKind.HANDLE]
    away = duty.away(shown, at)
    shown.sort(key=lambda node: (not node.is_running, not node.is_lead, node.opened_at))
    return [
        {
            "unit": node.department.name,
            "lead": node.part == Part.LEAD,
            "required": node.is_running and not node.is_lead and node.required,
            "holder": node.assignee.name if node.assignee else "",
            "status": node.get_status_display(),
            "note": _("round %(n)s") % {"n": node.round} if node.round > 1 else "",
            "due": clocks.of_node(node, at, escalated=bool(matter.escalated_level)),
            "running": node.is_running,
            "stages": _stages(node, at),
            "away": away.get(node.pk, []),
        }
        for node in shown
    ]


def _stages(node, at):
    """Moments on the way of a staged limit: done, late, next or later."""
    shown, ahead = [], False
    for stage in node.stages:
        due = datetime.fromisoformat(stage["due_at"])
        state = "done" if stage["done_at"] else "late" if due < at else "later" if ahead else "next"
        ahead = ahead or state == "next"
        done = stage["done_at"] and datetime.fromisoformat(stage["done_at"])
        shown.append({"name": stage["name"], "due_at": due, "done_at": done, "state": state})
    return shown


def ladder(sights):
    """What happens as time passes on this node: fired, next, later. Of a long past only the end is shown."""
    fired = [sight for sight in sights if sight.rung]
    newest = [sight for n, sight in enumerate(fired) if not _rings_again(fired[n:])][-SHOWN_RUNGS:]
    hidden = len(fired) - len(newest)
    earlier = [{"state": "fired", "when": _("Earlier"), "action": _("%(n)s rungs") % {"n": hidden}}]
    return (earlier if hidden else []) + [_sight(sight) for sight in [*newest, *sights[len(fired) :]]]


def _sight(sight):
    step, rung = sight.step, sight.rung
    skipped = rung is not None and rung.skipped
    return {
        "state": "stopped" if skipped else step.state,
        "action": step.label,
        "at": step.at,
        "who": "" if skipped else _(", ").join(str(ladders.ROLE_NAMES[role]) for role in step.tells),
        "names": _(", ").join(sight.names),
        "to": sight.to,
        "stops": str(step.stops_by) if step.state == "next" else "",
        "late": _late(rung) if rung and rung.late_by else "",
    }


def _late(rung):
    """Lateness in words; it is the platform's, so it says why."""
    late = span(timedelta(seconds=rung.late_by))
    return _("%(late)s late: %(cause)s") % {"late": late, "cause": rung.get_cause_display()}


def _rings_again(fired):
    """Whether the first of these is a call that was made again: the newest stands for all."""
    return fired[0].step.action == Action.RING and any(each.step.action == Action.RING for each in fired[1:])


def why(routing):
    """Why did this come to me: the line, what matched, the runner-up, or why it lies in the tray."""
    if routing is None:
        return None
    line, matched, second = routing.line, routing.matched, routing.runner_up
    facts = [(_("Category"), matched.get("category")), (_("Place"), matched.get("place"))]
    return {
        "matched": [{"label": label, "value": fact["name"]} for label, fact in facts if fact],
        "line": f"{line.code} {line.category}" if line else "",
        "version": line and line.version,
        "lead": routing.department.name,
        "runner_up": second and {"name": second["department"], "why_not": second["reason"]},
        "reason": TrayReason(routing.reason).label if routing.reason else "",
        "text": "\n".join(filter(None, [line.legal_basis, line.standard])) if line else "",
    }


def contact(matter, nodes, by):
    """The reporter as may be shown: masked, and whether this person may ask to see it in clear."""
    reporter = getattr(matter, "reporter", None)
    if reporter is None:
        return None
    return {
        "name": masking.name(reporter.name),
        "phone": masking.phone(reporter.phone),
        "may_reveal": policies.may_reveal(matter, nodes, by) is not None,
    }
