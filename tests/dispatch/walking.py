"""Moving business time the way the clock does: from due moment to due moment."""

from dispatch import escalation
from dispatch.models import Node


def walk(until):
    """Ring everything due up to `until`, each at its own moment; returns how many rang."""
    rang = 0
    while alarm := Node.objects.alarm_due(until).order_by("next_alarm_at").values_list("next_alarm_at", flat=True).first():
        rang += escalation.sweep(at=alarm)
    return rang


def kinds(matter, *only):
    """Kinds of the matter's entries in order, or only those asked for."""
    entries = matter.entries.order_by("seq")
    return [entry.kind for entry in entries if not only or entry.kind in only]


def lead(matter):
    return matter.nodes.get(part="lead", status__in=["open", "signed"])
