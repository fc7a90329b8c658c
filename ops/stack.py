"""The commands of `./run`, inside the environment."""

import os
import subprocess
import sys
from pathlib import Path

from ops import browser, checks, demo, services, stack_file
from ops.chaos import command as chaos
from ops.places import PYTHON, ROOT, home, make_home
from ops.supervisor import Stopped, Supervisor, is_running, only_one, signals_stop


def run_tests(arguments: list[str]) -> int:
    if "--long" in arguments:
        arguments = [word for word in arguments if word != "--long"]
        os.environ["GOVFLOW_LONG"] = "1"
    os.environ.update(GOVFLOW_DEMO="1", HASHED_STATIC="0")
    for name in ("SECRET_KEY", "SECRET_KEY_FILE", "DEBUG", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    if browser.is_needed(arguments):
        os.environ["GOVFLOW_CHROMIUM"] = browser.find_or_install()
    with services.thrown_away():
        return subprocess.call([str(PYTHON), "-m", "pytest", *arguments], cwd=ROOT)


def run_bench(arguments: list[str]) -> int:
    os.environ.setdefault("GOVFLOW_DEMO", "1")
    with services.thrown_away(durable=True):
        return subprocess.call([str(PYTHON), "-m", "bench", *arguments], cwd=ROOT)


def run_services(arguments: list[str]) -> int:
    folder = make_home(home())
    with only_one(folder):
        supervisor = Supervisor(folder)
        try:
            open_services(supervisor, folder)
            for name, value in stack_file.addresses().items():
                print(f"export {name}='{value}'", flush=True)
            supervisor.watch()
        finally:
            close_services(supervisor, folder)
    return 0


def run_manage(arguments: list[str]) -> int:
    """With the servers of the running demo, or with ones started for this command."""
    folder = make_home(home())
    command = [str(PYTHON), "manage.py", *arguments]
    if is_running(folder):
        os.environ.update(stack_file.read(folder))
        return subprocess.call(command, cwd=ROOT)
    services.demo_environment(folder)
    if os.environ.get("DATABASE_URL") and os.environ.get("BROKER_URL"):
        return subprocess.call(command, cwd=ROOT)
    with only_one(folder):
        supervisor = Supervisor(folder)
        try:
            open_services(supervisor, folder)
            return subprocess.call(command, cwd=ROOT)
        finally:
            close_services(supervisor, folder)


def open_services(supervisor: Supervisor, folder: Path) -> None:
    services.demo_environment(folder)
    services.start(supervisor, folder)
    stack_file.write(folder)


def close_services(supervisor: Supervisor, folder: Path) -> None:
    stack_file.remove(folder)
    supervisor.stop()


COMMANDS = {
    "demo": demo.run,
    "test": run_tests,
    "check": checks.run,
    "bench": run_bench,
    "chaos": chaos.run,
    "services": run_services,
}


def main(words: list[str]) -> int:
    try:
        with signals_stop():
            command = COMMANDS.get(words[0])
            return command(words[1:]) if command else run_manage(words)
    except Stopped:
        return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
