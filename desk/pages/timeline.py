"""Lines of the timeline: when, who, what, why, and the photos that came with them."""

from itertools import groupby

from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch.choices import NodeKind
from matters import masking
from matters.choices import Kind
from organization.choices import ActorKind

FOLD_FROM = 3
ROUTINE = (
    Kind.REMINDED,
    Kind.WARNED,
    Kind.URGED,
    Kind.SKIPPED,
    Kind.SIGN_MISSED,
    Kind.RESPONSE_MISSED,
    Kind.RETURN_LAPSED,
    Kind.PROMISE_NEAR,
    Kind.STAGE_NEAR,
)


def lines(entries, photos, people_names):
    """Entries (oldest first) as the page shows them, newest first. `people_names`: {id: name} of those assigned."""
    of_seq = {}
    for photo in photos:
        of_seq.setdefault(photo.entry_seq, []).append(photo)
    shown = [_line(entry, of_seq.get(entry.seq, ()), people_names) for entry in reversed(entries)]
    return _folded(shown)


def _folded(shown):
    """Runs of the platform's own reminders become one line that opens, so that what people did stays in sight."""
    folded = []
    for routine, run in groupby(shown, key=lambda line: line["routine"]):
        run = list(run)
        if routine and len(run) >= FOLD_FROM:
            folded.append({"run": run, "count": len(run), "since": run[-1]["at"], "until": run[0]["at"]})
        else:
            folded += run
    return folded


def thumbs(photos):
    return [
        {"href": address(photo), "label": _("Photo %(n)s") % {"n": n}}
        for n, photo in enumerate(photos, start=1)
    ]


def address(photo):
    return reverse("desk:attachment", args=[photo.pk])


def what(entry):
    if entry.kind == Kind.SIGN_MISSED and entry.data.get("step") == NodeKind.TRIAGE:
        return _("Not accepted in time")
    return Kind(entry.kind).label if entry.kind in Kind else entry.kind


def who(entry):
    """The name as it then was; the platform when a rule acted, the reporter when they used their own link."""
    if entry.actor_kind == ActorKind.RULE:
        return _("Platform")
    return entry.actor_name or ActorKind(entry.actor_kind).label


def _line(entry, photos, people_names):
    given = people_names.get(entry.data.get("assignee"), "")
    return {
        "id": entry.seq,
        "routine": entry.kind in ROUTINE,
        "at": entry.at,
        "who": who(entry),
        "unit": entry.department.name if entry.department and entry.actor_kind != ActorKind.RULE else "",
        "what": f"{what(entry)} → {_target(entry, given)}" if _target(entry, given) else what(entry),
        "text": "" if entry.kind == Kind.REPORTED else masking.text(entry.text),
        "why": entry.why,
        "public": entry.public,
        "attachments": thumbs(photos) if entry.kind != Kind.REPORTED else [],
    }


def _target(entry, given):
    if entry.kind == Kind.DISPATCHED and entry.department:
        return entry.department.name
    return given
