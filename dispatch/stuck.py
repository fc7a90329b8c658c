"""A step that fails to ring again and again: it is still tried, the rest goes on, and a person is told.

Administrators see no matters, so what reaches them names the step and sends them to the check page, no more.
"""

import logging
from datetime import timedelta

from django.db import transaction

from dispatch import outbox
from dispatch.choices import STUCK_AFTER
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.querysets import NodeQuerySet
from organization import clock
from organization.choices import Role
from organization.models import Person, Post

log = logging.getLogger(__name__)

LONGEST_PUSH = 600  # seconds
KIND = "stuck"


def push_back(node_id: int, failure: Exception, timing: Timing) -> None:
    """A failing step waits longer each time, but is never given up; at the eighth failure people are told."""
    with transaction.atomic():
        node = Node.objects.select_for_update(no_key=True).get(pk=node_id)
        node.failures = min(node.failures + 1, 30_000)
        node.retry_at = clock.real_now() + timedelta(seconds=min(LONGEST_PUSH, 2 ** min(node.failures, 10)))
        node.trouble = f"{type(failure).__name__}: {failure}"[:300]
        node.save(update_fields=["failures", "retry_at", "trouble"])
    if node.failures == STUCK_AFTER:
        _tell(node, timing)


def steps() -> NodeQuerySet:
    """Steps that are stuck, the one that should have rung first on top."""
    return Node.objects.stuck().select_related("matter", "department").order_by("next_alarm_at", "pk")


def try_again(node_id: int) -> bool:
    """Let the next sweep try it whatever it waits for; False when it is not stuck. Its failures stay counted."""
    return bool(Node.objects.stuck().filter(pk=node_id).update(retry_at=None))


def _tell(node: Node, timing: Timing) -> None:
    """The page shows it in any case: what is wrong with the step may spoil the telling too."""
    posts = Post.objects.of_role(Role.ADMINISTRATOR).valid_on(clock.day_of(timing.at))
    try:
        with transaction.atomic():
            administrators = Person.objects.filter(pk__in=posts.values("person"), is_active=True)
            outbox.page(node, administrators, KIND, timing)
    except Exception:
        log.exception("nobody could be told that node %s is stuck", node.pk)
