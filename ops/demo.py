"""`./run demo`: everything under one supervisor, on this machine only."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Collection
from pathlib import Path

from ops import services, stack_file, stamps
from ops.places import BIN, DEMO_FILE, PYTHON, ROOT, give_up, home, log, make_home, write_private
from ops.processes import Child
from ops.supervisor import Supervisor, only_one

READY_WITHIN = 60.0


def run(arguments: list[str]) -> int:
    folder = make_home(home())
    port = int(os.environ.get("PORT") or 8000)
    with only_one(folder):
        DEMO_FILE.unlink(missing_ok=True)
        if not is_free(port):
            give_up(f"port {port} is taken by another program: choose one with PORT=8001 ./run demo")
        demo = Demo(folder, port)
        try:
            demo.start()
            demo.supervisor.watch()
        finally:
            demo.stop()
    return 0


class Demo:
    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.url = f"http://127.0.0.1:{port}"
        self.supervisor = Supervisor(folder, on_change=self.write_file)
        self.is_open = False

    def start(self) -> None:
        began = time.monotonic()
        os.environ["GOVFLOW_DEMO"] = "1"
        for name in ("SECRET_KEY", "SECRET_KEY_FILE"):
            os.environ.pop(name, None)
        services.demo_environment(self.folder)
        services.start(self.supervisor, self.folder)
        stack_file.write(self.folder)
        prepare(self.folder, self.supervisor.children)
        first, rest = children(self.folder, self.port)
        for child in first:
            self.supervisor.start(child)
        self.wait_until_ready()
        for child in rest:
            self.supervisor.start(child)
        self.is_open = True
        self.write_file()
        self.announce(time.monotonic() - began)

    def stop(self) -> None:
        DEMO_FILE.unlink(missing_ok=True)
        stack_file.remove(self.folder)
        self.supervisor.stop()
        log("stopped")

    def wait_until_ready(self) -> None:
        until = time.monotonic() + READY_WITHIN
        while (answer := ask(f"{self.url}/readyz")) != "ok":
            self.supervisor.look()
            if time.monotonic() > until:
                give_up(f"not ready after {READY_WITHIN:.0f} s: {answer}; logs are in {self.folder / 'logs'}")
            time.sleep(0.1)

    def write_file(self) -> None:
        if self.is_open:
            addresses = {"database_url": os.environ["DATABASE_URL"], "broker_url": os.environ["BROKER_URL"]}
            content = {"url": self.url, **addresses, **logins(self.folder), "pids": self.supervisor.pids()}
            write_private(
                DEMO_FILE, json.dumps({**content, "supervisor": os.getpid()}, ensure_ascii=False, indent=1)
            )

    def announce(self, seconds: float) -> None:
        print(f"\nGovFlow is open at {self.url}/   (after {seconds:.1f} s; Ctrl-C stops it)\n", flush=True)
        for user in logins(self.folder)["users"]:
            words = (user["username"], user["password"], user["role"], user.get("department") or "")
            print("  {:<14} {:<14} {:<14} {}".format(*words))
        print(f"\nAlso in {DEMO_FILE}, with the API keys.", flush=True)


def prepare(folder: Path, servers: Collection[str]) -> None:
    """Skipped when neither code nor database changed: starting Django once more costs seconds."""
    everything = " ".join((stamps.database(), stamps.static(), stamps.seed()))
    stamp = folder / "prepared.stamp"
    if not (folder / "logins.json").exists() or "postgres" not in servers:
        stamp.unlink(missing_ok=True)
    stamps.once(stamp, everything, lambda: bring_up_to_date(folder))


def bring_up_to_date(folder: Path) -> None:
    if subprocess.call([PYTHON, "-m", "ops.prepare", str(folder / "logins.json")], cwd=ROOT):
        give_up("the database could not be prepared; the message is above")


def children(folder: Path, port: int) -> tuple[list[Child], list[Child]]:
    """What answers and what keeps time, and what need not be waited for."""

    def child(name: str, *argv: object, stop_with: signal.Signals = signal.SIGTERM) -> Child:
        return Child(name, [str(word) for word in argv], folder / "logs" / f"{name}.log", stop_with=stop_with)

    web = [BIN / "gunicorn", "govflow.wsgi:application", "--bind", f"127.0.0.1:{port}", "--workers", 2]
    web += ["--worker-class", "gthread", "--threads", 4]
    web += ["--graceful-timeout", 2, "--no-control-socket", "--preload"]
    celery = [BIN / "celery", "--app", "govflow"]
    pool = ["--loglevel", "INFO", "--concurrency", 2, "--hostname", "demo@%h"]
    pool += ["--without-mingle", "--without-gossip"]
    first = [child("web", *web), child("sweeper", PYTHON, "manage.py", "sweep", "--loop")]
    rest = [
        child("relay", PYTHON, "manage.py", "relay", "--loop"),
        child("worker", *celery, "worker", *pool, stop_with=signal.SIGQUIT),
        child("beat", *celery, "beat", "--schedule", folder / "beat-schedule", "--pidfile="),
    ]
    return first, rest


def logins(folder: Path) -> dict:
    file = folder / "logins.json"
    return json.loads(file.read_text()) if file.exists() else {"users": [], "api_clients": []}


def ask(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return json.load(answer)["status"]
    except urllib.error.HTTPError as error:
        return error.read(500).decode(errors="replace")
    except (OSError, ValueError, KeyError) as error:
        return str(error)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
