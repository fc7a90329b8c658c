"""Makes .venv from uv.lock. Needs Python's own library and, once, a way to get uv: from PATH, or with pip from PyPI."""

import fcntl
import hashlib
import json
import os
import shutil
import ssl
import subprocess
import sys
from collections.abc import Iterable
from contextlib import contextmanager
from pathlib import Path

from ops.places import BIN, PYTHON, ROOT, VENV, give_up, is_root, log

UV_VERSION = "0.13.9"
STAMP = VENV / ".govflow-stamp"
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")


def ensure(groups: Iterable[str]) -> None:
    """The locked packages of these groups are installed; what another command installed before stays."""
    if is_current(groups):
        return
    with one_at_a_time():
        if is_current(groups):
            return
        log("installing the locked packages (once)")
        before = installed()
        wanted = sorted({*groups, *before.get("groups", [])})
        sync(find_uv(), wanted)
        STAMP.write_text(json.dumps({"lock": lock_digest(), "groups": wanted}))


def is_current(groups: Iterable[str]) -> bool:
    found = installed()
    return PYTHON.exists() and found.get("lock") == lock_digest() and set(groups) <= set(found["groups"])


def installed() -> dict:
    try:
        return json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}


def lock_digest() -> str:
    return hashlib.sha256((ROOT / "uv.lock").read_bytes()).hexdigest()


@contextmanager
def one_at_a_time():
    with open(ROOT / ".venv.lock", "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def trusting() -> dict[str, str]:
    """The system's certificates for every installer: a site's own authority is there and in no bundled list."""
    env = dict(os.environ, UV_SYSTEM_CERTS="true", PIP_DISABLE_PIP_VERSION_CHECK="1")
    places = (os.environ.get("SSL_CERT_FILE"), ssl.get_default_verify_paths().cafile, *BUNDLES)
    bundle = next((place for place in places if place and Path(place).is_file()), None)
    if bundle:
        for name in ("PIP_CERT", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"):
            env.setdefault(name, bundle)
    return env


def sync(uv: str, groups: list[str]) -> None:
    env = trusting()
    env.pop("VIRTUAL_ENV", None)
    env.update(
        UV_PROJECT_ENVIRONMENT=str(VENV),
        UV_PYTHON=str(PYTHON if PYTHON.exists() else sys.executable),
        UV_PYTHON_DOWNLOADS="never",
        UV_LINK_MODE=os.environ.get("UV_LINK_MODE", "copy"),
    )
    # --inexact: uv lives in this environment and would remove itself.
    command = [uv, "sync", "--frozen", "--inexact", "--quiet", "--no-default-groups"]
    for group in groups:
        command += ["--group", group]
    if subprocess.run(command, cwd=ROOT, env=env).returncode:
        give_up("the packages could not be installed; uv's message is above")


def find_uv() -> str:
    for candidate in (str(BIN / "uv"), shutil.which("uv")):
        if candidate and version_of(candidate) == UV_VERSION:
            return candidate
    make_venv()
    if subprocess.run([*pip(), "install", "-q", f"uv=={UV_VERSION}"], env=trusting()).returncode:
        other = shutil.which("uv")
        return other or give_up(
            "uv could not be installed; pip's message is above. Any uv on PATH would do as well."
        )
    return str(BIN / "uv")


def version_of(uv: str) -> str:
    try:
        words = subprocess.run([uv, "--version"], capture_output=True, text=True).stdout.split()
    except OSError:
        return ""
    return words[1] if len(words) > 1 else ""


def make_venv() -> None:
    if PYTHON.exists():
        return
    if quietly(sys.executable, "-m", "venv", "--clear", str(VENV)):
        return
    # Debian without python3-venv: no ensurepip, but the system's pip can fill an environment that has none.
    if has_system_pip() and quietly(sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)):
        return
    if is_root() and shutil.which("apt-get"):
        log("installing python3-venv")
        quietly("apt-get", "update", "-q") and quietly("apt-get", "install", "-y", "-q", "python3-venv")
        if quietly(sys.executable, "-m", "venv", "--clear", str(VENV)):
            return
    give_up(
        "this Python can make no environment: install python3-venv (Debian, Ubuntu) or uv, then run again"
    )


def has_system_pip() -> bool:
    return quietly(sys.executable, "-m", "pip", "--version")


def pip() -> list[str]:
    if quietly(str(PYTHON), "-m", "pip", "--version"):
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def quietly(*command: str) -> bool:
    return subprocess.run(command, capture_output=True, env=trusting()).returncode == 0
