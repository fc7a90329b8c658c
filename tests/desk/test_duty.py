"""The pages of rosters and absences: who opens them, what they say, and that a refusal keeps what was typed."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from organization.models import Absence, DutyTurn, Post
from tests.desk.test_lists import queries

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
TURN = {
    "slot": "officer", "person": "卫海涛", "deputy": "", "phone": "0578-2100001",
    "from_at": "2026-06-15T17:30", "to_at": "2026-06-16T08:30", "verb": "change",
}  # fmt: skip
ROSTER, NEW = "/duty/units/001-YJZ/", "/duty/units/001-YJZ/new/"


def turn(town, unit="rescue", who="rescue_handler", hours=(-1, 11), **facts):
    first, last = (town.now + hour * HOUR for hour in hours)
    return DutyTurn.objects.create(
        department=getattr(town, unit), person=getattr(town, who), from_at=first, to_at=last,
        **{"slot": "officer", **facts},
    )  # fmt: skip


def text(response):
    return response.content.decode()


def test_the_dispatcher_sees_who_is_on_duty_in_the_place_and_where_nobody_is(sign_in, town):
    turn(town, phone="0578-2100009")
    page = text(sign_in("desk").get("/duty/"))
    assert "望河街道应急消防管理站" in page and "卫海涛" in page and 'href="tel:0578-2100009"' in page
    assert "望河街道派出所" in page and "1 gap" in page
    assert "栗坪镇应急消防管理站" not in page, "another town's"


@pytest.mark.parametrize(
    ("who", "status"),
    [("rescue_head", 200), ("rescue_handler", 200), ("desk", 200), ("town_supervisor", 200), ("auditor", 200),
     ("administrator", 200), ("town_handler", 404), ("other_desk", 404), ("grid_member", 404)],
)  # fmt: skip
def test_a_roster_is_seen_by_the_unit_and_who_watches_over_the_place(sign_in, who, status):
    assert sign_in(who).get(ROSTER).status_code == status


@pytest.mark.parametrize(
    ("who", "status"),
    [("rescue_head", 200), ("desk", 200), ("administrator", 200), ("rescue_handler", 403),
     ("town_supervisor", 403), ("other_desk", 404)],
)  # fmt: skip
def test_a_roster_is_changed_by_who_keeps_it(sign_in, town, who, status):
    client = sign_in(who)
    assert client.get(NEW).status_code == status
    assert client.post(NEW, TURN).status_code == (302 if status == 200 else status)
    assert DutyTurn.objects.count() == (status == 200)


def test_a_stranger_is_asked_to_sign_in(client, town, moment):
    for page in ("/duty/", ROSTER, NEW, "/duty/import/", "/me/absences/"):
        assert client.get(page).status_code == 302


def test_a_turn_entered_stands_in_the_two_weeks(sign_in, town):
    client = sign_in("desk")
    assert client.post(NEW, TURN).url == ROSTER
    page = text(client.get(ROSTER))
    assert "17:30–06-16 08:30" in page and "0578-2100001" in page
    assert page.count("nobody") >= 13


def test_the_form_begins_where_the_last_turn_ends(sign_in, town):
    turn(town)
    assert 'value="2026-06-15T20:00"' in text(sign_in("desk").get(NEW))


def test_a_refused_turn_keeps_what_was_typed(sign_in, town):
    turn(town, who="rescue_head", hours=(0, 48))
    response = sign_in("desk").post(NEW, TURN)
    assert response.status_code == 409
    assert "already on duty there" in text(response) and "卫海涛" in text(response)


def test_a_name_nobody_has_is_said_beside_the_field(sign_in, town):
    response = sign_in("desk").post(NEW, {**TURN, "person": "没有这人"})
    assert "Nobody here is called 没有这人" in text(response)
    assert not DutyTurn.objects.exists()


def test_a_turn_is_changed_swapped_and_taken_off(sign_in, town):
    first, second = turn(town, hours=(2, 6)), turn(town, who="rescue_head", hours=(6, 10))
    client = sign_in("rescue_head")
    assert "卫海涛" not in text(client.get(f"/duty/turns/{first.pk}/")).split("Swap", 1)[1]
    client.post(f"/duty/turns/{first.pk}/", {"verb": "swap", "other": second.pk})
    first, second = DutyTurn.objects.order_by("from_at")
    assert (first.person, second.person) == (town.rescue_head, town.rescue_handler)
    hours = {"from_at": "2026-06-15T11:30", "to_at": "2026-06-15T14:30"}
    client.post(f"/duty/turns/{first.pk}/", {**TURN, **hours, "person": "rescue_head", "phone": "1"})
    first.refresh_from_db()
    assert first.phone == "1"
    client.post(f"/duty/turns/{first.pk}/", {"verb": "remove"})
    assert DutyTurn.objects.get() == second


def test_a_turn_of_another_place_does_not_exist(sign_in, town):
    pk = turn(town).pk
    client = sign_in("other_desk")
    assert client.get(f"/duty/turns/{pk}/").status_code == 404
    assert client.post(f"/duty/turns/{pk}/", {"verb": "remove"}).status_code == 404


def test_a_post_about_to_end_is_announced(sign_in, town):
    Post.objects.filter(person=town.rescue_handler).update(valid_to="2026-06-20")
    assert "ends on 06-20" in text(sign_in("desk").get(ROSTER))


def test_ten_units_ask_no_more_than_one(sign_in, town):
    client = sign_in("district_desk")
    turn(town)
    client.get("/duty/")
    before = queries(client, "/duty/")
    for unit, who in (("police", "police_handler"), ("room", "desk"), ("market", "market_handler"),
                      ("enforcement", "town_handler"), ("committee", "village_handler")):  # fmt: skip
        turn(town, unit, who)
    client.get("/duty/")  # what stands is read anew after a change
    assert queries(client, "/duty/") == before
    assert before <= 14
    client.get(ROSTER)
    one = queries(client, ROSTER)
    turn(town, who="rescue_head", hours=(11, 20))
    turn(town, who="rescue_head", hours=(30, 40), deputy=town.rescue_handler)
    client.get(ROSTER)
    assert queries(client, ROSTER) == one


class TestImport:
    table = "单位,姓名,开始,结束\n001-YJZ,卫海涛,2026-06-16 08:00,2026-06-17 08:00\n"
    table += "001-YJZ,没有这人,2026-06-17,2026-06-18"

    def test_a_table_is_looked_at_first_and_then_entered(self, sign_in, town):
        client = sign_in("desk")
        page = text(client.post("/duty/import/", {"text": self.table}))
        assert "Enter 1 turn" in page and "Nobody here is called 没有这人" in page
        assert not DutyTurn.objects.exists()
        page = text(client.post("/duty/import/", {"text": self.table, "enter": "1"}))
        assert "1 turn entered." in page and "没有这人" in page
        assert DutyTurn.objects.count() == 1

    @pytest.mark.parametrize("code", ["utf-8-sig", "gb18030"])
    def test_a_file_is_read_as_spreadsheets_write_it(self, sign_in, town, code):
        file = SimpleUploadedFile("roster.csv", self.table.encode(code))
        assert "Enter 1 turn" in text(sign_in("desk").post("/duty/import/", {"file": file}))

    def test_a_workbook_is_refused_with_what_to_do(self, sign_in, town):
        file = SimpleUploadedFile("roster.xlsx", b"PK\x03\x04....")
        assert "copy its cells" in text(sign_in("desk").post("/duty/import/", {"file": file}))

    def test_nothing_at_all_is_refused(self, sign_in, town):
        assert "Choose a file" in text(sign_in("desk").post("/duty/import/", {}))

    def test_it_is_for_those_who_keep_a_roster(self, sign_in, town):
        assert sign_in("rescue_handler").get("/duty/import/").status_code == 403
        assert sign_in("rescue_handler").post("/duty/import/", {"text": self.table}).status_code == 403


AWAY = {"kind": "ill", "from_at": "2026-06-15T08:00", "to_at": "2026-06-18T18:00", "deputy": "郑晓燕"}


class TestAbsence:
    def test_one_says_that_one_is_away_and_comes_back(self, sign_in, town):
        client = sign_in("village_head")
        assert client.post("/me/absences/", AWAY).status_code == 302
        absence = Absence.objects.get()
        assert (absence.person, absence.deputy) == (town.village_head, town.village_handler)
        page = text(client.get("/me/absences/"))
        assert "I am back" in page and "Illness" in page
        client.post(f"/me/absences/{absence.pk}/end/")
        absence.refresh_from_db()
        assert absence.to_at == town.now

    def test_a_head_enters_it_for_the_people_of_the_unit(self, sign_in, town):
        sign_in("village_head").post("/me/absences/", {**AWAY, "person": "郑晓燕", "deputy": "吴建平"})
        assert Absence.objects.get().person == town.village_handler

    def test_a_handler_is_asked_only_for_their_own(self, sign_in, town):
        client = sign_in("town_handler")
        assert 'name="person"' not in text(client.get("/me/absences/"))
        client.post("/me/absences/", {**AWAY, "person": "褚卫东", "deputy": ""})
        assert Absence.objects.get().person == town.town_handler

    def test_the_deputy_sees_that_but_not_why(self, sign_in, town):
        sign_in("village_head").post("/me/absences/", AWAY)
        page = text(sign_in("village_handler").get("/me/absences/"))
        assert "You stand in." in page and "吴建平" in page
        assert '<span class="gf-tag">Illness' not in page

    def test_nobody_else_sees_or_ends_it(self, sign_in, town):
        sign_in("village_head").post("/me/absences/", AWAY)
        client = sign_in("town_handler")
        assert "吴建平" not in text(client.get("/me/absences/")).split("<datalist")[0]
        assert client.post(f"/me/absences/{Absence.objects.get().pk}/end/").status_code == 404

    def test_the_matters_file_says_that_its_holder_is_away_but_not_why(self, sign_in, town, in_hand):
        sign_in("village_head").post("/me/absences/", AWAY)
        page = text(sign_in("desk").get(f"/matters/{in_hand.number}/"))
        assert "吴建平 is away until 06-18 18:00; deputy 郑晓燕" in page
        assert "Illness" not in page

    def test_ten_absences_ask_no_more_than_one(self, sign_in, town):
        def gone(who):
            Absence.objects.create(person=who, from_at=town.now, to_at=town.now + HOUR)

        gone(town.desk)
        client = sign_in("desk")
        client.get("/me/absences/")
        before = queries(client, "/me/absences/")
        for who in (town.town_handler, town.town_head, town.rescue_head, town.police_head, town.village_head):
            gone(who)
        client.get("/me/absences/")
        assert queries(client, "/me/absences/") == before
