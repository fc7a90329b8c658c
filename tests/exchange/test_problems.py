"""Bad input answers: problem documents that point at what must change, in the reader's language."""

import json
import re

import pytest
from django.utils import timezone

from organization.models import ApiClient
from tests.exchange.conftest import Caller

pytestmark = pytest.mark.django_db

HAN = re.compile("[\u3400-\u9fff]")

BAD_REPORTS = {
    "an empty report": ({"text": ""}, "/text", "empty"),
    "a text of three characters": ({"text": "好的呀"}, "/text", "empty"),
    "an unknown category": ({"category": "NOPE"}, "/category", "does_not_exist"),
    "an unknown area": ({"area": "1"}, "/area", "does_not_exist"),
    "a point outside": ({"area": None, "location": {"lon": 100, "lat": 20}}, "/location", "outside"),
    "a point that is nowhere": ({"location": {"lon": 400, "lat": 20}}, "/location/lon", "max_value"),
    "half a point": ({"location": {"lon": 119}}, "/location/lat", "required"),
    "an unknown coordinate system": (
        {"location": {"lon": 1, "lat": 1, "crs": "x"}},
        "/location/crs",
        "invalid_choice",
    ),
    "an unknown field": ({"colour": "red"}, "/colour", "unknown_field"),
    "an unknown field inside": ({"reporter": {"name": "甲", "id": "1"}}, "/reporter/id", "unknown_field"),
    "an unknown channel": ({"channel": "fax"}, "/channel", "does_not_exist"),
    "an urgency that is no word of ours": ({"urgency": "asap"}, "/urgency", "invalid_choice"),
    "a phone number with words": ({"reporter": {"phone": "call me"}}, "/reporter/phone", "invalid"),
    "a text beyond all bounds": ({"text": "长" * 4001}, "/text", "max_length"),
    "a moment that is none": ({"occurred_at": "yesterday"}, "/occurred_at", "invalid"),
    "a foreign photo": ({"attachments": ["6c6e0f0e-0000-4000-8000-000000000000"]}, "/attachments", "unknown"),
    "a zero character": ({"text": "abc\0def"}, "/text", "null_characters_not_allowed"),
    "an object as a code": ({"category": {"code": "ZZ07"}}, "/category", "invalid"),
}


def is_problem(answer, status):
    problem = answer.json()
    assert answer.status_code == status, problem
    assert answer["Content-Type"] == "application/problem+json"
    assert set(problem) >= {"type", "title", "status", "detail", "errors", "code"}
    assert problem["status"] == status
    assert problem["type"].startswith("/developers/#")
    return problem


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("case", BAD_REPORTS)
def test_a_bad_report_is_told_what_must_change(key, report, case, language):
    facts, pointer, code = BAD_REPORTS[case]
    answer = Caller(key=key, language=language).post("/matters", report(**facts))
    problem = is_problem(answer, 400)
    first = problem["errors"][0]
    assert (first["pointer"], first["code"]) == (pointer, code)
    assert bool(HAN.search(problem["title"])) is (language == "zh-CN")
    if code not in ("does_not_exist", "invalid_choice", "unknown"):
        assert bool(HAN.search(first["detail"])) is (language == "zh-CN"), first["detail"]


def test_all_faults_are_told_at_once(hotline, report):
    problem = is_problem(hotline.post("/matters", report(colour="red", urgency="asap", channel="fax")), 400)
    assert {error["pointer"] for error in problem["errors"]} == {"/colour", "/urgency", "/channel"}


@pytest.mark.parametrize(
    ("raw", "pointer"),
    [
        ('{"channel": "hotline", "text": "一二三四", "text": "五六七八"}', "/text"),
        ('{"channel": "hotline", "reporter": {"name": "甲", "name": "乙"}}', "/reporter/name"),
        ('{"channel": ', ""),
        ('{"location": {"lon": NaN}}', ""),
        ("[1, 2]", ""),
        ("[" * 100_000, ""),
        (b"\xff\xfe", ""),
    ],
)
def test_a_body_that_is_no_sound_json_object_is_refused(hotline, raw, pointer):
    problem = is_problem(hotline.post("/matters", raw=raw), 400)
    assert pointer in {error["pointer"] for error in problem["errors"]} or not pointer


def test_a_body_beyond_one_megabyte_is_too_large(hotline):
    is_problem(hotline.post("/matters", raw=json.dumps({"text": "x" * 1_100_000})), 413)


def test_a_photo_of_twenty_megabytes_is_too_large(hotline):
    is_problem(hotline.upload("a.jpg", b"\xff\xd8\xff" + b"0" * 20 * 1024 * 1024), 413)


@pytest.mark.parametrize(("language", "words"), [("zh-CN", HAN), ("en", re.compile("photo"))])
def test_a_file_that_is_no_photo_is_refused_with_a_clear_message(key, language, words):
    answer = Caller(key=key, language=language).upload("a.jpg", b"<script>alert(1)</script>")
    problem = is_problem(answer, 400)
    assert problem["errors"][0]["pointer"] == "/file"
    assert words.search(problem["detail"])


def test_an_upload_under_another_name_is_refused(hotline, photo):
    problem = is_problem(hotline.upload("a.jpg", photo, field="picture"), 400)
    assert {"/picture", "/file"} == {error["pointer"] for error in problem["errors"]}


def test_a_stale_revision_is_a_conflict(as_person, town):
    matter = town.report(category=None, text="路口有一堆东西")
    desk = as_person("desk")
    seen = desk.get(f"/matters/{matter.number}").json()["revision"]
    assert desk.post(f"/matters/{matter.number}/accept", {"revision": seen}).status_code == 200
    problem = is_problem(desk.post(f"/matters/{matter.number}/accept", {"revision": seen}), 409)
    assert problem["code"] == "stale"


def test_an_illegal_step_is_a_conflict_with_its_code(as_person, town):
    matter = town.report()
    problem = is_problem(as_person("desk").post(f"/matters/{matter.number}/accept"), 409)
    assert problem["code"] == "illegal_transition"


def test_a_step_the_post_does_not_allow_is_forbidden(as_person, town):
    matter = town.report()
    node = matter.nodes.get(part="lead")
    problem = is_problem(as_person("district_supervisor").post(f"/nodes/{node.pk}/sign"), 403)
    assert problem["code"] == "not_allowed"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
@pytest.mark.parametrize("sent", ["nobody.secret", "", "with space.x", "ключ.x", "a" * 5000])
def test_a_wrong_key_is_told_so(town, sent, language):
    problem = is_problem(Caller(key=sent or " ", language=language).get("/matters"), 401)
    assert bool(HAN.search(problem["detail"])) is (language == "zh-CN")


def test_a_wrong_secret_is_told_the_same_as_an_unknown_key(key):
    wrong = Caller(key=f"{key.partition('.')[0]}.wrong").get("/matters")
    unknown = Caller(key="00000000.wrong").get("/matters")
    assert is_problem(wrong, 401) == is_problem(unknown, 401)


@pytest.mark.parametrize(("change", "code"), [("revoked_at", "key_revoked"), ("expires_at", "key_expired")])
def test_a_key_that_has_ended_says_why(key, change, code):
    ApiClient.objects.update(**{change: timezone.now()})
    assert is_problem(Caller(key=key).get("/matters"), 401)["code"] == code


def test_another_kind_of_authorization_is_told_how_to_write_it(town):
    answer = Caller().http.get(
        "/api/v1/matters", headers={"Authorization": "Bearer abc", "Accept-Language": "en"}
    )
    problem = is_problem(answer, 401)
    assert "Api-Key <id>.<secret>" in problem["detail"]
    assert answer["WWW-Authenticate"].startswith("Api-Key")


@pytest.mark.parametrize(
    "path", ["/matters", "/nodes", "/areas", "/departments", "/categories", "/responsibilities"]
)
def test_nobody_reads_anything_without_logging_in(town, path):
    assert is_problem(Caller().get(path), 401)["code"] == "not_authenticated"


def test_a_missing_scope_is_named(town, report):
    reader = Caller(key=town.client(scopes=["read"], name="只读")[1])
    assert reader.get("/matters").status_code == 200
    problem = is_problem(reader.post("/matters", report()), 403)
    assert problem["code"] == "missing_scope" and "report" in problem["detail"]
    sender = Caller(key=town.client(scopes=["report"], name="只报")[1])
    assert "read" in is_problem(sender.get("/matters"), 403)["detail"]


def test_addresses_that_do_not_exist_answer_with_a_problem(hotline):
    for path in (
        "/nothing",
        "/matters/2026-99999",
        "/matters/2026-99999/timeline",
        "/matters/abc",
        "/api/v2/x",
    ):
        is_problem(hotline.get(path), 404)
    is_problem(hotline.post("/nodes/99999999999999999999999/sign"), 404)
    is_problem(hotline.post("/matters/2026-99999/merge"), 404)


def test_a_wrong_method_and_a_wrong_type_are_told(hotline):
    answer = hotline.http.delete("/api/v1/matters", headers=hotline.headers)
    is_problem(answer, 405)
    assert "POST" in answer["Allow"]
    is_problem(hotline.post("/matters", raw="a=b", content_type="text/plain"), 415)


def test_an_unknown_query_parameter_is_refused(hotline):
    assert is_problem(hotline.get("/matters", colour="red"), 400)["errors"][0]["pointer"] == "/colour"
    is_problem(hotline.get("/api/v1/matters?status=closed&status=reported"), 400)


def test_an_unexpected_error_is_a_problem_without_its_innards(hotline, monkeypatch):
    def broken(*_args, **_kwargs):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("dispatch.routing.latest", broken)
    monkeypatch.setattr("dispatch.reporting.report_whole", broken)
    answer = hotline.post("/matters", {"channel": "hotline", "text": "一二三四五"})
    problem = is_problem(answer, 500)
    assert "secret" not in answer.content.decode()
    assert problem["instance"].startswith("urn:uuid:")


def test_too_many_reports_are_told_when_to_come_back(hotline, report, monkeypatch):
    monkeypatch.setattr("exchange.throttling.Reports.most_of_a_client", 2)
    statuses = [hotline.post("/matters", report()).status_code for _ in range(3)]
    answer = hotline.post("/matters", report())
    assert statuses == [201, 201, 429]
    is_problem(answer, 429)
    assert 1 <= int(answer["Retry-After"]) <= 60


def test_reports_are_taken_while_the_cache_is_down(hotline, report, monkeypatch):
    class Away:
        def add(self, *_args):
            raise ConnectionError("no cache")

    monkeypatch.setattr("exchange.throttling.cache", Away())
    assert hotline.post("/matters", report()).status_code == 201


def test_too_many_looks_at_the_link_are_told_when_to_come_back(town, monkeypatch):
    monkeypatch.setattr("exchange.throttling.Tracks.most", 1)
    token = town.report().token
    assert Caller().get(f"/track/{token}").status_code == 200
    answer = Caller().get(f"/track/{token}")
    is_problem(answer, 429)
    assert answer["Retry-After"]


def test_a_forwarded_address_counts_only_behind_our_own_proxy(rf, settings):
    from exchange.throttling import address

    request = rf.get("/", headers={"X-Forwarded-For": "6.6.6.6, 10.0.0.9"})
    assert address(request) == "127.0.0.1"
    settings.BEHIND_PROXY = True
    assert address(request) == "10.0.0.9"


def test_a_row_that_stays_locked_is_a_conflict_and_a_dead_database_is_unavailable(
    hotline, report, monkeypatch
):
    from django.db import OperationalError

    def locked(*_args, **_kwargs):
        error = OperationalError("lock timeout")
        error.__cause__ = type("Cause", (Exception,), {"pgcode": "55P03"})()
        raise error

    monkeypatch.setattr("dispatch.reporting.report_whole", locked)
    assert is_problem(hotline.post("/matters", report()), 409)["code"] == "busy"

    def dead(*_args, **_kwargs):
        raise OperationalError("connection refused")

    monkeypatch.setattr("dispatch.reporting.report_whole", dead)
    answer = hotline.post("/matters", report())
    is_problem(answer, 503)
    assert answer["Retry-After"]
