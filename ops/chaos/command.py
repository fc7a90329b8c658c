"""`./run chaos --minutes N --seed S`: breaks the platform at work and says what is left; exit 1 on a breach."""

import argparse
import os
import secrets
import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from ops.chaos import report as report_file
from ops.chaos import verdict
from ops.chaos.breaking import Breaker
from ops.chaos.ledger import Ledger
from ops.chaos.load import Load
from ops.chaos.plan import draw
from ops.chaos.rig import Rig
from ops.places import ROOT, SHARED, is_root, log, make_home

PLANTS = ("mark-first", "no-fence", "piecemeal")
REPORT = ROOT / "var" / "chaos-report.json"


def run(words: list[str]) -> int:
    asked = argparse.ArgumentParser(prog="./run chaos")
    asked.add_argument("--minutes", type=float, default=3.0)
    asked.add_argument("--seed", type=int, default=None)
    asked.add_argument("--sweepers", type=int, default=10)
    asked.add_argument("--relays", type=int, default=4)
    asked.add_argument("--reports", type=float, default=4.0, help="a second")
    asked.add_argument("--every", type=float, default=1.6, help="seconds between two blows, about")
    asked.add_argument("--plant", choices=PLANTS, help="run a known bug: the verdict must be breach")
    asked.add_argument("--report", type=Path, default=REPORT)
    asked.add_argument("--keep", action="store_true", help="leave the state folder behind")
    options = asked.parse_args(words)
    options.seed = secrets.randbelow(100_000) if options.seed is None else options.seed
    folder = make_home(Path(tempfile.mkdtemp(prefix="chaos-", dir=make_home(SHARED) if is_root() else None)))
    os.environ["GOVFLOW_HOME"] = str(folder)
    try:
        report = one_run(options, folder)
    finally:
        if options.keep:
            log(f"state left in {folder}")
        else:
            shutil.rmtree(folder, ignore_errors=True)
    report_file.write(report, options.report)
    report_file.show(report)
    log(f"report: {options.report}")
    return 0 if report["verdict"] == "held" else 1


def one_run(options: argparse.Namespace, folder: Path) -> dict:
    rig = Rig(folder, sweepers=options.sweepers, relays=options.relays, plant=options.plant)
    try:
        rig.start()
        log(f"chaos: {options.minutes:g} minutes, seed {options.seed}, {rig.url}")
        began = datetime.now(UTC)
        ledger = Ledger(folder / "ledger.jsonl")
        load = Load(rig.url, rig.logins(), ledger, options.seed, options.reports)
        breaker = Breaker(rig, draw(options.seed, options.minutes, options.every))
        load.start()
        breaker.start()
        rig.watch(options.minutes * 60)
        breaker.finish()
        load.stopping.set()
        rig.watch(60, until=lambda: not load.is_running())
        settling = time.monotonic()
        settled = rig.watch(180, until=verdict.nothing_waits) and round(time.monotonic() - settling, 1)
        rig.stop_apps()
        found = verdict.judge(ledger, settled, options.plant)
    finally:
        rig.stop()
    return {
        "seed": options.seed, "minutes": options.minutes, "plant": options.plant, "began": began.isoformat(),
        "sweepers": options.sweepers, "relays": options.relays, "cores": os.cpu_count(),
        "verdict": "breach" if found["breach_counts"] else "held",
        "acknowledged": len(ledger.numbers), "unanswered": ledger.unanswered, "confirmed_verbs": len(ledger.verbs),
        "answers": dict(ledger.answers), **found, "actions": breaker.done,
    }  # fmt: skip
