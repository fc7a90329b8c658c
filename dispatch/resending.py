"""What could not be delivered lies where administrators see it, and goes out again when they say so."""

import logging
from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from dispatch.choices import SendState
from dispatch.models import Outbox
from dispatch.outbox import wake
from dispatch.policies import may_run_platform
from matters.refusals import NotAllowed
from organization.actors import Actor

log = logging.getLogger(__name__)


@transaction.atomic
def send_again(*, medium: str = "", only: Collection[int] | None = None, by: Actor, at: datetime) -> int:
    """Undeliverable messages, all or `only` these, become ready again under the ids they had. Raises NotAllowed."""
    if not may_run_platform(by):
        raise NotAllowed
    dead = Outbox.objects.filter(state=SendState.DEAD)
    dead = dead.filter(medium=medium) if medium else dead
    if only is not None:
        batches = dead.filter(pk__in=only).values("batch")
        dead = dead.filter(batch__in=batches)
    count = dead.update(state=SendState.READY, attempts=0, retry_at=None, send_after=at)
    log.info("%s sends %s messages again", by.name, count)
    wake()
    return count
