"""Send what the outbox holds: once, or for ever with --loop, without a broker."""

from collections.abc import Callable
from functools import partial

from dispatch import outbox
from dispatch.channels import CHANNELS
from dispatch.management.looping import LoopCommand
from organization import clock


class Command(LoopCommand):
    """In the loop each medium has a thread of its own, so that a slow gateway delays nobody but itself."""

    help = "Send messages that are ready."
    every = 2.0

    def handle(self, *args: object, loop: bool = False, **options: object) -> None:
        self.media = [str(each.medium) for each in CHANNELS] if loop else [""]
        super().handle(*args, loop=loop, **options)

    def act(self) -> int:
        return self.send(self.media[0])

    def beside(self) -> list[Callable[[], int]]:
        return [partial(self.send, medium) for medium in self.media[1:]]

    def send(self, medium: str) -> int:
        return outbox.relay(at=clock.now(), medium=medium)
