"""Let a restored copy send: who and why are kept, and what is older than so many hours is dropped or sent."""

import argparse
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from dispatch import copies
from organization import clock


class Command(BaseCommand):
    help = "Let the relay of a restored copy send messages."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--by", required=True, help="Who says so.")
        parser.add_argument("--why", required=True)
        old = parser.add_mutually_exclusive_group(required=True)
        old.add_argument("--drop-older", type=float, metavar="HOURS", help="Drop what was to leave before.")
        old.add_argument("--send-all", action="store_true")

    def handle(self, *args: Any, by: str, why: str, drop_older: float | None, **options: Any) -> None:
        now = clock.now()
        older_than = None if drop_older is None else now - timedelta(hours=drop_older)
        try:
            released = copies.release(by=by, why=why, at=now, older_than=older_than)
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from refusal
        self.stdout.write(f"Released: {released.dropped} dropped, {released.waiting} will be sent.")
