"""The supervisor with tiny children: what is started, kept, refused, cleared up and stopped."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from ops.places import ROOT
from ops.processes import born

SLEEPER = "import time; print('up', flush=True); time.sleep(600)"
DEAF = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
STUBBORN = DEAF + SLEEPER
FAMILY = f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}]); " + SLEEPER


def script(folder: Path, children: dict[str, str]) -> str:
    return textwrap.dedent(
        f"""
        import sys
        from pathlib import Path
        from ops.processes import Child
        from ops.supervisor import Stopped, Supervisor, only_one, signals_stop
        folder = Path({str(folder)!r})
        try:
            with signals_stop(), only_one(folder):
                supervisor = Supervisor(folder)
                try:
                    for name, code in {children!r}.items():
                        log = folder / "logs" / f"{{name}}.log"
                        server = name == "postgres"
                        supervisor.start(Child(name, [sys.executable, "-c", code], log, is_server=server))
                    print("ready", flush=True)
                    supervisor.watch()
                finally:
                    supervisor.stop()
        except Stopped:
            print("stopped", flush=True)
        """
    )


@pytest.fixture
def supervise(tmp_path):
    """Starts a supervisor of its own process over named children; ends it with the test."""
    started: list[subprocess.Popen] = []

    def start(**children: str) -> subprocess.Popen:
        code = script(tmp_path / "home", children)
        pipe = subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=pipe, stderr=pipe, text=True
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.terminate()
            process.wait(10)


def pid_of(folder: Path, name: str) -> int:
    return int((folder / "home" / "pids" / name).read_text().split()[0])


def lives(pid: int) -> bool:
    return bool(born(pid))


def until(condition, within: float = 10.0) -> bool:
    end = time.monotonic() + within
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return False


def test_a_killed_process_is_started_again(supervise, tmp_path):
    supervisor = supervise(web=SLEEPER)
    assert supervisor.stdout.readline() == "ready\n"
    before = pid_of(tmp_path, "web")
    os.kill(before, signal.SIGKILL)
    assert until(lambda: pid_of(tmp_path, "web") != before and lives(pid_of(tmp_path, "web")))


def test_a_process_that_dies_at_once_is_tried_again_more_and_more_slowly(supervise):
    supervisor = supervise(web="import time; time.sleep(0.3); raise SystemExit(3)")
    assert supervisor.stdout.readline() == "ready\n"
    pauses = [supervisor.stderr.readline() for _ in range(3)]
    assert ["0.25 s" in pauses[0], "0.5 s" in pauses[1], "1 s" in pauses[2]] == [True, True, True], pauses


def test_what_a_killed_process_started_itself_does_not_stay_behind(supervise, tmp_path):
    supervisor = supervise(web=FAMILY)
    assert supervisor.stdout.readline() == "ready\n"
    parent = pid_of(tmp_path, "web")
    children = Path(f"/proc/{parent}/task/{parent}/children")
    if not children.exists():
        pytest.fail("this kernel does not list children: run the supervisor's tests on Linux")
    assert until(lambda: children.read_text().split())
    child = int(children.read_text().split()[0])
    os.kill(parent, signal.SIGKILL)
    assert until(lambda: not lives(child))


def test_a_second_copy_is_refused_with_the_reason(supervise):
    assert supervise(web=SLEEPER).stdout.readline() == "ready\n"
    second = supervise(web=SLEEPER)
    assert second.wait(10) == 1
    assert "already running here" in second.stderr.read()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_everything_stops_within_five_seconds_even_what_does_not_want_to(supervise, tmp_path, sign):
    supervisor = supervise(postgres=STUBBORN, web=STUBBORN, worker=SLEEPER)
    assert supervisor.stdout.readline() == "ready\n"
    pids = [pid_of(tmp_path, name) for name in ("postgres", "web", "worker")]
    logs = tmp_path / "home" / "logs"
    assert until(lambda: all("up" in (logs / f"{name}.log").read_text() for name in ("postgres", "web")))
    began = time.monotonic()
    supervisor.send_signal(sign)
    supervisor.wait(10)
    assert time.monotonic() - began < 5
    assert supervisor.returncode == 0
    assert not any(lives(pid) for pid in pids)
    assert not list((tmp_path / "home" / "pids").iterdir())


def test_after_kill_nine_of_the_supervisor_the_next_start_clears_up(supervise, tmp_path):
    supervisor = supervise(web=STUBBORN, worker=SLEEPER)
    assert supervisor.stdout.readline() == "ready\n"
    assert until(lambda: "up" in (tmp_path / "home/logs/web.log").read_text())
    left = [pid_of(tmp_path, "web"), pid_of(tmp_path, "worker")]
    supervisor.kill()
    supervisor.wait()
    assert lives(left[0]), "a process that ignores TERM outlives its supervisor"
    again = supervise(worker=SLEEPER)
    assert again.stdout.readline() == "ready\n"
    assert not any(lives(pid) for pid in left)


def test_a_number_given_to_another_process_since_is_left_alone(supervise, tmp_path):
    stranger = subprocess.Popen([sys.executable, "-c", SLEEPER], stdout=subprocess.DEVNULL)
    pids = tmp_path / "home" / "pids"
    pids.mkdir(parents=True)
    (pids / "web").write_text(f"{stranger.pid}\n1\n15\n")
    assert supervise(worker=SLEEPER).stdout.readline() == "ready\n"
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
