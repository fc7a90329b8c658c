import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import anchors
from audit.snapshot import snapshot


class Command(BaseCommand):
    help = """Writes the ends of all timelines to a folder outside the database and prints the line that stands for
them; keep it elsewhere. `verify_timeline --anchors` compares. Beat runs it every night."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--folder", type=Path, default=settings.ANCHORS)

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        try:
            with snapshot() as view:
                line = anchors.write(folder, view, settings.ANCHOR_KEY)
        except anchors.Broken as broken:
            raise CommandError(f"Nothing was written. {folder}: {broken}.") from broken
        self.stdout.write(json.dumps(line))
