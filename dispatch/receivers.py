"""Wake-ups: one line each, after commit. Correctness never waits for them; the loops look anyway."""

from django.dispatch import receiver

from dispatch.outbox import queued
from dispatch.tasks import relay


@receiver(queued)
def wake_the_relay(**_):
    relay.apply_async(retry=False, expires=10)
