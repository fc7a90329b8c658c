"""Wake-ups after commit. Correctness never waits for them, and no request does: the loops look anyway.

A broker that hangs can hold a publisher for ten seconds, so a thread of its own speaks to it. However many wake-ups
come meanwhile, one more is sent. A dead broker is left in peace for a while.
"""

import logging
import threading
import time
from typing import Any

from django.dispatch import receiver
from kombu.exceptions import OperationalError

from dispatch.outbox import queued
from dispatch.tasks import relay

log = logging.getLogger(__name__)

LEAVE_IN_PEACE = 15.0  # seconds of real time after the broker did not answer
_asked = threading.Event()
_one = threading.Lock()
_messenger: threading.Thread | None = None


@receiver(queued)
def wake_the_relay(**_: Any) -> None:
    """Returns at once. A thread does not outlive a fork, so each process starts its own when it first needs it."""
    global _messenger
    _asked.set()
    with _one:
        if _messenger is None or not _messenger.is_alive():
            _messenger = threading.Thread(target=_carry, args=(_asked,), name="wake-ups", daemon=True)
            _messenger.start()


def _carry(asked: threading.Event) -> None:
    while True:
        asked.wait()
        asked.clear()
        try:
            relay.apply_async(retry=False, expires=10)
        except (OperationalError, OSError) as failure:
            log.warning("the broker did not answer, the loops go on without it: %s", failure)
            time.sleep(LEAVE_IN_PEACE)
        except Exception:
            log.exception("a wake-up could not be sent")
            time.sleep(LEAVE_IN_PEACE)
