"""Telling people: in-app notices at once, messages that leave the house through the outbox.

Both are written in the transaction of their cause. `relay` sends at least once, under one stable id, with a
lease that fences a sender which slept too long; a message is rendered when it is sent, and only for somebody
who may then still know of the matter.
"""

import logging
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F
from django.dispatch import Signal
from django.utils import translation

from dispatch import messages, recipients
from dispatch.choices import AT_ONCE, Medium, SendState
from dispatch.limits import Timing
from dispatch.models import Notice, Outbox
from dispatch.recipients import Targets, Told
from matters.choices import Urgency
from matters.models import Matter
from organization import clock, people, rows

log = logging.getLogger(__name__)

queued = Signal()  # a wake-up after commit, never work

LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8


def tell(
    matter: Matter, targets: Targets, kind: str, timing: Timing, *, but: Collection[int] = ()
) -> list[dict[str, Any]]:
    """Tell the roles of each node, but not the people told of it already. Returns who was told, for the record.

    Answers [{"node", "role", "person", "name"}], with the roles `skipped` where nobody held them.
    """
    told = recipients.resolve(matter, targets, timing)
    reached = (each for each in told if each["person"].pk not in but)
    people_once = {(each["person"].pk, each["node"].pk): each for each in reached}.values()
    rows.insert(
        [
            Notice(person=each["person"], matter=matter, node=each["node"], kind=kind, at=timing.at)
            for each in people_once
        ]
    )
    _queue(matter, [each for each in people_once if each["person"].email], kind, timing)
    return [
        {
            "node": each["node"].pk,
            "role": each["role"],
            "person": each["person"].pk,
            "name": each["person"].name,
        }
        | ({"skipped": each["skipped"]} if each["skipped"] else {})
        for each in told
    ]


def relay(*, at: datetime, limit: int = 50) -> int:
    """Send what is ready at business time `at`; returns how many were sent. Safe in many processes at once."""
    sent = 0
    for row in _claim(at, limit):
        sent += _send(row, at)
    return sent


def _queue(matter: Matter, told: Collection[Told], kind: str, timing: Timing) -> None:
    if not told:
        return
    at_once = matter.urgency == Urgency.EMERGENCY or kind in AT_ONCE
    send_after = timing.at if at_once else timing.calendar.next_open(timing.at)
    messages_out = [
        Outbox(
            key=f"{kind}:{each['node'].pk}:{each['node'].rung}:{each['person'].pk}",
            medium=Medium.EMAIL,
            recipient=each["person"],
            matter=matter,
            node=each["node"],
            kind=kind,
            at=timing.at,
            send_after=send_after,
        )
        for each in told
    ]
    rows.insert(messages_out, unless_known=True)
    transaction.on_commit(lambda: queued.send_robust(Outbox), robust=True)


def _claim(at: datetime, limit: int) -> Iterable[Outbox]:
    """Take a lease on ready rows and commit it before anything is sent."""
    now, lease = clock.real_now(), uuid.uuid4()
    with transaction.atomic():
        rows = Outbox.objects.sendable(at, now).oldest_first().select_for_update(skip_locked=True)[:limit]
        keys = [row.pk for row in rows]
        Outbox.objects.filter(pk__in=keys).update(
            lease=lease, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    return (
        Outbox.objects.filter(lease=lease)
        .select_related("recipient", "matter", "node__department")
        .order_by("pk")
    )


def _send(row: Outbox, at: datetime) -> int:
    try:
        with translation.override(settings.LANGUAGE_CODE):
            sent = _email(row, at)
    except Exception as failure:
        # a mail server may fail in any way; the row keeps the reason and its next try
        log.warning("message %s was not sent: %s", row.message_id, failure)
        _finish(
            row,
            SendState.DEAD if row.attempts >= MOST_ATTEMPTS else SendState.READY,
            error=str(failure)[:300],
        )
        return 0
    _finish(row, SendState.SENT, error="" if sent else "no longer allowed to know")
    return int(sent)


def _email(row: Outbox, at: datetime) -> bool:
    """Render for the recipient as things are now; False when they may no longer know of the matter."""
    reader = people.actor(row.recipient, at=at)
    if not row.recipient.is_active or not Matter.objects.visible_to(reader).filter(pk=row.matter_id).exists():
        return False
    subject, body = messages.email(row)
    EmailMessage(
        subject, body, to=[row.recipient.email], headers={"Message-ID": f"<{row.message_id}@govflow>"}
    ).send()
    return True


def _finish(row: Outbox, state: SendState, *, error: str) -> None:
    """Record the outcome, if the lease is still ours: a sender that slept too long changes nothing."""
    now = clock.real_now()
    delay = timedelta(seconds=min(600, 5 * 2**row.attempts))
    Outbox.objects.filter(pk=row.pk, lease=row.lease).update(
        state=state,
        sent_at=now if state == SendState.SENT else None,
        error=error,
        lease=None,
        lease_until=None,
        retry_at=now + delay if state == SendState.READY else now,
    )
