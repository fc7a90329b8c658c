"""The inbox: what waits for the person, by its next consequence, with one button for the next step."""

from datetime import datetime, time, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from desk.pages import clocks, steps
from dispatch import policies
from dispatch.choices import NodeKind, NodeStatus
from matters import masking
from matters.choices import Part
from organization import clock


def end_of_today(at):
    day = clock.day_of(at) + timedelta(days=1)
    return datetime.combine(day, time.min, tzinfo=clock.ZONE)


def sieve(at):
    """What each tab shows."""
    return {
        "all": Q(),
        "overdue": Q(due_at__lt=at),
        "today": Q(due_at__gte=at, due_at__lt=end_of_today(at)),
        "unsigned": Q(status=NodeStatus.OPEN, kind=NodeKind.HANDLE),
        "assisting": Q(part=Part.ASSISTING),
    }


def tabs(nodes, chosen, at):
    """The tabs with their counts, in one query."""
    words = {
        "all": _("All"),
        "overdue": _("Overdue"),
        "today": _("Due today"),
        "unsigned": _("To sign"),
        "assisting": _("Assisting"),
    }
    counts = nodes.aggregate(**{key: Count("pk", filter=each) for key, each in sieve(at).items()})
    return [
        {
            "href": f"?show={key}" if key != "all" else "?",
            "label": label,
            "count": counts[key],
            "current": key == chosen,
        }
        for key, label in words.items()
    ]


def row(node, by, at):
    """One line: what, by when, where it stands, the next step."""
    matter = node.matter
    return {
        "href": reverse("desk:matter", args=[matter.number]),
        "title": masking.text(matter.title),
        "number": matter.number,
        "place": matter.area.name,
        "category": matter.category,
        "kind": node.get_kind_display(),
        "part": node.get_part_display() if node.kind == NodeKind.HANDLE else "",
        "unit": node.department.short_name,
        "status": "" if node.kind != NodeKind.HANDLE else node.get_status_display(),
        "holder": node.assignee.name if node.assignee and node.assignee_id != by.id else "",
        "sensitive": matter.sensitive,
        "due": clocks.of_node(node, at, escalated=bool(matter.escalated_level)),
        "step": _next_step(node, by),
    }


def _next_step(node, by):
    """The one button of a row. A step that is one click is a form; the others open their page."""
    if node.kind == NodeKind.TRIAGE:
        return steps.link(_("Open the tray"), f"{reverse('desk:tray')}#matter-{node.matter.number}")
    if node.kind == NodeKind.VERIFY:
        return steps.of_matter("verify", node.matter)
    verbs = policies.node_verbs(node, by)
    return steps.of_node(verbs[0], node) if verbs else None
