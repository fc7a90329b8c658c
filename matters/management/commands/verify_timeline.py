import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matters import timeline
from matters.models import Matter
from organization import clock


class Command(BaseCommand):
    help = """Walks the timeline of every matter (or one) and prints each break; exit 1 if there is any.
With --export it also writes the end of every chain, one JSON line each, for keeping outside this database:
who changes a row and every digest after it still meets the copy."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        choice = parser.add_mutually_exclusive_group()
        choice.add_argument("--matter", metavar="NUMBER")
        choice.add_argument("--export", metavar="FILE", type=Path)

    def handle(self, *args: Any, matter: str | None, export: Path | None, **options: Any) -> None:
        matters = Matter.objects.order_by("pk")
        if matter:
            matters = matters.filter(number=matter)
            if not matters.exists():
                raise CommandError(f"There is no matter {matter}.")
        heads: list[dict[str, Any]] = []
        broken = 0
        for each in matters.iterator(chunk_size=500):
            found = timeline.breaks(each)
            broken += bool(found)
            for sentence in found:
                self.stdout.write(sentence)
            heads.append({"number": each.number, "entry_count": each.entry_count, "head": each.head})
        if export:
            write(export, heads)
        self.stdout.write(f"{len(heads)} timelines read, {broken} broken.")
        if broken:
            raise SystemExit(1)


def write(path: Path, heads: list[dict[str, Any]]) -> None:
    lines = [{"written_at": clock.real_now().isoformat(timespec="seconds"), "matters": len(heads)}, *heads]
    path.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
