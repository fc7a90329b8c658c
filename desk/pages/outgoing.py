"""The page of outgoing messages: gateways with their state, then the rows asked for."""

from urllib.parse import urlencode

from django.conf import settings
from django.db.models import Count, Min, Q
from django.utils.translation import gettext_lazy as _

from dispatch import copies
from dispatch import messages as words
from dispatch.choices import Medium, SendState
from dispatch.models import ChannelSetting, Endpoint, Outbox, Release

FEW = 5
REASONS = {  # our own; what a gateway answered stands as it came
    "no longer allowed to know": _("May no longer know of it"),
    "no longer needed": _("No longer needed: it was done meanwhile"),
    "dropped when the copy was released": _("Dropped when the copy was released"),
    "no phone number on file": _("No phone number on file"),
    "no e-mail address on file": _("No e-mail address on file"),
    "no gateway is set up for this medium": _("No gateway is set up for this medium"),
    "the secret of the gateway is not on this server": _("The secret of the gateway is not on this server"),
    "the address is not one of CHANNEL_ORIGINS": _("The address is not one of CHANNEL_ORIGINS"),
    "410: the gateway is gone; it was put out of use": _("410: the gateway is gone; it was put out of use"),
    "demo phone": _("demo phone"),
}


def asked(params):
    """The filter: what is undeliverable, unless the address says otherwise."""
    state, medium = params.get("state", SendState.DEAD), params.get("medium", "")
    return {
        "state": state if state in SendState else SendState.DEAD,
        "medium": medium if medium in Medium else "",
    }


def query(asked):
    return urlencode({name: value for name, value in asked.items() if value})


def rows(asked):
    found = Outbox.objects.filter(state=asked["state"]).select_related("recipient", "unit")
    return found.filter(medium=asked["medium"]) if asked["medium"] else found


def lines(rows):
    return [
        {
            "pk": row.pk,
            "at": row.at,
            "medium": row.get_medium_display(),
            "to": row.recipient.name if row.recipient else row.unit.name,
            "kind": words.happened(row.kind, None),
            "attempts": row.attempts,
            "reason": REASONS.get(row.error or row.answer, row.error or row.answer),
            "dead": row.state == SendState.DEAD,
            "sent_at": row.sent_at,
        }
        for row in rows
    ]


def state():
    """What holds everything, how each medium does, and who released copies before."""
    counts = {row["medium"]: row for row in _counts()}
    closed = {row.name: row for row in Endpoint.objects.filter(failures__gt=0)}
    set_up = set(ChannelSetting.objects.filter(active=True).values_list("medium", flat=True))
    media = [_medium(each, counts.get(each, {}), closed, each in set_up) for each in Medium]
    return {
        "hold": copies.hold(),
        "media": media,
        "states": [{"value": each.value, "label": each.label} for each in SendState],
        "releases": Release.objects.order_by("-pk")[:FEW],
    }


def _counts():
    alive = Outbox.objects.filter(state__in=(SendState.READY, SendState.DEAD))
    return (
        alive.order_by()
        .values("medium")
        .annotate(
            waiting=Count("pk", filter=Q(state=SendState.READY)),
            oldest=Min("send_after", filter=Q(state=SendState.READY)),
            dead=Count("pk", filter=Q(state=SendState.DEAD)),
        )
    )


def _medium(medium, counts, closed, set_up):
    failing = closed.get(medium) or next(
        (row for name, row in closed.items() if name.startswith(f"{medium}:")), None
    )
    return {
        "value": medium.value,
        "label": medium.label,
        "way": _way(medium, set_up),
        "waiting": counts.get("waiting", 0),
        "oldest": counts.get("oldest"),
        "dead": counts.get("dead", 0),
        "failing": failing and {"error": failing.error, "until": failing.closed_until, "n": failing.failures},
    }


def _way(medium, set_up):
    if medium == Medium.EMAIL:
        return _("mail server of the settings")
    if set_up:
        return _("gateway set up")
    return _("demo phone") if settings.DEMO else _("no gateway set up")
