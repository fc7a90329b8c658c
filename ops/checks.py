"""`./run check`: what a machine can hold against us, all of it, each with its own line."""

import os
import subprocess
import sys
import time

from ops.places import BIN, PYTHON, ROOT

SECTIONS: dict[str, list[str]] = {
    "format": ["ruff", "format", "--check", "."],
    "lint": ["ruff", "check", "."],
    "types": ["mypy", "."],
    "layers": ["lint-imports"],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "templates": ["djlint", "templates", "--check", "--lint", "--quiet"],
    "translations": ["python", "-m", "ops.translations", "check"],
    "deployment": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    "audit": ["python", "-m", "ops.audit"],
}
# As a site would be configured; nothing here is reached.
PRODUCTION = {
    "GOVFLOW_DEMO": "0",
    "SECRET_KEY": "check-only-5fJ2kQ9wXv7LpR3tYhB8nMc4ZsD6gUeA1oKiWqVy0x",
    "ALLOWED_HOSTS": "govflow.example",
    "DATABASE_URL": "postgresql://govflow@127.0.0.1:1/govflow",
    "BROKER_URL": "redis://127.0.0.1:1/0",
}


def run(arguments: list[str]) -> int:
    names = arguments or list(SECTIONS)
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        print(f"no such check: {', '.join(unknown)}; there are {', '.join(SECTIONS)}", file=sys.stderr)
        return 2
    failed = [name for name in names if not passes(name)]
    print(
        f"check: {len(names) - len(failed)} of {len(names)} passed"
        + (f"; failed: {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def passes(name: str) -> bool:
    program, *words = SECTIONS[name]
    env = {
        key: value for key, value in os.environ.items() if key not in ("SECRET_KEY_FILE", "DATABASE_URL_FILE")
    }
    env |= PRODUCTION if name == "deployment" else {"GOVFLOW_DEMO": "1"}
    began = time.monotonic()
    done = subprocess.run([PYTHON if program == "python" else BIN / program, *words], cwd=ROOT, env=env)
    print(
        f"-- {name}: {'ok' if done.returncode == 0 else 'FAILED'} ({time.monotonic() - began:.1f} s)",
        flush=True,
    )
    return done.returncode == 0
