"""Who sends which messages now: a lease on the rows of each message, fenced, and at most one digest for a mailbox.

Only whoever holds a mailbox's pace row makes a new digest of what waits there; afterwards only the row that carries it
is ever claimed, and the others go with it. So two relays never wait for each other.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Min

from dispatch import endpoints, limits, media
from dispatch.choices import SendState
from dispatch.limits import Timing
from dispatch.models import Outbox, Pace
from dispatch.querysets import OutboxQuerySet
from organization import clock

LEASE = timedelta(seconds=90)
MOST_ATTEMPTS = 8
MOST_FOLDED = 1000
IN_HAND = (
    100  # messages of one medium that all relays together may have in hand: a slow one keeps no more waiting
)


@dataclass(frozen=True)
class Batch:
    """The rows of one message, under one lease."""

    lease: uuid.UUID
    rows: Sequence[Outbox]

    @property
    def first(self) -> Outbox:
        return self.rows[0]


def claim(medium: str, at: datetime, limit: int) -> list[Batch]:
    """Take a lease on ready messages of a medium and commit it before anything is sent."""
    now, lease = clock.real_now(), uuid.uuid4()
    with transaction.atomic():
        limit = min(limit, endpoints.room(medium, now), IN_HAND - _in_hand(medium, now))
        if limit <= 0:
            return []
        ready = Outbox.objects.sendable(at, now).filter(medium=medium).exclude(
            mailbox__in=endpoints.closed(now)
        )  # fmt: skip
        carriers = [*_alone(ready, limit), *_folded(ready, at, limit)][:limit]
        batches = [row.outer_id for row in carriers]
        Outbox.objects.filter(batch__in=batches, state=SendState.READY).update(
            lease=lease, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    return _batches(lease)


def finish(
    rows: Iterable[Outbox], lease: uuid.UUID, state: SendState, *, error: str = "", **facts: object
) -> None:
    """Record the outcome, if the lease is still ours: a sender that slept too long changes nothing."""
    Outbox.objects.filter(pk__in=[row.pk for row in rows], lease=lease, state=SendState.READY).update(
        state=state, error=error[:300], lease=None, lease_until=None, **facts
    )


def try_again(batch: Batch, why: str) -> None:
    """Later and later; after the last try it is undeliverable until somebody sends it again."""
    if batch.first.attempts >= MOST_ATTEMPTS:
        return finish(batch.rows, batch.lease, SendState.DEAD, error=why)
    delay = timedelta(seconds=min(600, 5 * 2**batch.first.attempts))
    return finish(batch.rows, batch.lease, SendState.READY, error=why, retry_at=clock.real_now() + delay)


def give_back(batches: Iterable[Batch]) -> None:
    """What was claimed and not tried: it costs no attempt."""
    for batch in batches:
        Outbox.objects.filter(pk__in=[row.pk for row in batch.rows], lease=batch.lease).update(
            lease=None, lease_until=None, attempts=F("attempts") - 1
        )


def _in_hand(medium: str, now: datetime) -> int:
    leased = Outbox.objects.filter(medium=medium, state=SendState.READY, lease_until__gte=now)
    return leased.values("lease", "batch").distinct().count()


def _alone(ready: OutboxQuerySet, limit: int) -> list[Outbox]:
    """Messages that go by themselves, and what is tried again."""
    rows = ready.carrying().exclude(alone=False, batch=None).oldest_first()
    claimed = list(rows.select_for_update(skip_locked=True, of=("self",))[:limit])
    _carry(claimed, [row for row in claimed if row.batch is None])
    return claimed


def _carry(carriers: Iterable[Outbox], rows: Iterable[Outbox]) -> None:
    """Each of the rows carries itself."""
    new = [row.pk for row in rows]
    if new:
        Outbox.objects.filter(pk__in=new).update(batch=F("message_id"))


def _folded(ready: OutboxQuerySet, at: datetime, limit: int) -> list[Outbox]:
    """One digest for each mailbox that may have one now; the others wait for the end of their pause."""
    ready = ready.filter(alone=False, batch=None)
    waiting = ready.values("mailbox").annotate(first=Min("pk")).order_by("first")
    mailboxes = list(waiting.values_list("mailbox", flat=True)[:limit])
    if not mailboxes:
        return []
    Pace.objects.bulk_create([Pace(mailbox=each) for each in sorted(mailboxes)], ignore_conflicts=True)
    held = Pace.objects.filter(mailbox__in=mailboxes).select_for_update(skip_locked=True)
    timing, carriers = limits.timing(at), []
    for pace in held:
        rows = ready.filter(mailbox=pace.mailbox).oldest_first()
        if pace.free_at and pace.free_at > at:
            rows.update(send_after=pace.free_at)
            continue
        together = list(rows[:MOST_FOLDED])
        if together:
            Outbox.objects.filter(pk__in=[row.pk for row in together]).update(batch=together[0].message_id)
            Pace.objects.filter(pk=pace.pk).update(free_at=_next_moment(timing))
            carriers.append(together[0])
    return carriers


def _next_moment(timing: Timing) -> datetime:
    return timing.calendar.next_open(timing.due(media.pause(timing.policy)))


def _batches(lease: uuid.UUID) -> list[Batch]:
    """Alone ones first: an emergency does not stand behind digests."""
    found: dict[uuid.UUID, list[Outbox]] = {}
    for row in Outbox.objects.filter(lease=lease).for_sending().order_by("-alone", "pk"):
        found.setdefault(row.outer_id, []).append(row)
    return [Batch(lease, rows) for rows in found.values()]
