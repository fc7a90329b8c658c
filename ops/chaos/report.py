"""The report of a run: a file for machines, a table for people."""

import json
from collections import Counter
from pathlib import Path

from ops.chaos.verdict import COUNTS


def write(report: dict, file: Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def show(report: dict) -> None:
    counts, lag, mails = report["counts"], report["lag"], report["counts"]["mails"]
    blows = Counter(f"{blow['kind']} {blow['target']}" for blow in report["actions"])
    rows = {
        "done to it": _listed(blows),
        "load": _listed(report["answers"]),
        **{name.replace("_", " "): counts[name] for name in COUNTS},
        "acknowledged": f"{report['acknowledged']} reports, {report['confirmed_verbs']} verbs; "
        f"{report['unanswered']} reports never answered",
        "mails": f"{mails['left']} left, {mails['twice_with_the_same_id']} of them again under the same id",
        "lag": f"p50 {lag['p50']} s, p99 {lag['p99']} s, max {lag['max']} s",
        "settled in": f"{report['settled_in']} s",
    }
    for name, count in report["breach_counts"].items():
        rows[f"BREACH {count}"] = f"{name}, e.g. {report['breaches'][name][0]}"
    planted = f", planted: {report['plant']}" if report["plant"] else ""
    print(f"\nchaos: {report['minutes']:g} minutes, seed {report['seed']}{planted}")
    for name, value in rows.items():
        print(f"  {name:<18} {value}")
    print(f"  verdict            {report['verdict']}")


def _listed(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counted.items()))
