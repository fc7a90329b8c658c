"""The duty screen: what rings, who is called, one press to answer; and the switch of emergency mode."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import calling, handling, modes
from dispatch.alarms import EmergencyMode
from tests.dispatch.walking import lead, walk
from tests.town import NOW

pytestmark = pytest.mark.django_db
SCREEN = "/duty/screen/"


def after(minutes):
    return NOW + dt.timedelta(minutes=minutes)


@pytest.fixture
def matter(town):
    return town.report("ZZ13", text="地下车库进水", at=NOW)


def page(client):
    return client.get(SCREEN).content.decode()


def test_it_shows_what_rings_who_is_called_and_on_which_number(town, sign_in, matter):
    walk(NOW)
    seen = page(sign_in("desk"))
    assert "地下车库进水" in seen and town.rescue.name in seen
    assert town.rescue_handler.name in seen and town.rescue_handler.phone in seen
    assert 'http-equiv="refresh"' in seen, "it renews itself without a script"


def test_one_press_answers_and_comes_back_to_the_screen(town, sign_in, matter):
    node = lead(matter)
    answer = sign_in("rescue_handler").post(f"/nodes/{node.pk}/acknowledge/", {"next": SCREEN})
    assert answer.url == SCREEN
    node.refresh_from_db()
    assert node.ring_at is None and node.acknowledged_at is not None


def test_an_answer_is_entered_for_another_by_name(town, sign_in, matter):
    node = lead(matter)
    walk(NOW)
    client = sign_in("desk")
    form = client.get(f"/nodes/{node.pk}/acknowledge/?next=duty").content.decode()
    assert town.rescue_handler.name in form
    assert f'name="next" value="{SCREEN}"' in form, "afterwards back to the screen"
    client.post(
        f"/nodes/{node.pk}/acknowledge/", {"on_word_of": town.rescue_handler.pk, "phone": "14100001234"}
    )
    assert matter.entries.get(kind="acknowledged").data["on_word_of"] == town.rescue_handler.pk


def test_whoever_may_not_answer_sees_no_number_and_no_button(town, sign_in, matter):
    walk(NOW)
    seen = page(sign_in("auditor"))
    assert "地下车库进水" in seen
    assert town.rescue_handler.phone not in seen and "/acknowledge/" not in seen


def test_other_places_see_nothing_of_it(sign_in, matter):
    assert "地下车库进水" not in page(sign_in("other_desk"))


def test_the_wall_shows_place_and_unit_but_no_words_of_the_resident_and_no_number(town, sign_in, matter):
    walk(NOW)
    seen = sign_in("desk").get(f"{SCREEN}?wall=1").content.decode()
    assert town.grid.name in seen and town.rescue_handler.name in seen
    assert "地下车库进水" not in seen and town.rescue_handler.phone not in seen


def test_nothing_sensitive_is_on_the_wall(town, sign_in):
    matter = town.report("ZZ18", urgency="emergency", text="有人持刀", at=NOW)
    client = sign_in("police_head")
    assert matter.number in page(client)
    assert matter.number not in client.get(f"{SCREEN}?wall=1").content.decode()


def test_what_was_answered_stays_in_sight_with_who_has_it(town, sign_in, matter):
    node = lead(matter)
    calling.acknowledge(node.pk, by=town.actor("rescue_head"), at=NOW)
    handling.hand_in(
        matter.nodes.get(part="assisting").pk, text="已封控", by=town.actor("police_head"), at=NOW
    )
    seen = page(sign_in("desk"))
    assert town.rescue_head.name in seen and "地下车库进水" in seen
    assert f'action="/nodes/{node.pk}/acknowledge/"' not in seen


def test_the_file_shows_of_many_calls_only_the_newest(town, sign_in, matter):
    walk(after(13))
    seen = sign_in("rescue_handler").get(f"/matters/{matter.number}/").content.decode()
    assert seen.count("<b>Ring until somebody answers</b>") == 2, "the newest that was made, and the next"


def test_a_night_report_is_decided_by_one_of_two_buttons(town, sign_in, monkeypatch):
    night = town.at("2026-10-01 02:00")
    monkeypatch.setattr("organization.clock.now", lambda: night)
    matter = town.report(None, text="楼下有怪味道说不清", channel="hotline", at=night)
    client = sign_in("desk")
    assert "楼下有怪味道说不清" in page(client)
    assert client.post(f"/matters/{matter.number}/look/", {"emergency": "no", "next": SCREEN}).url == SCREEN
    assert lead(matter).look_due_at is None
    assert "楼下有怪味道说不清" not in page(client)


def test_ten_emergencies_cost_as_many_queries_as_one(town, sign_in):
    client = sign_in("desk")

    def queries():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(SCREEN).status_code == 200
        return len(seen)

    town.report("ZZ13", at=NOW)
    walk(NOW)
    page(client)
    one = queries()
    for _ in range(9):
        town.report("ZZ13", at=NOW)
    walk(NOW)
    assert queries() == one


FORM = {
    "name": "防汛三级响应",
    "reason": "暴雨橙色预警",
    "area": "990106001",
    "hours": "12",
    "urgency": "emergency",
}


def test_the_district_switches_emergency_mode_on_and_off(town, sign_in):
    client = sign_in("district_desk")
    assert client.post("/duty/emergency/", FORM).url == "/duty/emergency/"
    mode = EmergencyMode.objects.get()
    assert "防汛三级响应" in client.get("/duty/emergency/").content.decode()
    assert client.post(f"/duty/emergency/{mode.pk}/end/", {"reason": "雨停"}).url == "/duty/emergency/"
    mode.refresh_from_db()
    assert mode.end_reason == "雨停"


@pytest.mark.parametrize("who", ["desk", "town_handler", "grid_member"])
def test_others_see_that_it_is_on_but_cannot_switch_it(town, sign_in, who):
    mode = _declared(town)
    client = sign_in(who)
    assert client.post("/duty/emergency/", FORM).status_code == 403
    assert client.post(f"/duty/emergency/{mode.pk}/end/", {"reason": "雨停"}).status_code == 403
    assert "防汛三级响应" in client.get("/duty/emergency/").content.decode()


@pytest.mark.parametrize("address", ["/", "/matters/", "/me/"])
def test_every_page_of_its_area_says_that_it_is_on(town, sign_in, address):
    _declared(town)
    assert "防汛三级响应" in sign_in("grid_member").get(address).content.decode()
    assert "防汛三级响应" not in sign_in("other_desk").get(address).content.decode()


def test_a_form_that_makes_no_sense_keeps_what_was_typed(town, sign_in):
    answer = sign_in("district_desk").post("/duty/emergency/", {**FORM, "limit": "soon"})
    assert answer.status_code == 200 and "暴雨橙色预警" in answer.content.decode()
    assert not EmergencyMode.objects.exists()


def _declared(town):
    return modes.declare(
        town.town1,
        name="防汛三级响应",
        reason="暴雨",
        ends_at=after(600),
        by=town.actor("district_desk"),
        at=NOW,
    )
