"""Every test runs on PostgreSQL. The people and places all tests share live in tests/town.py.

`./run test` names the servers and demo mode; the settings are read before this file is."""

import importlib.util
import os

import hypothesis
import pytest
from django.utils import translation

pytest_plugins = ["tests.town"] if importlib.util.find_spec("tests.town") else []


def pytest_configure(config: pytest.Config) -> None:
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Static files as they lie in the checkout: no test needs collectstatic first.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

    _examples()


def _examples() -> None:
    """The ordinary suite looks at the same examples on every machine, however slow; long forms look for new ones."""
    long = bool(os.environ.get("GOVFLOW_LONG"))
    slow = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.data_too_large]
    hypothesis.settings.register_profile(
        "govflow", deadline=None, derandomize=not long, print_blob=True, suppress_health_check=slow
    )
    hypothesis.settings.load_profile("govflow")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker("browser")
        if item.get_closest_marker("long") and not os.environ.get("GOVFLOW_LONG"):
            item.add_marker(pytest.mark.skip(reason="a long form: ./run test --long"))


@pytest.fixture(autouse=True)
def _language_of_the_platform() -> None:
    """A request leaves its reader's language behind in the thread; the next test does not inherit it."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _statements_in_their_own_words(settings) -> None:
    """What a test reads of the statements is the same whether or not another has prepared them on its connection.
    Those of the API run as in a real process."""
    settings.PREPARED_STATEMENTS = False


@pytest.fixture(autouse=True)
def _files_and_cache_of_its_own(settings, tmp_path) -> None:
    """No test sees another's files, mails or counted log-in attempts."""
    settings.MEDIA_ROOT = tmp_path / "media"
    cache = "govflow.cache.CountingLocally"
    settings.CACHES = {"default": {"BACKEND": cache, "LOCATION": str(tmp_path)}}
