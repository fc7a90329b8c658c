"""Telling people: in-app notices at once, messages that leave the house through the outbox.

Both are written in the transaction of their cause. `relay` sends at least once, under one stable id, with a lease
that fences a sender which slept too long; a message is rendered when it is sent, and only for somebody who may then
still know of the matter. Media do not wait for each other: each has its own claims, its own breaker and, in the loops,
its own thread.
"""

import logging
import time
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import Signal
from django.utils import translation

from dispatch import copies, endpoints, leases, media, messages, readers, recipients
from dispatch.channels import BY_MEDIUM, CHANNELS
from dispatch.channels.message import Failed, Message, Undeliverable
from dispatch.choices import Medium, SendState
from dispatch.leases import Batch
from dispatch.limits import Timing
from dispatch.models import ChannelSetting, Node, Notice, Outbox, SweepHeartbeat
from dispatch.recipients import Targets, Told
from matters.models import Matter
from organization import clock, rows
from organization.models import Person

log = logging.getLogger(__name__)

queued = Signal()  # a wake-up after commit, never work

PATIENCE = 30.0  # seconds of real time one pass stays with one medium; well under the lease


def tell(
    matter: Matter,
    targets: Targets,
    kind: str,
    timing: Timing,
    *,
    but: Collection[int] = (),
    window: str = "",
) -> list[dict[str, Any]]:
    """Tell the roles of each node, but not the people told of it already. Returns who was told, for the record.

    Messages wait for office hours unless the `window` is "any", or it is left open and the matter an emergency.

    Answers [{"node", "role", "person", "name"}], with whom that `skipped` and why (`rollcall.Skipped`).
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
    _queue(matter, people_once, kind, timing, window)
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


def page(node: Node, people: Iterable[Person], kind: str, timing: Timing) -> None:
    """Write to people of something the platform itself needs; of one rung of a step once."""
    told: list[Told] = [
        {"node": node, "role": kind, "person": person, "phone": "", "skipped": []} for person in people
    ]
    _queue(node.matter, told, kind, timing, "any")


def relay(*, at: datetime, limit: int = 50, medium: str = "") -> int:
    """Send what is ready at business time `at`, of one medium or of all; returns how many were sent.

    Safe in many processes at once.
    """
    if reason := copies.hold():
        log.warning("nothing is sent: %s", reason.value)
        _beat("relay held", 0)
        return 0
    chosen = [medium] if medium else [channel.medium for channel in CHANNELS]
    sent = sum(_pass(each, at, limit) for each in chosen)
    _beat("relay", sent)
    return sent


def _beat(name: str, sent: int) -> None:
    SweepHeartbeat.objects.update_or_create(name=name, defaults={"beat_at": clock.real_now(), "fired": sent})


def wake() -> None:
    """Look now, once this transaction has committed."""
    transaction.on_commit(lambda: queued.send_robust(Outbox), robust=True)


def _queue(matter: Matter, told: Collection[Told], kind: str, timing: Timing, window: str) -> None:
    ways = media.of(kind, matter.urgency, timing.policy)
    now = window == "any" or (not window and media.at_once(kind, matter.urgency))
    send_after = timing.at if now else timing.calendar.next_open(timing.at)
    facts = {
        "matter": matter,
        "kind": kind,
        "alone": media.alone(kind, matter.urgency),
        "at": timing.at,
        "send_after": send_after,
    }
    messages_out = [
        *(_to_person(each, way, facts) for each in told for way in ways if _reaches(each, way)),
        *(
            _to_group(each, facts)
            for each in told
            if Medium.ROBOT in ways and _has_group(each, matter, timing)
        ),
    ]
    if messages_out:
        rows.insert(messages_out, unless_known=True)
        wake()


def _reaches(told: Told, way: str) -> bool:
    """A missing address is normal and the notice is there; a missing number shows up as undeliverable."""
    return way != Medium.ROBOT and (way != Medium.EMAIL or bool(told["person"].email))


def _to_person(told: Told, way: str, facts: dict[str, Any]) -> Outbox:
    node, person = told["node"], told["person"]
    return Outbox(
        key=f"{way}:{facts['kind']}:{node.pk}:{node.rung}:{person.pk}",
        medium=way,
        mailbox=f"{way}:{person.pk}",
        recipient=person,
        phone=told.get("phone", ""),
        node=node,
        **facts,
    )


def _to_group(told: Told, facts: dict[str, Any]) -> Outbox:
    node = told["node"]
    return Outbox(
        key=f"{Medium.ROBOT}:{facts['kind']}:{node.pk}:{node.rung}:u{node.department_id}",
        medium=Medium.ROBOT,
        mailbox=f"{Medium.ROBOT}:{node.department_id}",
        unit_id=node.department_id,
        node=node,
        **facts,
    )


def _has_group(told: Told, matter: Matter, timing: Timing) -> bool:
    """Units with a robot are read once; what is sensitive is never said in a group."""
    if "groups" not in timing.known:
        groups = ChannelSetting.objects.filter(medium=Medium.ROBOT, active=True)
        timing.known["groups"] = set(groups.values_list("unit", flat=True))
    return not matter.sensitive and told["node"].department_id in timing.known["groups"]


def _pass(medium: str, at: datetime, limit: int) -> int:
    """One pass over a medium. It ends early when the gateway is left alone or time is up; the rest is given back."""
    started, sent = time.monotonic(), 0
    left = leases.claim(medium, at, limit)
    while left:
        if time.monotonic() - started > PATIENCE:
            break
        batch, *left = left
        try:
            sent += _send(batch, at)
        except Failed as failure:
            log.warning("message %s was not sent: %s", batch.first.outer_id, failure)
            leases.try_again(batch, str(failure))
            if failure.gateway and endpoints.failed(endpoints.name(batch.first), str(failure)):
                break
    leases.give_back(left)
    return sent


def _send(batch: Batch, at: datetime) -> int:
    """Render for the reader as things are now, and hand it over. Raises Failed."""
    allowed, refused = readers.sort(batch.rows, at)
    try:
        facts = _handed_over(batch, allowed) if allowed else {}
    except Undeliverable as reason:
        leases.finish(batch.rows, batch.lease, SendState.DEAD, error=str(reason))
        return 0
    except Failed:
        raise
    except Exception as failure:  # whatever is wrong with this one, the row keeps the reason and its next try
        raise Failed(f"{type(failure).__name__}: {failure}", gateway=False) from failure
    with (
        transaction.atomic()
    ):  # the rows of a message end together: one left behind would have nothing to go with
        leases.finish(allowed, batch.lease, SendState.SENT, sent_at=at, **facts)
        for why, dropped in refused.items():
            leases.finish(dropped, batch.lease, SendState.DROPPED, error=why)
    return len(allowed)


def _handed_over(batch: Batch, allowed: list[Outbox]) -> dict[str, str]:
    message = _rendered(batch, allowed)
    answer = BY_MEDIUM[batch.first.medium].send(message)
    endpoints.answered(endpoints.name(batch.first))
    return {"answer": answer[:200], "said": message.text}


def _rendered(batch: Batch, allowed: list[Outbox]) -> Message:
    with translation.override(settings.LANGUAGE_CODE):
        title, text = messages.rendered(allowed)
    return Message(batch.first.outer_id, readers.address(batch.first), title, text)
