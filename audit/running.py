"""Going over all rules, and keeping what was found."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from audit.models import AuditRun
from audit.rules import RULES
from audit.rules.base import Rule
from audit.snapshot import snapshot

KEPT_RUNS = 60
KEPT_LINES = 50


@dataclass(frozen=True)
class Finding:
    """What one rule found, and how long it looked."""

    rule: Rule
    lines: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Report:
    at: datetime
    findings: Sequence[Finding]

    @property
    def breaches(self) -> int:
        return sum(len(each.lines) for each in self.findings)

    @property
    def seconds(self) -> float:
        return sum(each.seconds for each in self.findings)

    def lines(self) -> list[str]:
        return [f"{each.rule.name}: {line}" for each in self.findings for line in each.lines]


def look(*, since: datetime | None = None, rules: Sequence[Rule] = RULES) -> Report:
    """Check every rule against one view of the database; changes nothing."""
    with snapshot(since) as view:
        findings = []
        for rule in rules:
            began = time.perf_counter()
            lines = rule.breaches(view)
            findings.append(Finding(rule, lines, time.perf_counter() - began))
        return Report(view.real, findings)


def keep(report: Report) -> AuditRun:
    """Keep a report for the check page; of earlier ones the latest sixty."""
    run = AuditRun.objects.create(
        at=report.at,
        seconds=report.seconds,
        breaches=report.breaches,
        rules=[
            {"name": each.rule.name, "breaches": len(each.lines), "seconds": round(each.seconds, 3)}
            for each in report.findings
        ],
        lines=report.lines()[:KEPT_LINES],
    )
    kept = AuditRun.objects.order_by("-at", "-pk").values("pk")[:KEPT_RUNS]
    AuditRun.objects.exclude(pk__in=kept).delete()
    return run
