"""Other systems as they knock: with a key, or as a person with a session."""

import json

import pytest
from django.test import Client

API = "/api/v1"


class Caller:
    """A client of the API: paths are below /api/v1, bodies are JSON."""

    def __init__(self, *, key=None, person=None, language="en", enforce_csrf=False):
        self.http = Client(enforce_csrf_checks=enforce_csrf)
        self.headers = {"Accept-Language": language}
        if key:
            self.headers["Authorization"] = f"Api-Key {key}"
        if person:
            self.http.force_login(person)

    def get(self, path, **params):
        return self.http.get(self._path(path), params, headers=self.headers)

    def post(self, path, body=None, *, key=None, raw=None, content_type="application/json", **headers):
        data = raw if raw is not None else json.dumps(body or {})
        more = {"Idempotency-Key": key} if key else {}
        return self.http.post(
            self._path(path), data, content_type=content_type, headers={**self.headers, **more, **headers}
        )

    def upload(self, name, content, *, key=None, field="file"):
        from django.core.files.uploadedfile import SimpleUploadedFile

        more = {"Idempotency-Key": key} if key else {}
        file = SimpleUploadedFile(name, content, content_type="image/jpeg")
        return self.http.post(f"{API}/attachments", {field: file}, headers={**self.headers, **more})

    def follow(self, link):
        return self.http.get(link, headers=self.headers)

    def _path(self, path):
        return path if path.startswith("/api") else f"{API}{path}"


@pytest.fixture(autouse=True)
def _prepared(settings) -> None:
    settings.PREPARED_STATEMENTS = True


@pytest.fixture(autouse=True)
def _business_time(monkeypatch, town_now):
    """Doors ask the clock; here it stands still on a Monday morning."""
    monkeypatch.setattr("organization.clock.now", lambda: town_now.moment)


class Now:
    def __init__(self, moment):
        self.moment = moment


@pytest.fixture
def town_now():
    from tests.town import NOW

    return Now(NOW)


@pytest.fixture
def key(town):
    return town.client()[1]


@pytest.fixture
def hotline(key):
    return Caller(key=key)


@pytest.fixture
def as_person(town):
    return lambda who, **facts: Caller(person=getattr(town, who), **facts)


@pytest.fixture
def photo():
    from io import BytesIO

    from PIL import Image

    data = BytesIO()
    Image.new("RGB", (40, 30), "red").save(data, "JPEG")
    return data.getvalue()


REPORT = {
    "channel": "hotline",
    "category": "ZZ07",
    "text": "三号楼一楼楼道里有人飞线充电",
    "area": "990106001001001",
    "reporter": {"name": "欧阳晓晨", "phone": "14100009876"},
}


@pytest.fixture
def report():
    return lambda **facts: {**REPORT, **facts}
