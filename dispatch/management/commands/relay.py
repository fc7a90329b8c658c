"""Send what the outbox holds: once, or for ever with --loop, without a broker."""

from dispatch import outbox
from dispatch.management.looping import LoopCommand
from organization import clock


class Command(LoopCommand):
    help = "Send messages that are ready."
    every = 2.0

    def act(self) -> int:
        return outbox.relay(at=clock.now())
