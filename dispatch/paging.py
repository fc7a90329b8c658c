"""Calling the administrators, day and night, when the platform itself needs a person. No matter is named."""

from datetime import datetime

from django.db import transaction

from dispatch.choices import Medium
from dispatch.models import Outbox
from dispatch.outbox import queued
from organization import clock, rows
from organization.choices import Role
from organization.models import Person, Post

WAYS = (Medium.EMAIL, Medium.SMS)


def page(kind: str, key: str, *, at: datetime) -> int:
    """Queue one message a medium for every administrator, once for a key; returns how many were queued."""
    messages = [
        _message(kind, key, way, person, at) for person in administrators(at) for way in _ways(person)
    ]
    rows.insert(messages, unless_known=True)
    transaction.on_commit(lambda: queued.send_robust(Outbox), robust=True)
    return len(messages)


def administrators(at: datetime) -> list[Person]:
    posts = Post.objects.of_role(Role.ADMINISTRATOR).valid_on(clock.day_of(at)).filter(person__is_active=True)
    return list({post.person_id: post.person for post in posts.select_related("person")}.values())


def _ways(person: Person) -> list[Medium]:
    return [way for way in WAYS if (person.email if way == Medium.EMAIL else person.phone)]


def _message(kind: str, key: str, way: Medium, person: Person, at: datetime) -> Outbox:
    return Outbox(
        key=f"{way}:{key}:{person.pk}", medium=way, mailbox=f"{way}:{person.pk}", recipient=person,
        kind=kind, alone=True, at=at, send_after=at,
    )  # fmt: skip
