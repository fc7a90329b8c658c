"""What the breaker holds, in words and numbers; no matter is named, since an administrator sees none."""

from django.utils.translation import gettext as _

from dispatch import breaker, letting_go
from dispatch.breaker_rows import BreakerEvent
from dispatch.choices import Action, BreakerState
from matters.choices import Urgency
from organization.choices import Level

SHOWN = 30
MEANS = {
    BreakerState.CLOSED: "ok",
    BreakerState.HOLDING: "late",
    BreakerState.RELEASING: "soon",
    BreakerState.STOPPED: "late",
}


def facts(at):
    status = letting_go.status(at)
    state = BreakerState(status.row.state)
    return {
        "state": state,
        "mark": MEANS[state],
        "holds": state != BreakerState.CLOSED,
        "row": status.row,
        "found": status,
        "tables": [
            {"title": _("What is held"), "rows": _rows(status.by_action, Action)},
            {"title": _("On which level"), "rows": _rows(status.by_level, Level)},
            {"title": _("How urgent"), "rows": _rows(status.by_urgency, Urgency)},
        ],
        "events": BreakerEvent.objects.order_by("-pk")[:SHOWN],
        "least": breaker.LEAST,
        "most": max(breaker.LEAST, breaker.TIMES * status.row.usual),
    }


def _rows(counts, words):
    return [{"label": words(value).label, "count": counts[value]} for value in sorted(counts)]
