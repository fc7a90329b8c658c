"""Ring what is due: once, or for ever with --loop, without a broker."""

from dispatch import escalation, publishing
from dispatch.management.looping import LoopCommand
from organization import clock

AT_ONCE = 200  # matters of a recount between two sweeps


class Command(LoopCommand):
    help = "Ring every alarm that is due (reminders, warnings, hand-ups, supervision)."
    every = 2.0

    def act(self) -> int:
        at = clock.now()
        rang = escalation.sweep(at=at, name="loop")
        publishing.work(at=at, limit=AT_ONCE)
        return rang
