"""What the breaker holds, and a person's decision about it: let go, let go slowly, or hold on."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Min
from django.utils.translation import gettext as _

from dispatch import breaker, policies
from dispatch.breaker_rows import Breaker
from dispatch.choices import BreakerDeed, BreakerState
from dispatch.models import Node
from matters.refusals import Invalid, NotAllowed, Refused
from organization import clock
from organization.actors import Actor


@dataclass(frozen=True)
class Status:
    row: Breaker
    held: int
    by_action: dict[str, int]
    by_level: dict[str, int]
    by_urgency: dict[str, int]
    oldest: datetime | None

    @property
    def minutes(self) -> int:
        """How long letting go one a second takes."""
        return -(-self.held // 60)


def status(at: datetime) -> Status:
    row = Breaker.objects.filter(pk=1).first() or Breaker(pk=1)
    waiting = breaker.held(at) if row.state != BreakerState.CLOSED else Node.objects.none()
    counts = waiting.order_by().values_list("next_action", "level", "urgency").annotate(n=Count("pk"))
    actions, levels, urgencies = Counter[str](), Counter[str](), Counter[str]()
    for action, level, urgency, n in counts:
        actions[action] += n
        levels[level] += n
        urgencies[urgency] += n
    oldest = waiting.order_by().aggregate(oldest=Min("next_alarm_at"))["oldest"]
    return Status(row, sum(levels.values()), actions, levels, urgencies, oldest)


@transaction.atomic
def release(*, by: Actor, at: datetime, why: str, slowly: bool = False) -> None:
    """Let go of everything now, or now one a second. Raises NotAllowed, Invalid, Refused when nothing is held."""
    row = _decided(by, why)
    now = clock.real_now()
    if slowly:
        breaker.become(row, BreakerState.RELEASING, release_at=None, taken_at=now)
    else:
        breaker.become(row, BreakerState.CLOSED, release_at=None, counted_from=at, held_to=at)
    breaker.record(BreakerDeed.SLOWLY if slowly else BreakerDeed.RELEASED, row.cause, by, now, why=why)


@transaction.atomic
def abort(*, by: Actor, at: datetime, why: str) -> None:
    """Go on holding until a person lets go, while the mistake is put right. Raises NotAllowed, Invalid, Refused."""
    row = _decided(by, why)
    now = clock.real_now()
    breaker.become(row, BreakerState.STOPPED, release_at=None, paged_at=now)
    breaker.record(BreakerDeed.ABORTED, row.cause, by, now, why=why)


def _decided(by: Actor, why: str) -> Breaker:
    if not policies.may_work_the_breaker(by):
        raise NotAllowed
    if not why.strip():
        raise Invalid(_("Say why; it is kept with your name."), field="why", code="required")
    row = Breaker.objects.select_for_update().filter(pk=1).exclude(state=BreakerState.CLOSED).first()
    if row is None:
        raise Refused(_("Nothing is held."), code="nothing_held")
    return row
