"""One child process: how it is started, recognised again after a crash, and ended."""

import contextlib
import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from ops.places import ROOT, log, write_private

LOG_LIMIT = 10 * 1024 * 1024


def always_ready() -> bool:
    return True


@dataclass
class Child:
    name: str
    argv: list[str]
    log: Path
    env: dict[str, str] | None = None
    cwd: Path = ROOT
    user: str = ""
    stop_with: signal.Signals = signal.SIGTERM
    is_server: bool = False
    is_ready: Callable[[], bool] = always_ready
    process: subprocess.Popen | None = field(default=None, repr=False)

    def spawn(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        fresh = not self.log.exists() or self.log.stat().st_size > LOG_LIMIT
        with open(self.log, "w" if fresh else "a") as out:
            self.process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                cwd=self.cwd,
                env=self.env,
                start_new_session=True,
                preexec_fn=die_with_parent(self.stop_with),
                **as_user(self.user),
            )

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def runs(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        if self.process and self.runs():
            self.process.send_signal(self.stop_with)

    def end_rest(self) -> None:
        """What the process leaves behind in its session (web and task workers) would hold its port and its locks."""
        if self.process:
            kill_group(self.process.pid)
            self.process.wait()


def as_user(name: str) -> dict:
    if not name:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def die_with_parent(sign: signal.Signals) -> Callable[[], None] | None:
    """Linux tells the child when its parent was killed; elsewhere the next start ends what was left."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, sign) and None


def kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def stop_all(children: Iterable[Child], patience: float) -> None:
    waiting = list(children)
    for child in waiting:
        child.ask_to_stop()
    until = time.monotonic() + patience
    while any(child.runs() for child in waiting) and time.monotonic() < until:
        time.sleep(0.02)
    for child in waiting:
        if child.runs():
            log(f"{child.name} did not stop in time; ending it")
        child.end_rest()


def born(pid: int) -> str:
    """When this very process started: a number that was given to another process since has another birth."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        state, *rest = stat.rpartition(")")[2].split()
        return "" if state == "Z" else rest[18]
    except OSError:
        pass
    if Path("/proc/self/stat").exists():
        return ""
    return subprocess.run(
        ["ps", "-p", str(pid), "-o", "lstart="], capture_output=True, text=True
    ).stdout.strip()


def remember(folder: Path, child: Child) -> None:
    write_private(folder / child.name, f"{child.pid}\n{born(child.pid)}\n{child.stop_with}\n")


def end_leftovers(folder: Path, patience: float = 5.0) -> None:
    """Ends what a killed supervisor left running, each by its recorded number and birth; servers last."""
    files = sorted(folder.glob("[!.]*"), key=lambda file: file.name in ("postgres", "valkey"))
    for file in files:
        pid, birth, sign = [*file.read_text().split("\n"), "", "", ""][:3]
        if pid.isdigit() and birth and born(int(pid)) == birth:
            log(f"ending {file.name} ({pid}), left behind by a supervisor that was killed")
            end(int(pid), birth, int(sign or signal.SIGTERM), patience)
        file.unlink()


def end(pid: int, birth: str, sign: int, patience: float) -> None:
    os.kill(pid, sign)
    until = time.monotonic() + patience
    while born(pid) == birth and time.monotonic() < until:
        time.sleep(0.05)
    kill_group(pid)
