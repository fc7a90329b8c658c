"""One Django process that brings the demo's database and files up to date, doing nothing twice."""

import os
import sys
from pathlib import Path

import django
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command

from ops import stamps


def main(logins: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govflow.settings")
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    stamps.once(settings.HOME / "static.stamp", stamps.static(), collect)
    if not logins.exists() or not get_user_model().objects.exists():
        (settings.HOME / "seed.stamp").unlink(missing_ok=True)
    seed = lambda: call_command("seed_demo", logins=str(logins))  # noqa: E731
    stamps.once(settings.HOME / "seed.stamp", stamps.seed(), seed)


def collect() -> None:
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
