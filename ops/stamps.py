"""What a start may skip because nothing changed since the last one. Standard library only: asking must be cheap."""

import hashlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path

from ops.places import ROOT, write_private

APPS = ("organization", "matters", "dispatch", "assessment", "desk", "portal", "exchange", "demo")


def once(stamp: Path, digest: str, act: Callable[[], object]) -> None:
    """Does it unless the stamp says it was done for this very digest; a failure leaves no stamp."""
    if stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    act()
    write_private(stamp, digest)


def static() -> str:
    """Our own files by size and time, everybody else's by the lock file."""
    return files([ROOT / "static", *(ROOT / app / "static" for app in APPS)])


def database() -> str:
    """Which schema, in which database. A new cluster has a new password, hence another address."""
    folders = [ROOT / app / "migrations" for app in APPS]
    return hashlib.sha256(f"{files(folders)} {os.environ['DATABASE_URL']}".encode()).hexdigest()


def seed() -> str:
    password = os.environ.get("DEMO_PASSWORD") or "govflow-demo"
    return hashlib.sha256(f"{os.environ['DATABASE_URL']} {password}".encode()).hexdigest()


def files(folders: Iterable[Path]) -> str:
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for folder in folders:
        for file in sorted(folder.rglob("*")):
            if "__pycache__" not in file.parts:
                stat = file.stat()
                digest.update(f"{file} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()
