"""Reporting by REST: one entrance, one answer that explains itself."""

import pytest

from matters.models import Matter
from tests.exchange.conftest import Caller

pytestmark = pytest.mark.django_db

FIELDS = """
    number revision status suspended round level text title category platform area location channel urgency reporter
    reported_at due_at first_due_at promise_at overdue escalated_level turn responsible_department nodes next_rung
    why proposals tracking_url sensitive
"""
NODE_FIELDS = """
    id revision kind part department assignee status suspended opened_at signed_at first_response_due_at
    returnable_until due_at next_alarm_at rung limit round
"""


def test_a_report_is_answered_with_the_whole_matter(hotline, report):
    answer = hotline.post("/matters", report())
    matter = answer.json()
    assert answer.status_code == 201
    assert answer["Location"] == f"/api/v1/matters/{matter['number']}"
    assert answer["Cache-Control"] == "no-store"
    assert set(FIELDS.split()) <= set(matter)
    assert set(NODE_FIELDS.split()) <= set(matter["nodes"][0])
    assert matter["status"] == "dispatched"
    assert matter["category"] == {"code": "ZZ07", "name": "电动自行车违规充电停放"}
    assert matter["platform"] == {"code": "ZZ", "name": "综治工作"}
    assert matter["area"]["level"] == "grid"
    assert matter["channel"] == "hotline"
    assert matter["turn"]["department"]["name"] == "滨河社区居民委员会"
    assert matter["responsible_department"]["level"] == "village"
    assert set(matter["responsible_department"]) >= {"id", "name", "level", "kind", "area", "stationed_of"}
    assert matter["why"]["line"] == "ZZ07" and matter["why"]["version"] == 1
    assert matter["why"]["matched"] and matter["why"]["runner_up"]
    assert set(matter["next_rung"]) == {"action", "at", "tells", "stops_by"}
    assert matter["nodes"][0]["limit"] == {"amount": 1, "unit": "WD"}
    assert matter["suspended"] is False


def test_moments_carry_the_offset_of_the_district(hotline, report):
    matter = hotline.post("/matters", report()).json()
    for moment in (matter["reported_at"], matter["due_at"], matter["promise_at"], matter["turn"]["since"]):
        assert moment.endswith("+08:00")


def test_the_same_external_id_of_a_client_is_the_same_matter(hotline, report):
    first = hotline.post("/matters", report(external_id="12345-1"))
    second = hotline.post("/matters", report(external_id="12345-1", text="打来第二次电话"))
    assert second.status_code == 201
    assert second["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first
    assert second.json()["number"] == first.json()["number"]
    assert Matter.objects.count() == 1


def test_the_same_external_id_of_two_clients_is_two_matters(town, hotline, report):
    other = Caller(key=town.client(name="另一平台")[1])
    one = hotline.post("/matters", report(external_id="7")).json()
    two = other.post("/matters", report(external_id="7")).json()
    assert one["number"] != two["number"]


@pytest.mark.parametrize("crs", ["wgs84", "cgcs2000", "gcj02", "bd09"])
def test_a_point_in_any_coordinate_system_finds_its_grid(town, hotline, report, crs):
    from organization import coordinates

    lon, lat = 119.005, 29.005
    if crs in ("gcj02", "bd09"):
        lon, lat = coordinates.wgs84_to_gcj02(lon, lat)
    if crs == "bd09":
        lon, lat = coordinates.gcj02_to_bd09(lon, lat)
    place = {"lon": lon, "lat": lat, "crs": crs, "address": "滨河路1号", "accuracy_m": 12.5}
    answer = hotline.post("/matters", report(area=None, location=place))
    assert answer.status_code == 201, answer.json()
    matter = answer.json()
    assert matter["area"]["code"] == town.grid.code
    assert matter["location"]["address"] == "滨河路1号"
    assert matter["location"]["accuracy_m"] == 12.5
    assert matter["location"]["lon"] == pytest.approx(119.005, abs=1e-5)
    assert matter["location"]["lat"] == pytest.approx(29.005, abs=1e-5)


def test_work_done_on_the_spot_is_said_in_the_report(as_person, report):
    answer = as_person("grid_member").post(
        "/matters", report(channel="grid", handled={"text": "当场劝离并断电"})
    )
    assert answer.status_code == 201
    assert answer.json()["status"] == "closed"


def test_a_unit_the_matter_is_about_does_not_get_it(town, hotline, report):
    matter = hotline.post("/matters", report(about={"department": town.committee.code})).json()
    assert matter["status"] == "reported"
    assert matter["turn"]["department"]["code"] == town.room.code


def test_without_a_reporter_there_is_still_a_tracking_link(hotline, report):
    matter = hotline.post("/matters", report(reporter=None)).json()
    assert matter["reporter"] is None
    token = matter["tracking_url"].rstrip("/").rpartition("/")[2]
    assert matter["tracking_url"].startswith("http://testserver/q/")
    assert Caller().get(f"/track/{token}").json()["number"] == matter["number"]


def test_only_the_sender_learns_the_private_link(as_person, hotline, report):
    number = hotline.post("/matters", report()).json()["number"]
    assert hotline.get(f"/matters/{number}").json()["tracking_url"]
    assert as_person("village_head").get(f"/matters/{number}").json()["tracking_url"] is None


def test_a_photo_alone_is_a_report(hotline, report, photo):
    uploaded = hotline.upload("a.jpg", photo)
    assert uploaded.status_code == 201
    assert set(uploaded.json()) == {"id", "sha256", "kind", "size"}
    answer = hotline.post("/matters", report(text="", attachments=[uploaded.json()["id"]]))
    assert answer.status_code == 201
    again = hotline.post("/matters", report(text="", attachments=[uploaded.json()["id"]]))
    assert again.status_code == 400
    assert again.json()["errors"][0]["pointer"] == "/attachments"


def test_a_person_uploads_with_the_session_and_the_csrf_token(as_person, photo):
    caller = as_person("grid_member", enforce_csrf=True)
    assert caller.upload("a.jpg", photo).status_code == 403
    caller.http.cookies["csrftoken"] = "a" * 32
    caller.headers["X-CSRFToken"] = "a" * 32
    assert caller.upload("a.jpg", photo).status_code == 201
    assert caller.upload("a.jpg", b"0" * 20 * 1024 * 1024).status_code == 413


def test_a_person_reports_with_the_session_and_needs_the_csrf_token(as_person, report):
    assert as_person("grid_member").post("/matters", report(channel="grid")).status_code == 201
    refused = as_person("grid_member", enforce_csrf=True).post("/matters", report(channel="grid"))
    assert refused.status_code == 403
    assert refused["Content-Type"] == "application/problem+json"
