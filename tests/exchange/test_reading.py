"""Lists, files and the catalogue: pages, filters, scope, masks, and how many queries they cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import answering, handling
from matters.models import Matter
from organization.actors import Actor
from organization.models import ApiClient
from tests.exchange.conftest import Caller
from tests.town import at

pytestmark = pytest.mark.django_db

PHONE = "14100009876"


def numbers(answer):
    assert answer.status_code == 200, answer.json()
    return [row["number"] for row in answer.json()["results"]]


def cost(call):
    with CaptureQueriesContext(
        connection,
    ) as captured:
        answer = call()
    assert answer.status_code in (200, 201), answer.content
    return len(captured)


@pytest.fixture
def ten(town):
    return [
        town.report(at=at(f"2026-06-15 09:{n:02d}"), reporter_phone=PHONE, reporter_name="欧阳晓晨")
        for n in range(10)
    ]


class TestPages:
    def test_a_page_links_to_the_next_and_back(self, hotline, ten):
        first = hotline.get("/matters", limit=4)
        newest = [matter.number for matter in reversed(ten)]
        assert numbers(first) == newest[:4] and first.json()["previous"] is None
        second = hotline.follow(first.json()["next"])
        assert numbers(second) == newest[4:8]
        third = hotline.follow(second.json()["next"])
        assert numbers(third) == newest[8:] and third.json()["next"] is None
        back = hotline.follow(third.json()["previous"])
        assert numbers(back) == newest[4:8]
        start = hotline.follow(back.json()["previous"])
        assert numbers(start) == newest[:4] and start.json()["previous"] is None
        assert numbers(hotline.follow(start.json()["next"])) == newest[4:8]

    def test_a_page_stays_whole_while_reports_arrive(self, hotline, town, ten):
        first = hotline.get("/matters", limit=4)
        town.report(at=at("2026-06-15 10:00"))
        assert not set(numbers(hotline.follow(first.json()["next"]))) & set(numbers(first))

    @pytest.mark.parametrize("ordering", ["reported_at", "due_at", "-due_at", "promise_at", "-promise_at"])
    def test_every_order_shows_each_matter_once(self, hotline, town, ten, ordering):
        for n in range(3):
            town.report("XX91", at=at(f"2026-06-15 10:0{n}"))
            town.register(at=at("2026-06-15 10:30"))  # without due moments
        seen, answer = [], hotline.get("/matters", limit=3, ordering=ordering)
        while True:
            seen += numbers(answer)
            if not answer.json()["next"]:
                break
            answer = hotline.follow(answer.json()["next"])
        assert len(seen) == len(set(seen)) == 16
        back = []
        while answer.json()["previous"]:
            answer = hotline.follow(answer.json()["previous"])
            back = numbers(answer) + back
        assert back == seen[: len(back)]

    @pytest.mark.parametrize(
        "bad", [{"limit": "0"}, {"limit": "x"}, {"limit": "-1"}, {"cursor": "x"}, {"ordering": "salt"}]
    )
    def test_what_makes_no_page_is_refused(self, hotline, bad):
        answer = hotline.get("/matters", **bad)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(bad))}"

    def test_a_cursor_of_another_order_is_refused(self, hotline, ten):
        link = hotline.get("/matters", limit=2).json()["next"]
        assert hotline.follow(link + "&ordering=due_at").status_code == 400

    def test_at_most_two_hundred_rows_are_sent(self, hotline, ten):
        assert hotline.get("/matters", limit=100000).status_code == 200


class TestFilters:
    def test_each_filter_of_the_contract_finds_its_matters(self, hotline, town, ten):
        other = town.report(
            "ZF11",
            area=town.other_grid,
            at=at("2026-06-15 10:30"),
            channel="hotline",
            text="工地半夜打桩",
            by="other_grid_member",
        )
        expected = {
            "status": ("dispatched", 11), "level": ("town", 1), "area": (town.town2.code, 1), "category": ("ZF11", 1),
            "platform": ("ZF", 1), "department": (town.other_enforcement.code, 1), "channel": ("hotline", 1),
            "reported_after": ("2026-06-15T10:00:00+08:00", 1), "reported_before": ("2026-06-15T09:05:00+08:00", 5),
            "q": ("打桩", 1), "overdue": ("false", 11), "escalated": ("false", 11),
            "due_before": ("2027-01-01T00:00:00Z", 11),
        }  # fmt: skip
        for name, (value, count) in expected.items():
            assert len(numbers(hotline.get("/matters", **{name: value}))) == count, name
        assert numbers(hotline.get("/matters", department=town.other_enforcement.pk)) == [other.number]
        assert len(numbers(hotline.get("/matters", status="closed,dispatched", q="打桩"))) == 1
        assert numbers(hotline.get("/matters", escalated="true")) == []

    def test_overdue_follows_the_clock(self, hotline, ten, town_now):
        assert numbers(hotline.get("/matters", overdue="true")) == []
        town_now.moment = at("2026-06-30 09:00")
        assert len(numbers(hotline.get("/matters", overdue="1"))) == 10
        assert numbers(hotline.get("/matters", overdue="0")) == []
        assert hotline.get(f"/matters/{ten[0].number}").json()["overdue"] is True

    def test_a_plus_that_was_not_escaped_is_understood(self, hotline, ten):
        answer = hotline.get("/api/v1/matters?reported_before=2026-06-15T09:05:00+08:00")
        assert len(numbers(answer)) == 5

    @pytest.mark.parametrize(
        "bad",
        [{"status": "open"}, {"area": "1"}, {"category": "x"}, {"platform": "x"}, {"department": "x"}, {"channel": "x"},
         {"overdue": "maybe"}, {"due_before": "soon"}, {"level": "moon"}, {"q": "x" * 101}, {"q": "\0"}],
    )  # fmt: skip
    def test_a_value_that_is_not_understood_is_never_everything(self, hotline, bad):
        answer = hotline.get("/matters", **bad)
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == f"/{next(iter(bad))}"

    def test_nodes_come_by_their_next_consequence(self, as_person, town, ten):
        village = as_person("village_head")
        rows = village.get("/nodes", mine="true").json()["results"]
        moments = [row["next_alarm_at"] for row in rows]
        assert len(rows) == 10 and moments == sorted(moments)
        assert rows[0]["matter"]["number"] == ten[0].number
        assert village.get("/nodes", status="signed").json()["results"] == []
        assert len(village.get("/nodes", department=town.rescue.code, limit=200).json()["results"]) == 10
        assert village.get("/nodes", overdue="true").json()["results"] == []
        assert len(village.get("/nodes", overdue="false", due_before="2030-01-01").json()["results"]) == 20

    def test_what_waits_for_the_reporter_is_in_nobodys_queue(self, as_person, town):
        matter, desk = town.report("BM11"), as_person("desk")
        handling.hand_in(matter.nodes.get().pk, text="已上门", by=town.actor("grid_member"), at=town.now)
        assert [row["kind"] for row in desk.get("/nodes", mine="true").json()["results"]] == ["verify"]
        answering.verify(matter.pk, solved=True, by=town.actor("desk"), at=town.now)
        assert [row["kind"] for row in desk.get("/nodes").json()["results"]] == ["callback"]
        assert desk.get("/nodes", mine="true").json()["results"] == []

        answering.rate(matter.pk, solved="no", text="没人来", by=Actor.reporter(), at=town.now)
        assert [row["kind"] for row in desk.get("/nodes", mine="true").json()["results"]] == ["callback"]


class TestScope:
    def test_what_lies_outside_ones_scope_is_not_there(self, as_person, town):
        matter = town.report()
        node = matter.nodes.first()
        for who in ("other_village_head", "administrator", "other_desk"):
            stranger = as_person(who)
            assert numbers(stranger.get("/matters")) == []
            assert stranger.get("/nodes").json()["results"] == []
            for path in (f"/matters/{matter.number}", f"/matters/{matter.number}/timeline"):
                assert stranger.get(path).status_code == 404
            assert stranger.post(f"/matters/{matter.number}/comment", {"text": "看一眼"}).status_code == 404
            assert (
                stranger.post(
                    f"/matters/{matter.number}/reveal", {"field": "phone", "reason": "x"}
                ).status_code
                == 404
            )
            assert stranger.post(f"/nodes/{node.pk}/sign").status_code == 404

    def test_a_client_sees_its_area_only(self, town):
        near, far = town.report(), town.report(area=town.other_grid, by="other_grid_member")
        caller = Caller(key=town.client(area=town.town2, name="栗坪")[1])
        assert numbers(caller.get("/matters")) == [far.number]
        assert caller.get(f"/matters/{near.number}").status_code == 404

    def test_a_sensitive_matter_is_not_there_for_clients(self, hotline, town):
        matter = town.report("ZZ18", text="老人发病没吃药")
        assert numbers(hotline.get("/matters")) == []
        assert hotline.get(f"/matters/{matter.number}").status_code == 404


class TestMasks:
    def test_a_phone_number_leaves_masked_or_not_at_all(self, hotline, as_person, town, ten):
        number, token = ten[0].number, ten[0].token
        for caller in (
            hotline,
            *map(as_person, ("grid_member", "village_head", "desk", "district_supervisor", "auditor")),
        ):
            for path in (
                "/matters",
                f"/matters/{number}",
                f"/matters/{number}/timeline",
                "/nodes",
                f"/track/{token}",
            ):
                content = caller.get(path).content.decode()
                assert PHONE not in content and "欧阳晓晨" not in content
        assert hotline.get(f"/matters/{number}").json()["reporter"] == {
            "name": "欧**晨",
            "phone": "141****9876",
        }

    def test_a_part_that_has_ended_does_not_see_the_contact(self, as_person, town, ten):
        node = ten[0].nodes.get(department=town.rescue)
        assert node.pk in {row["id"] for row in as_person("rescue_handler").get("/nodes").json()["results"]}
        rescue = as_person("rescue_handler")
        assert rescue.get(f"/matters/{ten[0].number}").json()["reporter"]
        handling.hand_in(
            node.pk, text="已检查消防通道", by=town.actor("rescue_handler"), at=at("2026-06-15 10:00")
        )
        assert rescue.get(f"/matters/{ten[0].number}").json()["reporter"] is None
        assert node.pk not in {row["id"] for row in rescue.get("/nodes").json()["results"]}
        assert [row["id"] for row in rescue.get("/nodes", status="handed_in").json()["results"]] == [node.pk]

    def test_a_number_is_revealed_for_a_reason_and_logged(self, as_person, ten):
        village, matter = as_person("village_head"), ten[0]
        assert village.post(f"/matters/{matter.number}/reveal", {"field": "phone"}).status_code == 400
        answer = village.post(f"/matters/{matter.number}/reveal", {"field": "phone", "reason": "核实地点"})
        assert answer.json() == {"field": "phone", "value": PHONE}
        line = village.get(f"/matters/{matter.number}/timeline").json()[-1]
        assert (line["kind"], line["actor"]["name"], line["text"]) == ("revealed", "吴建平", "核实地点")
        assert PHONE not in str(line)

    def test_a_client_needs_the_scope_to_reveal(self, hotline, ten):
        answer = hotline.post(f"/matters/{ten[0].number}/reveal", {"field": "phone", "reason": "x"})
        assert answer.status_code == 403 and "reveal" in answer.json()["detail"]

    def test_a_client_with_the_scope_reveals_what_it_reported_itself(self, town, report):
        client, key = town.client(scopes=("report", "read", "reveal"), name="网格通")
        caller, asked = Caller(key=key), {"field": "phone", "reason": "回拨核实"}
        number = caller.post("/matters", report()).json()["number"]
        assert caller.post(f"/matters/{number}/reveal", asked).json() == {"field": "phone", "value": PHONE}
        line = caller.get(f"/matters/{number}/timeline").json()[-1]
        assert (line["kind"], line["actor"], line["department"], line["text"]) == (
            "revealed", {"kind": "client", "name": "网格通"}, None, "回拨核实",
        )  # fmt: skip

        others = town.report(reporter_phone=PHONE)
        assert caller.post(f"/matters/{others.number}/reveal", asked).status_code == 403
        Matter.objects.filter(number=number).update(sensitive=True)
        assert caller.post(f"/matters/{number}/reveal", asked).status_code == 404
        Matter.objects.filter(number=number).update(sensitive=False)
        ApiClient.objects.filter(pk=client.pk).update(area=town.town2)
        assert caller.post(f"/matters/{number}/reveal", asked).status_code == 404

    def test_the_private_link_shows_no_words_of_the_report(self, town):
        matter = town.report(text="三号楼张三家飞线充电，电话14100005555", address="滨河路1号")
        content = Caller().get(f"/track/{matter.token}").content.decode()
        for secret in ("张三", "14100005555", "滨河路", "钱国庆"):
            assert secret not in content
        assert Caller().get("/track/unknown-token").status_code == 404


class TestCosts:
    @pytest.mark.parametrize("path", ["/matters", "/nodes"])
    def test_a_list_costs_the_same_for_one_row_and_for_ten(self, hotline, as_person, town, path):
        town.report(reporter_phone=PHONE)
        callers = [hotline, as_person("desk")]
        for caller in callers:  # names of places and units are read once, until one of them changes
            caller.get(path)
        ones = [cost(lambda c=caller: c.get(path)) for caller in callers]
        for _ in range(9):
            town.report(reporter_phone=PHONE)
        assert [cost(lambda c=caller: c.get(path)) for caller in callers] == ones
        assert max(ones) <= 6

    @pytest.mark.parametrize("path", ["/areas", "/departments", "/categories", "/responsibilities"])
    def test_the_catalogue_costs_the_same_for_one_row_and_for_all(self, hotline, town, path):
        one, every = (cost(lambda n=n: hotline.get(path, limit=n)) for n in (1, 200))
        assert one == every <= 6

    def test_a_file_costs_at_most_twelve(self, hotline, as_person, town, ten):
        for caller in (hotline, as_person("desk")):
            assert cost(lambda c=caller: c.get(f"/matters/{ten[0].number}")) <= 12
            assert cost(lambda c=caller: c.get(f"/matters/{ten[0].number}/timeline")) <= 8

    def test_taking_a_report_in_costs_at_most_twenty_five(self, hotline, report):
        hotline.post("/matters", report())  # the calendar's days are read once for each process
        with CaptureQueriesContext(connection) as captured:
            assert hotline.post("/matters", report(), key="k").status_code == 201
        asked = [query["sql"] for query in captured if "SAVEPOINT" not in query["sql"]]
        and_the_clock = 1  # stands still in these tests
        assert len(asked) + and_the_clock <= 25, "\n".join(sql[:150] for sql in asked)


class TestCatalogue:
    def test_places_units_categories_and_lines_can_be_looked_up(self, hotline, town):
        areas = hotline.get("/areas", area=town.town1.code).json()["results"]
        assert {row["code"] for row in areas} >= {town.town1.code, town.village.code, town.grid.code}
        assert town.town2.code not in {row["code"] for row in areas}
        units = hotline.get("/departments", area=town.village.code).json()["results"]
        assert [row["code"] for row in units] == [town.committee.code]
        assert hotline.get("/categories", q="充电").json()["results"][0]["code"] == "ZZ07"
        line = hotline.get("/responsibilities", q="JG01").json()["results"][0]
        assert line["lead"] == {"level": "town", "office": "SJS"}
        assert line["limit"] == {"amount": 5, "unit": "WD"}
        assert len(hotline.get("/responsibilities", area=town.grid.code).json()["results"]) == 10

    def test_the_list_of_another_day_can_be_asked(self, hotline, town):
        assert hotline.get("/responsibilities", at="2019-01-01").json()["results"] == []
        assert hotline.get("/areas", at="2019-12-31").json()["results"] == []
        assert hotline.get("/areas", at="once").status_code == 400

    def test_a_deadline_lists_what_it_counted_and_skipped(self, hotline, town):
        answer = hotline.get("/calendar/deadline", start="2026-09-30T09:00:00+08:00", limit=5, unit="WD")
        due = answer.json()
        assert answer.status_code == 200, due
        assert due["due_at"].endswith("+08:00") and due["provisional"] is False
        assert len(due["counted"]) == 5
        assert {"date", "reason"} == set(due["skipped"][0]) and due["skipped"][0]["date"] == "2026-10-01"
        hours = hotline.get(
            "/calendar/deadline", start="2026-06-15T11:00:00+08:00", limit=2, unit="WH"
        ).json()
        assert [set(span) for span in hours["counted"]] == [{"from", "to"}, {"from", "to"}]
        assert hours["counted"][0]["from"] == "2026-06-15T11:00:00+08:00"

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [({"unit": "Y"}, "/unit"), ({"limit": "-1"}, "/limit"),
         ({"limit": "99999"}, "/limit"), ({"start": "now"}, "/start"),
         ({"start": "9999-12-31T00:00:00Z"}, "/start"), ({"area": "1"}, "/area"), ({"speed": "1"}, "/speed")],
    )  # fmt: skip
    def test_a_deadline_that_cannot_be_counted_is_refused(self, hotline, change, pointer):
        answer = hotline.get(
            "/calendar/deadline", **{"start": "2026-06-15T09:00:00+08:00", "limit": 1, "unit": "WD", **change}
        )
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == pointer


class TestTheLadder:
    def test_it_says_what_will_happen_when_and_how_the_due_moment_came_about(self, hotline, town):
        matter = town.report("ZZ01")
        answer = hotline.get(f"/api/v1/matters/{matter.number}/ladder")
        assert answer.status_code == 200
        step = next(step for step in answer.json() if step["department"]["id"] == town.committee.pk)
        assert set(step["clock"]) == {
            "start", "limit", "limit_ends_at", "due_at", "provisional", "shortened_by_promise", "counted",
            "skipped", "spans",
        }  # fmt: skip
        assert step["clock"]["limit"] == {"amount": 5, "unit": "WD"} and len(step["clock"]["counted"]) == 5
        handed_up = next(rung for rung in step["ladder"] if rung["action"] == "escalate")
        assert handed_up["to"]["id"] == town.room.pk
        assert {tuple(rung["names"]) for rung in step["ladder"]} == {()}, (
            "another system learns roles, no names"
        )

    def test_outside_the_scope_it_is_not_found(self, as_person, town):
        matter = town.report("ZZ01")
        assert as_person("market_handler").get(f"/matters/{matter.number}/ladder").status_code == 404

    def test_whoever_holds_it_reads_the_names(self, as_person, town):
        matter = town.report("ZZ01")
        steps = as_person("village_head").get(f"/matters/{matter.number}/ladder").json()
        named = {name for step in steps for rung in step["ladder"] for name in rung["names"]}
        assert {"吴建平", "郑晓燕"} <= named
