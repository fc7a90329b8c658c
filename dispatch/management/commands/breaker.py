"""The breaker from the command line: what it holds, and letting go of it or holding on."""

import argparse
import getpass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dispatch import letting_go
from dispatch.choices import BreakerState
from organization import clock
from organization.actors import Actor


class Command(BaseCommand):
    help = (
        "Show what the breaker holds (status), let go of it (release) or hold until a person lets go (abort)."
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("deed", nargs="?", choices=["status", "release", "abort"], default="status")
        parser.add_argument("--why", default="", help="kept with the record; needed to release or abort")
        parser.add_argument(
            "--slowly", action="store_true", help="release one a second, the urgent and oldest first"
        )

    def handle(self, *args: Any, deed: str, why: str, slowly: bool, **options: Any) -> None:
        at, by = clock.now(), Actor.rule(f"command: {getpass.getuser()}")
        try:
            if deed == "release":
                letting_go.release(by=by, at=at, why=why, slowly=slowly)
            elif deed == "abort":
                letting_go.abort(by=by, at=at, why=why)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self._tell(letting_go.status(at))

    def _tell(self, status: letting_go.Status) -> None:
        state = BreakerState(status.row.state)
        self.stdout.write(f"{state.value}: {state.label}")
        if state == BreakerState.CLOSED:
            return
        since = status.row.since and status.row.since.astimezone(clock.ZONE)
        self.stdout.write(f"{status.row.get_cause_display()}, since {since:%Y-%m-%d %H:%M:%S}")
        self.stdout.write(
            f"held: {status.held} {dict(status.by_action)} {dict(status.by_level)} {dict(status.by_urgency)}"
        )
