"""A matter as its reporter may read it: where it is, by when, what was said to them. No person is named."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dispatch.models import Node
from matters.choices import Ending, Kind, Part, Status
from matters.models import Entry, Matter, Rating
from portal import promises
from portal.words import scrubbed

MOST_ENTRIES = 10
FOUR_DIGITS = 4
STEPS = [
    (gettext_lazy("Acceptance"), (Kind.ACCEPTED, Kind.DISPATCHED)),
    (gettext_lazy("Dispatching"), (Kind.DISPATCHED,)),
    (gettext_lazy("Handling"), (Kind.HANDED_IN,)),
    (gettext_lazy("Check"), (Kind.VERIFIED,)),
    (gettext_lazy("Rating"), (Kind.RATED, Kind.CLOSED)),
]
REACHED = {
    Status.REPORTED: 0,
    Status.DISPATCHED: 2,
    Status.VERIFYING: 3,
    Status.CALLBACK: 4,
    Status.CLOSED: 5,
}
SAID = {
    Kind.REPORTED: gettext_lazy("Your report arrived"),
    Kind.DISPATCHED: gettext_lazy("Handed to the unit in charge"),
    Kind.ESCALATED: gettext_lazy("Time ran out; handed up to the level above"),
    Kind.HANDED_IN: gettext_lazy("The unit says it is done"),
    Kind.VERIFIED: gettext_lazy("Checked on the spot: solved"),
    Kind.REWORKED: gettext_lazy("Checked on the spot: not solved, handled again"),
    Kind.CALLBACK_OPENED: gettext_lazy("Waiting for your rating"),
    Kind.RATED: gettext_lazy("You rated it"),
    Kind.DEADLINE_MOVED: gettext_lazy("The day by which you are answered has changed"),
}


def page(matter: Matter, *, at: datetime) -> dict[str, Any]:
    """Everything the progress page shows (three queries)."""
    entries = [] if matter.sensitive else list(matter.entries.public().for_timeline().order_by("-seq"))
    lead = (
        Node.objects.filter(matter=matter, part=Part.LEAD)
        .running()
        .select_related("department", "assignee")
        .first()
    )
    rating = Rating.objects.filter(matter=matter, round=matter.round).first()
    return {
        "matter": matter,
        "what": _what(matter),
        "track": _track(matter, entries) if matter.status in REACHED else [],
        "holder": promises.holder(matter),
        "promise": promises.promise(matter, at),
        "ladder_sentence": promises.when_time_runs_out(matter, lead),
        "ending": _ending(matter),
        "entries": [_entry(entry, matter) for entry in entries[:MOST_ENTRIES]],
        "may_rate": bool(lead and lead.asks and matter.status == Status.CALLBACK),
        "rating": rating,
    }


def found(*, number: str, phone: str) -> Matter | None:
    """The matter of that number whose reporter's phone ends so. Sensitive ones open by their link only."""
    if len(phone) != FOUR_DIGITS or not phone.isdecimal():
        return None
    return Matter.objects.filter(number=number, reporter__phone__endswith=phone, sensitive=False).first()


def _what(matter: Matter) -> str:
    """Kind of matter and place; never the reporter's own words, which may name people."""
    if matter.sensitive or matter.category is None:
        return _("What you reported")
    return f"{matter.category.name} · {matter.area.name}"


def _track(matter: Matter, entries: list[Entry]) -> list[dict[str, Any]]:
    reached = REACHED[Status(matter.status)]
    steps = []
    for place, (label, kinds) in enumerate(STEPS):
        state = "done" if place < reached else "current" if place == reached else "todo"
        at = next((entry.at for entry in entries if entry.kind in kinds), None) if state == "done" else None
        steps.append({"label": label, "state": state, "at": at})
    return steps


def _ending(matter: Matter) -> str:
    if matter.status == Status.CLOSED:
        return {
            Ending.UNANSWERED: _("Closed: no rating came in the time set for it."),
            Ending.SETTLED: _("Closed after we called you."),
        }.get(Ending(matter.ending), _("Closed. Thank you for telling us."))
    return {
        Status.DECLINED: _("This cannot be handled here. The reason is below."),
        Status.MERGED: _("This was reported before; both are handled together."),
        Status.VOIDED: _("This report was withdrawn."),
    }.get(Status(matter.status), "")


def _entry(entry: Entry, matter: Matter) -> dict[str, Any]:
    kind = Kind(entry.kind) if entry.kind in Kind.values else None
    own = entry.kind in (Kind.REPORTED, Kind.RATED)
    return {
        "at": entry.at,
        "what": SAID.get(kind, kind.label) if kind else _("Noted"),
        "who": entry.department.name if entry.department else "",
        "text": "" if own else scrubbed(_said(entry), matter),
    }


def _said(entry: Entry) -> str:
    """What was said to the reporter; of a promise that moved, the platform says why."""
    return entry.why if entry.kind == Kind.DEADLINE_MOVED else entry.text
