"""The addresses of a running stack, for other commands of the same checkout. Holds passwords: owner only."""

import json
import os
from pathlib import Path

from ops.places import write_private

NAMES = ("GOVFLOW_HOME", "GOVFLOW_DEMO", "SECRET_KEY_FILE", "DATABASE_URL", "BROKER_URL", "CACHE_URL")


def addresses() -> dict[str, str]:
    return {name: os.environ[name] for name in NAMES if name in os.environ}


def write(folder: Path) -> None:
    write_private(folder / "stack.json", json.dumps(addresses()))


def read(folder: Path) -> dict[str, str]:
    file = folder / "stack.json"
    return json.loads(file.read_text()) if file.exists() else {}


def remove(folder: Path) -> None:
    (folder / "stack.json").unlink(missing_ok=True)
