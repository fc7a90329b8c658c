"""Many running steps at once, copied from one that was really dispatched."""

from dispatch.models import Node
from matters.models import Matter, new_salt, new_token
from tests.dispatch.walking import lead

MOMENTS = ("sign_due_at", "first_response_due_at", "returnable_until", "remind_at", "due_at", "escalate_at")
ACTIONS = ("sign_missed", "response_missed", "return_lapsed", "remind", "warn", "escalate")


def herd(town, count, moments, *, category="ZZ07", **facts):
    """`count` matters with one running lead each; `moments(n)` says when the six moments of the n-th fall.

    A moment that is None has rung already. Returns the nodes in that order.
    """
    pattern = town.report(category)
    node = lead(pattern)
    pattern.nodes.update(status="stopped", next_alarm_at=None, next_action="")
    matters = Matter.objects.bulk_create(
        copied(pattern, number=f"X-{n:05d}", token=new_token(), salt=new_salt(), entry_count=0, head="")
        for n in range(count)
    )
    nodes = [_node(node, matter, moments(n), facts) for n, matter in enumerate(matters)]
    return Node.objects.bulk_create(nodes)


def copied(row, **changes):
    fields = [field.attname for field in row._meta.concrete_fields if not field.primary_key]
    fresh = type(row)(**{name: getattr(row, name) for name in fields})
    for name, value in changes.items():
        setattr(fresh, name, value)
    return fresh


def _node(pattern, matter, moments, facts):
    left = [(at, action) for at, action in zip(moments, ACTIONS, strict=True) if at]
    fired = [action for at, action in zip(moments, ACTIONS, strict=True) if at is None]
    at, action = min(left)
    known = {name: at or getattr(pattern, name) for name, at in zip(MOMENTS, moments, strict=True)}
    alarm = {"next_alarm_at": at, "next_action": action, "fired": fired, "rung": len(fired)}
    return copied(pattern, matter=matter, **known, **alarm, **facts)
