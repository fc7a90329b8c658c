"""One matter through its whole life, by REST alone."""

import pytest

from tests.exchange.conftest import Caller
from tests.town import at

pytestmark = pytest.mark.django_db


def test_a_matter_lives_its_whole_life_by_rest(hotline, as_person, town, town_now, report):
    # Reported without a category: a person decides, and sees why the platform did not.
    matter = hotline.post("/matters", report(category=None, text="楼下有怪味道说不清"), key="j").json()
    number, link = matter["number"], matter["tracking_url"].rstrip("/").rpartition("/")[2]
    path = f"/matters/{number}"
    assert (matter["status"], matter["why"]["reason"]) == ("reported", "no_category")

    town_now.moment = at("2026-06-15 09:30")
    desk = as_person("desk")
    accepted = desk.post(f"{path}/accept", {"revision": matter["revision"]}).json()
    assert accepted["nodes"][0]["status"] == "signed"
    body = {
        "department": town.market.code,
        "assisting": [town.committee.pk],
        "category": "JG01",
        "urgency": "urgent",
    }
    dispatched = desk.post(f"{path}/dispatch", {**body, "revision": accepted["revision"]})
    assert dispatched.status_code == 200, dispatched.json()
    matter = dispatched.json()
    assert matter["status"] == "dispatched"
    assert {node["part"]: node["department"]["code"] for node in matter["nodes"] if node["kind"] == "handle"} == {
        "lead": town.market.code, "assisting": town.committee.code,
    }  # fmt: skip

    # The assisting unit first, then the lead.
    village, market = as_person("village_head"), as_person("market_handler")
    parts = {node["department"]["code"]: node for node in matter["nodes"] if node["status"] == "open"}
    lead, part = parts[town.market.code], parts[town.committee.code]
    town_now.moment = at("2026-06-15 09:40")
    signed = market.post(f"/nodes/{lead['id']}/sign", {"revision": lead["revision"], "how": "handle"}).json()
    assert signed["status"] == "signed" and signed["signed_at"] == "2026-06-15T09:40:00+08:00"
    assert (
        market.post(f"/nodes/{lead['id']}/assign", {"assignee": "market_handler"}).json()["assignee"]["name"]
        == "杨丽娟"
    )
    called = market.post(f"/nodes/{lead['id']}/contact", {"reached": True, "how": "phone", "text": "已联系"})
    assert called.status_code == 200, called.json()
    assert (
        market.post(
            f"/nodes/{lead['id']}/progress", {"text": "现场已查看，联系人14100005555", "public": True}
        ).status_code
        == 200
    )
    early = market.post(f"/nodes/{lead['id']}/hand_in", {"text": "已处理"})
    assert (early.status_code, early.json()["code"]) == (409, "required_part_open")
    assert village.post(f"/nodes/{part['id']}/hand_in", {"text": "已协助走访"}).status_code == 200
    handed_in = market.post(f"/nodes/{lead['id']}/hand_in", {"text": "异味来自餐馆后厨，已责令整改"})
    assert handed_in.json()["status"] == "handed_in"

    # Somebody who did not handle it looks.
    town_now.moment = at("2026-06-15 15:00")
    assert hotline.get(path).json()["status"] == "verifying"
    verifier = as_person("grid_member")
    verified = verifier.post(f"{path}/verify", {"solved": True})
    assert verified.status_code == 200, verified.json()
    assert verified.json()["status"] == "callback"

    # The reporter reads the progress and rates.
    resident = Caller()
    progress = resident.get(f"/track/{link}").json()
    assert progress["may_rate"] is True
    assert "141****5555" in str(progress) and "怪味道" not in str(progress)
    rated = resident.post(f"/track/{link}/rate", {"solved": "yes", "grade": 5, "text": "很快"}, key="r")
    assert rated.status_code == 200, rated.json()
    assert rated.json()["status"] == "closed" and rated.json()["may_rate"] is False
    assert resident.post(f"/track/{link}/rate", {"solved": "no"}).status_code == 409

    # The file tells it all.
    timeline = hotline.get(f"{path}/timeline").json()
    assert [entry["seq"] for entry in timeline] == list(range(1, len(timeline) + 1))
    kinds = [entry["kind"] for entry in timeline]
    for kind in ("reported", "accepted", "dispatched", "signed", "assigned", "contacted", "progressed", "handed_in",
                 "verified", "rated", "closed"):  # fmt: skip
        assert kind in kinds, kind
    assert set(timeline[0]) == {
        "seq",
        "kind",
        "at",
        "actor",
        "department",
        "text",
        "why",
        "public",
        "data",
        "digest",
    }
    assert timeline[0]["actor"] == {"kind": "client", "name": "12345热线平台"}
    rating = next(entry for entry in timeline if entry["kind"] == "rated")
    assert rating["actor"] == {"kind": "reporter", "name": "欧**晨"}


def test_a_matter_is_corrected_sent_back_declined_and_reopened(hotline, as_person, town, town_now, report):
    desk = as_person("desk")
    path = "/matters/" + hotline.post("/matters", report()).json()["number"]
    corrected = desk.post(f"{path}/correct", {"category": "JG01", "text": "是食品问题"}).json()
    assert corrected["category"]["code"] == "JG01"
    lead = next(node for node in corrected["nodes"] if node["status"] == "open" and node["part"] == "lead")
    back = as_person("market_handler").post(
        f"/nodes/{lead['id']}/send_back", {"reason": "not_ours", "text": "不归我们管"}
    )
    assert back.status_code == 200 and back.json()["status"] == "sent_back"
    said = desk.post(f"{path}/comment", {"text": "已电话说明", "public": False})
    assert said.status_code == 200, said.json()
    declined = desk.post(f"{path}/decline", {"reason": "other_way", "text": "请走仲裁"})
    assert declined.status_code == 200 and declined.json()["status"] == "declined"
    reopened = desk.post(f"{path}/reopen", {"text": "又有新情况"})
    assert reopened.status_code == 200, reopened.json()
    assert reopened.json()["round"] == 2
