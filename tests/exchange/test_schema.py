"""The published description fits what is built, and the pages for developers stand on our own files."""

import re

import pytest
from django.test import Client
from django.urls import get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

pytestmark = pytest.mark.django_db

MATTER_VERBS = {
    "ladder",  # read, like the timeline
    "accept",
    "dispatch",
    "correct",
    "decline",
    "look",
    "verify",
    "rate",
    "reopen",
    "comment",
    "reveal",
    "timeline",
}
NODE_VERBS = {"acknowledge", "sign", "assign", "contact", "progress", "hand_in", "send_back"}


@pytest.fixture(scope="module")
def schema():
    from drf_spectacular.generators import SchemaGenerator

    return SchemaGenerator().get_schema(request=None, public=True)


def test_the_schema_is_valid_openapi_31(schema):
    assert schema["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(schema).validate()


def test_the_schema_is_served(client):
    answer = client.get("/api/schema/?format=json")
    assert answer.status_code == 200
    assert set(answer.json()["paths"]) and answer.json()["openapi"].startswith("3.1")


def test_only_verbs_that_are_built_have_an_address(schema):
    paths = schema["paths"]
    ends = {path.rpartition("/")[2] for path in paths if path.startswith("/api/v1/matters/{number}/")}
    assert ends == MATTER_VERBS
    assert {path.rpartition("/")[2] for path in paths if path.startswith("/api/v1/nodes/{id}/")} == NODE_VERBS


def test_every_address_of_the_api_is_described(schema):
    described = {re.sub(r"{\w+}", "*", path) for path in schema["paths"]}
    routes = {str(pattern.pattern) for pattern in get_resolver("exchange.urls").url_patterns}
    built = {"/" + re.sub(r"<[^>]+>", "*", route) for route in routes if route.startswith("api/v1/")}
    assert built == described


def test_every_post_takes_an_idempotency_key_and_tells_its_problems(schema):
    for path, operations in schema["paths"].items():
        if "post" not in operations:
            continue
        operation = operations["post"]
        assert "Idempotency-Key" in {each["name"] for each in operation["parameters"]}, path
        assert (
            "application/problem+json"
            in operation["responses"]["400" if "400" in operation["responses"] else "404"]["content"]
        )


def test_every_text_and_list_that_may_be_sent_has_a_bound(schema):
    for name, component in schema["components"]["schemas"].items():
        if not name.endswith("Request"):
            continue
        for field, facts in component["properties"].items():
            if facts.get("type") == "string" and "format" not in facts:
                assert "maxLength" in facts or "enum" in facts or facts.get("description"), (name, field)


def test_the_reference_loads_nothing_from_elsewhere_and_nothing_inline(client):
    page = client.get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert not re.search(r"https?://", text) and "<style" not in text
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", text))
    script = re.search(r'src="([^"]*script[^"]*)"', text).group(1).replace("&amp;", "&")
    answer = client.get(script)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/javascript")
    assert "/api/schema/" in answer.content.decode()


@pytest.mark.parametrize(("language", "words"), [("zh-CN", "第一次上报"), ("en", "Your first report")])
def test_the_start_page_shows_a_first_report_and_explains_each_problem(language, words):
    page = Client().get("/developers/", headers={"Accept-Language": language})
    text = page.content.decode()
    assert page.status_code == 200 and words in text
    assert "curl" in text and "http://testserver/api/v1/matters" in text
    for name in ("invalid", "conflict", "throttled"):
        assert f'id="{name}"' in text


def test_the_report_shown_on_the_start_page_works(hotline):
    import html
    import json

    page = html.unescape(Client().get("/developers/").content.decode())
    body = json.loads(re.search(r"-d '(\{.*?\})'", page, re.S).group(1))
    assert hotline.post("/matters", body, key="first-report-1").status_code == 201
