import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand

from audit import running
from audit.rules import RULES
from audit.running import Report
from audit.workdays import ZONE


def moment(text: str) -> datetime:
    """A moment in ISO 8601; without an offset it is local time."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise ArgumentTypeError(f"{text} is not a moment such as 2026-11-01 or 2026-11-01T08:00") from wrong
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


class Command(BaseCommand):
    help = """Checks what must be true of the whole database, by its own SQL and none of the engine's code, and prints a
line for each breach; exit 1 if there is any. Reads one view of the database and changes nothing."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON document instead of lines")
        parser.add_argument("--since", type=moment, metavar="MOMENT", help="pass over history before it")
        parser.add_argument("--times", action="store_true", help="how long each rule took")
        parser.add_argument("--keep", action="store_true", help="keep the result for the check page")
        parser.add_argument("--rule", action="append", choices=[each.name for each in RULES], metavar="NAME")

    def handle(self, *args: Any, since: datetime | None, rule: list[str] | None, **options: Any) -> None:
        chosen = [each for each in RULES if not rule or each.name in rule]
        report = running.look(since=since, rules=chosen)
        if options["keep"]:
            running.keep(report)
        self.stdout.write(as_json(report) if options["json"] else as_lines(report, times=options["times"]))
        if report.breaches:
            raise SystemExit(1)


def as_lines(report: Report, *, times: bool) -> str:
    lines = report.lines()
    if times:
        lines += [f"{each.seconds:8.3f} s  {each.rule.name}" for each in report.findings]
    said = f"{len(report.findings)} rules checked in {report.seconds:.1f} s, {report.breaches} breaches."
    return "\n".join([*lines, said])


def as_json(report: Report) -> str:
    rules = [
        {"name": each.rule.name, "promise": each.rule.promise, "says": str(each.rule.says),
         "seconds": round(each.seconds, 3), "breaches": list(each.lines)}
        for each in report.findings
    ]  # fmt: skip
    facts = {
        "at": report.at.isoformat(),
        "seconds": report.seconds,
        "breaches": report.breaches,
        "rules": rules,
    }
    return json.dumps(facts, ensure_ascii=False, indent=1)
