"""Moving business time the way the clock does: from due moment to due moment."""

from dispatch import escalation, limits
from dispatch.models import Escalation, Node


def walk(until):
    """Ring everything due up to `until`, each at its own moment; returns how many rang."""
    rang = 0
    while (
        alarm := Node.objects.alarm_due(until)
        .order_by("next_alarm_at")
        .values_list("next_alarm_at", flat=True)
        .first()
    ):
        rang += escalation.sweep(at=alarm)
    return rang


def kinds(matter, *only):
    """Kinds of the matter's entries in order, or only those asked for."""
    entries = matter.entries.order_by("seq")
    return [entry.kind for entry in entries if not only or entry.kind in only]


def lead(matter):
    return matter.nodes.get(part="lead", status__in=["open", "signed"])


def climb(node):
    """Let the node's time run out: ring its hand-up at its own moment, as if all before had rung."""
    fired = ["sign_missed", "response_missed", "return_lapsed", "remind", "warn"]
    Node.objects.filter(pk=node.pk).update(
        fired=fired, rung=len(fired), next_alarm_at=node.escalate_at, next_action="escalate",
        promise_near_at=None, promise_due_at=None, stage_near_at=None, stage_due_at=None,
    )  # fmt: skip
    assert escalation.ring(node.pk, node.matter_id, limits.timing(node.escalate_at))
    return Escalation.objects.get(node=node)
