"""A command that acts once or, with --loop, until it is told to stop."""

import argparse
import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections, connection

log = logging.getLogger(__name__)


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
        while not stopping.is_set():
            self._act_or_wait()
            stopping.wait(self.every)

    def _act_or_wait(self) -> None:
        """A database that is away is waited for; the connection is made anew."""
        try:
            close_old_connections()
            self.act()
        except Error:
            log.exception("the database did not answer; trying again")
            connection.close()

    def act(self) -> int:
        raise NotImplementedError
