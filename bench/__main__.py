"""Runs what is named, or everything: intake list file node sweep."""

import os
import sys
from itertools import chain, islice

os.environ["GOVFLOW_BENCH"] = "1"
os.environ.setdefault("GOVFLOW_DEMO", "1")
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
os.environ.setdefault("HASHED_STATIC", "0")

import django

django.setup()

from bench import driver, inside, report, requests, servers, sweeping, world  # noqa: E402

SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
WARM_UP = 2.0
OURS = {
    "intake": requests.intake,
    "list": requests.list_page,
    "file": requests.file_page,
    "node": requests.node_verb,
}
BARE = {"bare view": requests.bare_view, "bare create": requests.bare_create}


def main(names: list[str]) -> int:
    wanted = names or [*OURS, "sweep"]
    if unknown := set(wanted) - {*OURS, "sweep"}:
        raise SystemExit(
            f"bench: not known: {', '.join(sorted(unknown))}; there are {', '.join([*OURS, 'sweep'])}"
        )
    world.prepare()
    found: dict = {"matters": world.MATTERS}
    served = [name for name in wanted if name in OURS]
    if served:
        with servers.serving("bench.bare.wsgi:application", "bench.bare.settings") as port:
            found |= {name: measure(name, port, make()) for name, make in BARE.items()}
        with servers.serving("govflow.wsgi:application", "bench.settings") as port:
            found |= {name: measure(name, port, OURS[name]()) for name in served}
        for name in served:
            found[name]["inside"] = inside.look(OURS[name]())
    if "sweep" in wanted:
        found["sweep"] = sweeping.sweep()
    report.conclude(found)
    return 0


def measure(name: str, port: int, made) -> dict:
    """One connection, then eight. A worker's first requests load what it has not loaded yet: they do not count."""
    made = chain([next(made)], made)  # what the requests need is read before the clock runs
    driver.drive(port, islice(made, 48), concurrency=8, seconds=120, warm_up=0)
    return {
        f"c{concurrency}": report.row(
            name,
            concurrency,
            driver.drive(port, made, concurrency=concurrency, seconds=SECONDS, warm_up=WARM_UP),
        )
        for concurrency in (1, 8)
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
