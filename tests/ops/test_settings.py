"""Outside demo mode the settings refuse what must never be seen there, and say how to put it right."""

import os
import subprocess
import sys

import pytest

from ops.places import ROOT

GOOD = {
    "SECRET_KEY": "a-key-of-decent-length-5fJ2kQ9wXv7LpR3tYhB8nMc4ZsD6",
    "ALLOWED_HOSTS": "govflow.example",
    "DATABASE_URL": "postgresql://govflow@db/govflow",
    "BROKER_URL": "redis://broker/0",
}


def load(show: str = "print('loaded')", **changes: str | None) -> subprocess.CompletedProcess:
    """The settings module alone, in a process with this environment and no other."""
    env = {**GOOD, **changes, "PATH": os.defpath}
    env = {name: value for name, value in env.items() if value is not None}
    code = f"import govflow.settings as s; {show}"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True)


def test_a_complete_configuration_is_accepted():
    assert load().stdout == "loaded\n"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"DEBUG": "1"}, "DEBUG must be off"),
        ({"SECRET_KEY": None}, "SECRET_KEY (or SECRET_KEY_FILE) must be given"),
        ({"SECRET_KEY": "short"}, "50 characters or more"),
        (
            {"SECRET_KEY": "demo-mode-only-never-in-production-0123456789abcdefghijk"},
            "must not be the demo key",
        ),
        ({"SECRET_KEY": "django-insecure-" + "x1y2" * 15}, "django-insecure"),
        ({"SECRET_KEY": "x" * 60}, "one character repeated"),
        ({"ALLOWED_HOSTS": None}, "must name the hosts"),
        ({"ALLOWED_HOSTS": "*"}, "must not contain *"),
        ({"DATABASE_URL": None}, "DATABASE_URL (or DATABASE_URL_FILE) must be given"),
        ({"BROKER_URL": None}, "BROKER_URL (or BROKER_URL_FILE) must be given"),
    ],
)
def test_an_unsafe_configuration_is_refused(changes, reason):
    done = load(**changes)
    assert done.returncode == 1
    assert "GovFlow does not start" in done.stderr
    assert reason in done.stderr


def test_every_refusal_is_named_at_once():
    error = load(DEBUG="1", ALLOWED_HOSTS="*").stderr
    assert "DEBUG must be off" in error
    assert "must not contain *" in error


def test_secrets_may_come_from_files(tmp_path):
    (tmp_path / "key").write_text(GOOD["SECRET_KEY"] + "\n")
    (tmp_path / "database").write_text("postgresql://govflow:from-a-file@db/govflow\n")
    files = {"SECRET_KEY_FILE": str(tmp_path / "key"), "DATABASE_URL_FILE": str(tmp_path / "database")}
    show = "print(s.SECRET_KEY, s.DATABASES['default']['PASSWORD'])"
    done = load(show, SECRET_KEY=None, DATABASE_URL=None, **files)
    assert done.stdout == f"{GOOD['SECRET_KEY']} from-a-file\n"


def test_outside_demo_mode_cookies_and_transport_are_protected():
    show = "print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_SSL_REDIRECT, s.SECURE_HSTS_SECONDS > 0)"
    assert load(show).stdout == "True True True True\n"


def test_every_copy_of_the_visibility_timeout_is_the_same():
    show = (
        "print({s.CELERY_VISIBILITY_TIMEOUT, s.CELERY_BROKER_TRANSPORT_OPTIONS['visibility_timeout'],"
        " s.CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS['visibility_timeout']})"
    )
    assert load(show).stdout == "{600}\n"
