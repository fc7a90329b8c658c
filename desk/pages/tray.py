"""Rows of the tray: what was said, why it lies here, and up to three ways on."""

from django.urls import reverse
from django.utils.translation import gettext as _

from desk.pages import clocks, timeline
from dispatch.choices import NodeStatus, TrayReason
from dispatch.models import Routing
from matters import masking
from matters.choices import Status
from matters.models import Attachment

DECLINABLE = (TrayReason.DECLINE_PROPOSED,)


def rows(nodes, at):
    """Nodes of the tray with their newest routing and their photos (two queries more, however many rows)."""
    ids = [node.matter_id for node in nodes]
    routings = Routing.objects.filter(matter__in=ids).order_by("matter", "-pk").distinct("matter")
    newest = {routing.matter_id: routing for routing in routings}
    photos = {}
    for photo in Attachment.objects.filter(matter__in=ids, entry_seq=1).order_by("created_at"):
        photos.setdefault(photo.matter_id, []).append(photo)
    found = [_row(node, newest.get(node.matter_id), photos.get(node.matter_id, ()), at) for node in nodes]
    for row in found[:1]:
        row["first"] = True  # the one primary button of the page
    return found


def outcome(matter, category):
    """Where the matter went, for the message after one key."""
    if matter.status == Status.REPORTED:
        return _("%(number)s is now “%(category)s”, and stays in a tray: choose a unit.") % {
            "number": matter.number, "category": category,
        }  # fmt: skip
    return _("%(number)s, “%(category)s”: dispatched to %(unit)s.") % {
        "number": matter.number, "category": category, "unit": matter.responsible,
    }  # fmt: skip


def _row(node, routing, photos, at):
    matter = node.matter
    proposals = routing.proposals if routing else []
    return {
        "number": matter.number,
        "revision": matter.revision,
        "href": reverse("desk:matter", args=[matter.number]),
        "title": masking.text(matter.title),
        "text": masking.text(matter.text) if matter.text != matter.title else "",
        "place": matter.area.name,
        "address": masking.text(matter.address),
        "channel": matter.channel.name,
        "category": matter.category,
        "urgent": matter.get_urgency_display() if matter.urgency != "normal" else "",
        "accepted": node.status == NodeStatus.SIGNED,
        "reason": TrayReason(routing.reason).label if routing and routing.reason else "",
        "photos": timeline.thumbs(photos),
        "proposals": [
            {**each, "key": n, "words": _(", ").join(each["words"])}
            for n, each in enumerate(proposals[:3], start=1)
        ],
        "decline": bool(routing and routing.reason in DECLINABLE),
        "due": clocks.of_node(node, at),
    }
