"""Every test runs on PostgreSQL. The people and places all tests share live in tests/town.py."""

import importlib.util
import os

os.environ["GOVFLOW_DEMO"] = "1"
os.environ["HASHED_STATIC"] = "0"
for name in ("SECRET_KEY", "SECRET_KEY_FILE"):
    os.environ.pop(name, None)
os.environ.setdefault("LOG_LEVEL", "WARNING")

import pytest  # noqa: E402  (the settings read the environment above)

pytest_plugins = ["tests.town"] if importlib.util.find_spec("tests.town") else []


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker("browser")


@pytest.fixture(autouse=True)
def _files_and_cache_of_its_own(settings, tmp_path) -> None:
    """No test sees another's files, mails or counted log-in attempts; none talks to a broker unless it asks to."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": str(tmp_path)}
    }
