"""Ring what is due: once, or for ever with --loop, without a broker."""

from dispatch import escalation
from dispatch.management.looping import LoopCommand
from organization import clock


class Command(LoopCommand):
    help = "Ring every alarm that is due (reminders, warnings, hand-ups, supervision)."
    every = 2.0

    def act(self) -> int:
        return escalation.sweep(at=clock.now(), name="loop")
