"""Wake-ups after commit. Correctness never waits for them: the loops look anyway, so a dead broker is left in peace."""

import logging
import time
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from dispatch.outbox import queued
from dispatch.tasks import relay

log = logging.getLogger(__name__)

LEAVE_IN_PEACE = 15.0  # seconds of real time after the broker did not answer
_quiet_until = 0.0


@receiver(queued)
def wake_the_relay(**_: Any) -> None:
    global _quiet_until
    if time.monotonic() < _quiet_until:
        return
    try:
        relay.apply_async(retry=False, expires=10)
    except OperationalError as failure:
        _quiet_until = time.monotonic() + LEAVE_IN_PEACE
        log.warning("the broker did not answer, the loops go on without it: %s", failure)
