"""The stack of a chaos run: web, worker, two beats, sweepers and relays, on servers of its own with durable disks."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from ops import demo, services, valkey
from ops.places import PYTHON, ROOT, give_up
from ops.postgres import Postgres
from ops.processes import Child, stop_all
from ops.supervisor import Supervisor


class DatedPostgres(Postgres):
    """Keeps the real moment of every commit: lag is measured at the commit, not by what the engine says of itself."""

    def child(self) -> Child:
        child = super().child()
        child.argv += ["-c", "track_commit_timestamp=on"]
        return child


class Rig:
    def __init__(self, folder: Path, *, sweepers: int, relays: int, plant: str | None) -> None:
        self.folder, self.sweepers, self.relays, self.plant = folder, sweepers, relays, plant
        self.supervisor = Supervisor(folder)
        self.port = services.free_port(0)
        self.url = f"http://127.0.0.1:{self.port}"
        self.crew_file = folder / "crew.json"

    def start(self) -> None:
        for name in ("SECRET_KEY", "SECRET_KEY_FILE", "DATABASE_URL", "BROKER_URL", "CACHE_URL"):
            os.environ.pop(name, None)
        os.environ.update(GOVFLOW_DEMO="1", HASHED_STATIC="0", LOG_LEVEL="WARNING")
        services.demo_environment(self.folder)
        server = DatedPostgres(self.folder, services.free_port(0))
        server.make_cluster()
        self.supervisor.start(server.child())
        server.make_database()
        broker = valkey.Valkey(self.folder, services.free_port(0))
        self.supervisor.start(broker.child())
        os.environ.update(
            DATABASE_URL=server.url,
            BROKER_URL=f"{broker.url}/0",
            CACHE_URL=f"{broker.url}/1",
            CONN_MAX_AGE="60",
        )
        command = [str(PYTHON), "-m", "ops.chaos.prepare", str(self.folder / "logins.json")]
        if subprocess.call(command, cwd=ROOT):
            give_up("the chaos run could not be prepared; the message is above")
        for child in self.children():
            self.supervisor.start(child)
        self._wait_until_ready()

    def children(self) -> list[Child]:
        logs = self.folder / "logs"
        crew = [PYTHON, "-m", "ops.chaos.crew", "--sweepers", self.sweepers, "--relays", self.relays]
        crew += ["--pids", self.crew_file, *(["--plant", self.plant] if self.plant else [])]
        web, _sweeper = demo.children(self.folder, self.port)[0]
        _relay, worker, beat = demo.children(self.folder, self.port)[1]
        second = Child(
            "beat2",
            [word.replace("beat-schedule", "beat2-schedule") for word in beat.argv],
            logs / "beat2.log",
        )
        return [web, Child("crew", [str(word) for word in crew], logs / "crew.log"), worker, beat, second]

    def watch(self, seconds: float = 0.0, until: Callable[[], bool] = lambda: False) -> bool:
        """Starts again at once what was killed, for so long or `until` it is true, which it answers.

        Always in the main thread: Linux ends a child with the thread that started it.
        """
        end = time.monotonic() + seconds
        while not (done := until()) and time.monotonic() < end:
            self.supervisor.failures.clear()  # killed by us: no reason to wait longer each time
            self.supervisor.look()
            time.sleep(0.1)
        return done

    def stop_apps(self) -> None:
        """Nothing writes any more; the database stays for the checks."""
        apps = [child for child in self.supervisor.children.values() if not child.is_server]
        stop_all(apps, patience=8.0)

    def stop(self) -> None:
        self.supervisor.stop()

    def logins(self) -> dict:
        return json.loads((self.folder / "logins.json").read_text())

    def pids_of(self, target: str) -> list[int]:
        """Processes that may be hit under this name, in a fixed order."""
        if target in ("sweeper", "relay"):
            crew = json.loads(self.crew_file.read_text()) if self.crew_file.exists() else {}
            return [pid for name, pid in sorted(crew.items()) if name.startswith(target)]
        name = {"broker": "valkey"}.get(target, target)
        found = [
            child
            for each, child in self.supervisor.children.items()
            if each.startswith(name) and child.runs()
        ]
        pids = [child.pid for child in found]
        if target in ("web", "worker"):  # the master forks them again at once, as on a site
            return children_of(pids[0]) if pids else []
        return pids

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + 60
        while (answer := demo.ask(f"{self.url}/readyz")) != "ok":
            if time.monotonic() > until:
                give_up(f"the chaos stack is not ready: {answer}; logs are in {self.folder / 'logs'}")
            time.sleep(0.2)


def children_of(pid: int) -> list[int]:
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True).stdout
    return sorted(int(word) for word in found.split())


def hit(pid: int, sign: signal.Signals) -> bool:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return False
    return True
