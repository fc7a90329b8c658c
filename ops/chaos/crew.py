"""Many sweepers and relays, forked from one process that has the platform loaded: killing one costs nothing to replace.

Each child is the same `manage.py sweep|relay --loop` a site runs. `pids` is a file the breaker reads its targets from.
"""

import argparse
import ctypes
import json
import os
import signal
import sys
import time
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from ops.chaos.plants import PLANTS
from ops.places import write_private


def main(words: list[str]) -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--sweepers", type=int, default=10)
    asked.add_argument("--relays", type=int, default=4)
    asked.add_argument("--pids", type=Path, required=True)
    asked.add_argument("--plant", choices=sorted(PLANTS))
    options = asked.parse_args(words)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govflow.settings")
    django.setup()
    call_command("check", verbosity=0)  # loads what the children will need
    connections.close_all()
    wanted = [f"sweeper-{n}" for n in range(options.sweepers)] + [f"relay-{n}" for n in range(options.relays)]
    keep_up(wanted, options.pids, options.plant)


def keep_up(wanted: list[str], file: Path, plant: str | None) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(0))
    pids: dict[str, int] = {}
    while True:
        missing = [name for name in wanted if name not in pids]
        for name in missing:
            pids[name] = start(name, plant)
        if missing:
            write_private(file, json.dumps(pids))
        while (ended := os.waitpid(-1, os.WNOHANG) if pids else (0, 0)) != (0, 0):
            pids = {name: pid for name, pid in pids.items() if pid != ended[0]}
        time.sleep(0.1)


def start(name: str, plant: str | None) -> int:
    pid = os.fork()
    if pid:
        return pid
    try:
        if sys.platform.startswith("linux"):
            ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # never outlives the crew
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        role = name.split("-")[0]
        if plant and role == "sweeper":
            PLANTS[plant]()
        call_command("sweep" if role == "sweeper" else "relay", loop=True)
    finally:
        os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
