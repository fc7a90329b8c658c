"""A command that acts once or, with --loop, until it is told to stop."""

import argparse
import logging
import signal
import threading
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connection

log = logging.getLogger(__name__)

GRACE = 0.5  # seconds; whatever is still under way is under a lease, and done again by the next process


class LoopCommand(BaseCommand):
    """Subclasses say what to do in `act()` and how often (`every`, seconds of real time)."""

    every = 2.0

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--loop", action="store_true", help="Go on until INT or TERM.")

    def handle(self, *args: Any, loop: bool = False, **options: Any) -> None:
        if not loop:
            self.stdout.write(str(self.act()))
            return
        stopping = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: stopping.set())
        others = [
            threading.Thread(target=self._go_on, args=(act, stopping), daemon=True) for act in self.beside()
        ]
        for other in others:
            other.start()
        self._go_on(self.act, stopping)
        for other in others:
            other.join(GRACE)

    def beside(self) -> list[Callable[[], Any]]:
        """What else is done in the loop, each in a thread of its own."""
        return []

    def _go_on(self, act: Callable[[], Any], stopping: threading.Event) -> None:
        """Until told to stop; when one thread fails all stop, and whoever watches the process starts it anew."""
        try:
            while not stopping.is_set():
                self._act_or_wait(act)
                stopping.wait(self.every)
        finally:
            stopping.set()
            connection.close()

    def _act_or_wait(self, act: Callable[[], Any]) -> None:
        """A database that is away is waited for; the connection is made anew."""
        try:
            close_old_connections()
            act()
        except Error:
            log.exception("the database did not answer; trying again")
            connection.close()

    def act(self) -> int:
        raise NotImplementedError
