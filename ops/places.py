"""Where things lie, and how the start script speaks. Standard library only: it runs before anything is installed."""

import hashlib
import os
import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = Path(os.environ.get("GOVFLOW_VENV", ROOT / ".venv"))
BIN = VENV / "bin"
PYTHON = BIN / "python"
SHARED = Path("/var/lib/govflow")
DEMO_FILE = ROOT / "var" / "demo.json"


def is_root() -> bool:
    return os.geteuid() == 0


def default_home() -> Path:
    """As root outside the checkout: PostgreSQL gives up root and must still reach its data."""
    if is_root():
        return SHARED / hashlib.sha256(str(ROOT).encode()).hexdigest()[:10]
    return ROOT / "var"


def home() -> Path:
    return Path(os.environ.get("GOVFLOW_HOME") or default_home()).resolve()


def make_home(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    if is_root():
        for place in (folder, *folder.parents):
            if place in (folder, SHARED) or SHARED in place.parents:
                place.chmod(place.stat().st_mode | 0o011)
    return folder


def write_private(path: Path, text: str) -> None:
    """Written whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)


def log(*words: object) -> None:
    print("[govflow]", *words, file=sys.stderr, flush=True)


def give_up(text: str) -> NoReturn:
    raise SystemExit(f"[govflow] {text}")
