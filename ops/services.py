"""PostgreSQL and Valkey for a command: those named in the environment, else embedded ones started here."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import postgres, valkey
from ops.places import give_up, home, is_root, log, write_private
from ops.supervisor import Supervisor

DEMO_HOSTS = "127.0.0.1,localhost,[::1]"


def start(supervisor: Supervisor, folder: Path, throw_away: bool = False, fixed_ports: bool = True) -> None:
    """Starts what the environment does not name and names it there. Ports stay the same over restarts."""
    check_reachable(folder)
    if not os.environ.get("DATABASE_URL"):
        server = postgres.Postgres(folder, free_port(postgres.PORT if fixed_ports else 0), throw_away)
        server.make_cluster()
        supervisor.start(server.child())
        server.make_database()
        os.environ["DATABASE_URL"] = server.url
    if not (os.environ.get("BROKER_URL") and os.environ.get("CACHE_URL")):
        start_valkey(supervisor, folder, throw_away, fixed_ports)


def start_valkey(supervisor: Supervisor, folder: Path, throw_away: bool, fixed_ports: bool) -> None:
    if os.environ.get("BROKER_URL"):  # a broker without a cache: the cache shares it
        os.environ["CACHE_URL"] = os.environ["BROKER_URL"]
        return
    server = valkey.Valkey(folder, free_port(valkey.PORT if fixed_ports else 0), throw_away)
    supervisor.start(server.child())
    os.environ["BROKER_URL"] = f"{server.url}/0"
    os.environ.setdefault("CACHE_URL", f"{server.url}/1")


@contextmanager
def thrown_away(durable: bool = False) -> Iterator[Supervisor]:
    """Servers in a temporary folder. Tests switch the disk's guarantees off; measurements must not."""
    with tempfile.TemporaryDirectory(prefix="govflow-") as name:
        folder = Path(name)
        os.environ["GOVFLOW_HOME"] = name
        supervisor = Supervisor(folder)
        try:
            start(supervisor, folder, throw_away=not durable, fixed_ports=False)
            yield supervisor
        finally:
            supervisor.stop()


def check_reachable(folder: Path) -> None:
    """As root the database's user must be able to walk to its data."""
    if not is_root() or os.environ.get("DATABASE_URL"):
        return
    folder.chmod(folder.stat().st_mode | 0o011)
    closed = [str(place) for place in folder.parents if not place.stat().st_mode & 0o001]
    if closed:
        give_up(
            f"PostgreSQL does not run as root, and its user cannot pass {closed[0]}: "
            "choose another GOVFLOW_HOME, or set DATABASE_URL"
        )


def free_port(preferred: int) -> int:
    for port in (preferred, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    give_up("no free port on 127.0.0.1")


def demo_environment(folder: Path) -> None:
    """Demo mode, with a key of its own that outlives restarts; a site that brings its own key is not a demo."""
    os.environ["GOVFLOW_HOME"] = str(folder)
    if os.environ.get("SECRET_KEY") or os.environ.get("SECRET_KEY_FILE"):
        return
    os.environ.setdefault("GOVFLOW_DEMO", "1")
    key = folder / "secret-key"
    if not key.exists():
        write_private(key, os.urandom(40).hex())
    os.environ["SECRET_KEY_FILE"] = str(key)
    log(f"state in {home()}")
