import json
from argparse import ArgumentParser
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import anchors, chain
from audit.chain import Walked
from audit.snapshot import Snapshot, snapshot


class Command(BaseCommand):
    help = """Walks the timeline of every matter (or one) and prints each break; exit 1 if there is any.
With --export it also writes the end of every chain, one JSON line each, for keeping outside this database:
who changes a row and every digest after it still meets the copy. With --anchors it compares with what
`anchor_heads` wrote, and tells a database that was rolled back or a timeline that was written anew."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--matter", metavar="NUMBER")
        choice.add_argument("--export", metavar="FILE", type=Path)
        choice.add_argument(
            "--anchors", dest="folder", metavar="FOLDER", type=Path, nargs="?", const=settings.ANCHORS
        )

    def handle(
        self, *args: Any, matter: str | None, export: Path | None, folder: Path | None, **options: Any
    ) -> None:
        with snapshot() as view:
            walked = list(chain.walk(view, matter or ""))
            if matter and not walked:
                raise CommandError(f"There is no matter {matter}.")
            said = [sentence for each in walked for sentence in each.breaks]
            broken = sum(bool(each.breaks) for each in walked)
            if folder:
                said += compared(folder, view)
        if export:
            write(export, walked, view)
        for sentence in said:
            self.stdout.write(sentence)
        self.stdout.write(f"{len(walked)} timelines read, {broken} broken.")
        if said:
            raise SystemExit(1)


def compared(folder: Path, view: Snapshot) -> list[str]:
    """Where the database differs from the folder, and whether the folder is whole."""
    try:
        if anchors.latest(folder) is None:
            return [f"{folder}: nothing was anchored here."]
        return list(anchors.breaches(folder, view, settings.ANCHOR_KEY))
    except anchors.Broken as broken:
        return [f"{folder}: {broken}."]


def write(path: Path, walked: Iterable[Walked], view: Snapshot) -> None:
    heads = [{"number": each.number, "entry_count": each.entries, "head": each.head} for each in walked]
    lines = [{"written_at": view.real.isoformat(timespec="seconds"), "matters": len(heads)}, *heads]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
