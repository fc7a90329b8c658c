"""A Chromium for the browser tests: the one installed, else Debian's, else Playwright's own. Never a silent skip."""

import glob
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ops.places import PYTHON, ROOT, give_up, is_root, log

FOLDER = "tests/browser"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
FONT_PACKAGES = ("fonts-noto-cjk", "fonts-wqy-microhei")


def is_needed(arguments: list[str]) -> bool:
    """Whether pytest's arguments can select a browser test."""
    if not (ROOT / FOLDER).is_dir() or "not browser" in arguments:
        return False
    joined = " ".join(arguments)
    if f"--ignore={FOLDER}" in joined or f"--ignore {FOLDER}" in joined:
        return False
    selected = [
        word.split("::")[0].rstrip("/") for word in arguments if (ROOT / word.split("::")[0]).exists()
    ]
    paths = [(ROOT / word).resolve() for word in selected if not word.startswith("-")]
    folder = (ROOT / FOLDER).resolve()
    return not paths or any(
        path == folder or folder in path.parents or path in folder.parents for path in paths
    )


def find_or_install() -> str:
    install_fonts()
    found = os.environ.get("GOVFLOW_CHROMIUM") or installed() or from_debian() or from_playwright()
    if found and Path(found).exists():
        return found
    give_up(
        "the browser tests need Chromium or Chrome and none could be installed: install it (Debian: apt-get install "
        "chromium), or set GOVFLOW_CHROMIUM to its path, or leave these tests out with --ignore=tests/browser"
    )


def installed() -> str:
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), "") or next(
        (path for path in MAC if Path(path).exists()), ""
    )


def from_debian() -> str:
    return installed() if apt_install("chromium") else ""


def from_playwright() -> str:
    log("downloading Chromium with Playwright")
    command = [str(PYTHON), "-m", "playwright", "install", "chromium"]
    if subprocess.run(command, stdout=sys.stderr).returncode:
        return ""
    script = "from playwright.sync_api import sync_playwright as s\nwith s() as p: print(p.chromium.executable_path)"
    return subprocess.run([str(PYTHON), "-c", script], capture_output=True, text=True).stdout.strip()


def install_fonts() -> None:
    """Chinese pages in screenshots and measured widths need a Chinese font; without one the tests still run."""
    if sys.platform != "linux" or has_cjk_font():
        return
    if not any(apt_install(package) for package in FONT_PACKAGES):
        log(f"no Chinese font found; {FONT_PACKAGES[1]} would make screenshots readable")


def has_cjk_font() -> bool:
    if shutil.which("fc-list"):
        return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, text=True).stdout.strip())
    return any(glob.glob(f"/usr/share/fonts/**/*{part}*", recursive=True) for part in ("CJK", "wqy"))


def apt_install(package: str) -> bool:
    if not is_root() or not shutil.which("apt-get"):
        return False
    log(f"installing {package}")
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends", package]
    for command in (install, ["apt-get", "update", "-q"], install):
        done = subprocess.run(command, env=env, capture_output=True, text=True)
        if command is install and done.returncode == 0:
            return True
    log(f"{package} could not be installed: {done.stderr.strip()[-300:]}")
    return False
