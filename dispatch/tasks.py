"""Celery says "look now", nothing more. The same verbs run without a broker in `manage.py sweep|relay --loop`."""

from celery import shared_task

from dispatch import escalation, outbox, publishing
from organization import clock


@shared_task
def recount() -> None:
    publishing.work(at=clock.now(), limit=500)


@shared_task
def sweep() -> None:
    escalation.sweep(at=clock.now(), name="celery")


@shared_task
def relay(medium: str = "") -> None:
    outbox.relay(at=clock.now(), medium=medium)
