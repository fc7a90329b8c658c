"""A client of the desk signed in as one of the cast, at the town's own moment."""

import pytest

from organization import clock
from tests.town import NOW


@pytest.fixture
def moment(monkeypatch):
    """The desk's clock stands at a Monday morning; `moment.at` may be moved."""

    class Moment:
        at = NOW

    monkeypatch.setattr(clock, "now", lambda: Moment.at)
    return Moment


@pytest.fixture
def sign_in(client, town, moment):
    """`sign_in("desk")` gives the client signed in as that person."""

    def signed(who, language="en"):
        client.force_login(getattr(town, who))
        client.cookies["django_language"] = language
        return client

    return signed


@pytest.fixture
def in_the_tray(town, moment):
    """A matter without a category whose words propose some."""
    return town.report(None, text="邻居半夜吵架，电瓶车进楼", channel="hotline")


@pytest.fixture
def in_hand(town, moment):
    """A matter the village committee leads and the town's rescue station assists."""
    return town.report("ZZ07")


@pytest.fixture
def photo():
    """A small real picture, as a browser would send it."""
    from io import BytesIO

    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    def made(name="a.jpg"):
        written = BytesIO()
        Image.new("RGB", (40, 30), "grey").save(written, "JPEG")
        return SimpleUploadedFile(name, written.getvalue(), content_type="image/jpeg")

    return made
