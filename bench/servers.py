"""Gunicorn as in the demo: two workers of four threads, on this machine only."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

WITHIN = 30.0


@contextmanager
def serving(application: str, settings: str) -> Iterator[int]:
    """A web server for the application; gives its port."""
    port = _free_port()
    argv = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    argv += ["--worker-class", "gthread", "--threads", "4", "--graceful-timeout", "2", "--no-control-socket"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings, "GOVFLOW_DEMO": "1"}
    root = Path(__file__).resolve().parent.parent
    server = subprocess.Popen([*argv, "--log-level", "error"], cwd=root, env=environment)
    try:
        _wait(port, server)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=15)


def _wait(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("bench: the web server did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
