"""One Django process that brings the demo's database and files up to date, doing nothing twice."""

import hashlib
import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

from ops.places import ROOT

STATIC_FOLDERS = ("static", "desk/static", "portal/static", "exchange/static", "demo/static")


def main(logins: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govflow.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    once(settings.HOME / "static.stamp", static_digest(), collect)
    password = os.environ.get("DEMO_PASSWORD") or "govflow-demo"
    digest = hashlib.sha256(f"{settings.SECRET_KEY}{password}{settings.DATABASE_URL}".encode()).hexdigest()
    if not logins.exists() or not get_user_model().objects.exists():
        (settings.HOME / "seed.stamp").unlink(missing_ok=True)
    once(settings.HOME / "seed.stamp", digest, lambda: call_command("seed_demo", logins=str(logins)))


def once(stamp: Path, digest: str, act) -> None:
    if stamp.exists() and stamp.read_text() == digest:
        return
    act()
    stamp.write_text(digest)


def collect() -> None:
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)


def static_digest() -> str:
    """Our own files by size and time, everybody else's by the lock file."""
    digest = hashlib.sha256((ROOT / "uv.lock").read_bytes())
    for folder in STATIC_FOLDERS:
        for file in sorted((ROOT / folder).rglob("*")):
            digest.update(f"{file} {file.stat().st_size} {file.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
