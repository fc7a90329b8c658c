import argparse
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from dispatch import publishing
from organization import clock, workdays
from organization.actors import Actor

NOTICES = Path(workdays.__file__).parent / "data" / "calendar_cn.json"


class Command(BaseCommand):
    help = "Publishes a new version of the working calendar with the State Council's notice for YEAR."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("year", type=int, metavar="YEAR")

    def handle(self, *args: Any, year: int, **options: Any) -> None:
        notices = json.loads(NOTICES.read_text(encoding="utf-8"))
        notice = notices.get(str(year))
        if notice is None:
            raise CommandError(
                f"No notice for {year} is on file. On file: {', '.join(sorted(notices))}. "
                f"Add the notice to {NOTICES.name} when it is published; until then {year} counts as provisional."
            )
        at = clock.now()
        with transaction.atomic():
            row = workdays.add_year(year, notice, note=notice["source"][:200], at=at)
            publishing.start(row, by=Actor.rule("load_calendar"), at=at)
        state = "confirmed" if notice["confirmed"] else "provisional: no official notice yet"
        self.stdout.write(
            f"{year} published as calendar {row} ({state}, {row.days.count()} days that differ)."
        )
