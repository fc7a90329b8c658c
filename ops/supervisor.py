"""Keeps a set of processes running and stops all of them at once. One per state folder."""

import fcntl
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.places import give_up, log, make_home
from ops.processes import Child, end_leftovers, remember, stop_all

LONGEST_PAUSE = 15.0
CALM_AFTER = 20.0  # a process that lived this long did not die of its start
APPS_PATIENCE, SERVERS_PATIENCE = 2.0, 1.5  # together under the five seconds promised


class Stopped(BaseException):
    """INT or TERM arrived. Not an Exception, so that nothing on the way swallows it."""


@contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """The lock dies with its process, however it died; then the next start clears up."""
    make_home(folder)
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        give_up(
            f"GovFlow is already running here ({folder}); stop it first, or set GOVFLOW_HOME and PORT for a second one"
        )
    try:
        end_leftovers(folder / "pids")
        yield
    finally:
        os.close(descriptor)


def is_running(folder: Path) -> bool:
    try:
        with open(folder / "lock") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False


@contextmanager
def signals_stop() -> Iterator[None]:
    def stop(number: int, frame: object) -> None:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, signal.SIG_IGN)
        raise Stopped

    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, stop)
    yield


class Supervisor:
    def __init__(self, folder: Path, on_change: Callable[[], None] = lambda: None) -> None:
        self.folder = folder
        self.on_change = on_change
        self.children: dict[str, Child] = {}
        self.started: dict[str, float] = {}
        self.failures: dict[str, int] = {}
        self.again_at: dict[str, float] = {}

    def start(self, child: Child, within: float = 30.0) -> None:
        """Starts it and waits until it is ready; a start that fails is tried again until time is up."""
        self.children[child.name] = child
        self.spawn(child)
        until = time.monotonic() + within
        while not (child.runs() and child.is_ready()):
            if time.monotonic() > until:
                give_up(f"{child.name} did not start; its log is {child.log}")
            self.look()
            time.sleep(0.05)

    def spawn(self, child: Child) -> None:
        child.spawn()
        remember(self.folder / "pids", child)
        self.started[child.name] = time.monotonic()
        self.again_at.pop(child.name, None)

    def watch(self) -> None:
        while True:
            self.look()
            time.sleep(0.2)

    def look(self) -> None:
        """One round: starts again, after a pause that grows, what has died since the last one."""
        now = time.monotonic()
        for child in list(self.children.values()):
            if child.runs():
                continue
            if child.name not in self.again_at:
                self.mourn(child, now)
            elif now >= self.again_at[child.name]:
                self.spawn(child)
                self.on_change()

    def mourn(self, child: Child, now: float) -> None:
        child.end_rest()
        lived = now - self.started[child.name]
        self.failures[child.name] = 1 if lived > CALM_AFTER else self.failures.get(child.name, 0) + 1
        pause = min(0.25 * 2 ** (self.failures[child.name] - 1), LONGEST_PAUSE)
        self.again_at[child.name] = now + pause
        code = child.process.returncode if child.process else None
        log(f"{child.name} ended ({code}); starting it again in {pause:.2g} s; its log is {child.log}")

    def stop(self) -> None:
        children = list(self.children.values())
        stop_all([child for child in children if not child.is_server], APPS_PATIENCE)
        stop_all([child for child in children if child.is_server], SERVERS_PATIENCE)
        for child in children:
            (self.folder / "pids" / child.name).unlink(missing_ok=True)

    def pids(self) -> dict[str, int]:
        return {name: child.pid for name, child in self.children.items()}
