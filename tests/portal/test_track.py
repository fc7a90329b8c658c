"""The private link shows progress without naming anybody, and takes one rating a round."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import answering, handling
from dispatch.models import Node
from matters.choices import Status
from matters.models import Matter, Rating
from organization import clock
from organization.actors import Actor

PHONE, NAME = "14100001034", "王建国"
WORDS = "三号楼王建国家门口有人飞线充电，电话14100001034"


@pytest.fixture
def matter(town):
    return town.report("ZZ07", by=Actor.reporter(NAME), at=clock.now(), channel="mini", text=WORDS,
                       reporter_name=NAME, reporter_phone=PHONE)  # fmt: skip


def link(matter):
    return f"/q/{matter.token}/"


def lead(matter):
    return Node.objects.running().get(matter=matter, part="lead")


def asked(town, matter):
    """The matter handled, verified, and waiting for its reporter."""
    at = clock.now()
    for node in Node.objects.running().filter(matter=matter, part="assisting"):
        handling.hand_in(node.pk, text="已协同到场", by=town.actor("rescue_handler", at), at=at)
    handling.hand_in(
        lead(matter).pk, text="已联系王建国本人，拆除飞线", by=town.actor("village_handler", at), at=at
    )
    verifier = lead(matter).assignee or town.desk
    answering.verify(matter.pk, solved=True, by=town.actor(verifier, at), at=at)
    matter.refresh_from_db()
    assert matter.status == Status.CALLBACK
    return matter


def test_the_page_says_who_has_it_and_by_when(client, town, matter):
    page = client.get(link(matter)).content.decode()
    assert matter.number in page
    assert town.committee.name in page
    assert matter.promise_at.astimezone(clock.ZONE).strftime("%m-%d %H:%M") in page


def test_the_page_says_what_happens_when_time_runs_out(client, matter):
    assert client.get(link(matter)).context["ladder_sentence"]


def test_the_page_holds_no_personal_data(client, town, matter):
    at = clock.now()
    handling.sign(lead(matter).pk, by=town.actor("village_handler", at), at=at)
    handling.progress(lead(matter).pk, text=f"已到王建国家，联系人 13800138000，{PHONE}", public=True,
                      by=town.actor("village_handler", at), at=at)  # fmt: skip
    for page in (client.get(link(matter)), client.get(link(asked(town, matter)))):
        text = page.content.decode()
        for personal in (NAME, PHONE, "13800138000", WORDS, town.village_handler.name, "三号楼"):
            assert personal not in text


def test_only_public_entries_are_shown(client, town, matter):
    at = clock.now()
    by = town.actor("village_handler", at)
    handling.progress(lead(matter).pk, text="内部：物业不配合", public=False, by=by, at=at)
    handling.progress(lead(matter).pk, text="工作人员已到现场", public=True, by=by, at=at)
    page = client.get(link(matter)).content.decode()
    assert "工作人员已到现场" in page
    assert "物业不配合" not in page


def test_a_sensitive_matter_shows_only_its_step(client, town):
    matter = town.report("ZZ18", by=Actor.reporter(NAME), text="邻居发病摔东西", reporter_phone=PHONE)
    page = client.get(link(matter)).content.decode()
    assert "精神" not in page
    assert matter.number in page


def test_an_unknown_link_is_not_found(client, town):
    assert client.get("/q/unknown-token/").status_code == 404
    assert client.get("/report/done/unknown-token/").status_code == 404


def test_private_pages_stay_out_of_caches_and_search_engines(client, matter):
    answer = client.get(link(matter))
    assert answer["Cache-Control"] == "no-store"
    assert "noindex" in answer["X-Robots-Tag"]


def test_the_page_costs_the_same_with_many_entries(client, town, matter):
    def price():
        with CaptureQueriesContext(connection) as queries:
            client.get(link(matter))
        return len(queries)

    few, at = price(), clock.now()
    for number in range(6):
        handling.progress(lead(matter).pk, text=f"第{number}次现场处理", public=True,
                          by=town.actor("village_handler", at), at=at)  # fmt: skip
    assert price() == few


def test_rating_is_offered_only_when_asked(client, town, matter):
    assert not client.get(link(matter)).context["may_rate"]
    assert client.get(link(asked(town, matter))).context["may_rate"]


def test_nothing_is_chosen_beforehand(client, town, matter):
    page = client.get(link(asked(town, matter))).content.decode()
    assert page.count('type="radio"') == 8
    assert " checked" not in page


def test_a_satisfied_reporter_closes_the_matter(client, town, matter):
    answer = client.post(link(asked(town, matter)), {"solved": "yes", "grade": "5"})
    assert answer.url == link(matter)
    matter.refresh_from_db()
    assert matter.status == Status.CLOSED
    assert (matter.ratings.get().solved, matter.ratings.get().grade) == ("yes", 5)


def test_a_low_rating_opens_a_call(client, town, matter):
    client.post(link(asked(town, matter)), {"solved": "no", "grade": "1", "text": "还在充"})
    assert not lead(matter).asks
    assert Rating.objects.get().text == "还在充"


def test_solved_is_enough_and_a_grade_is_not_required(client, town, matter):
    assert client.post(link(asked(town, matter)), {"solved": "yes"}).status_code == 302


def test_a_rating_without_an_answer_comes_back(client, town, matter):
    assert client.post(link(asked(town, matter)), {"grade": "5"}).status_code == 400
    assert client.post(link(matter), {"solved": "yes", "grade": "9"}).status_code == 400
    assert not Rating.objects.exists()


def test_a_second_rating_changes_nothing(client, town, matter):
    client.post(link(asked(town, matter)), {"solved": "yes", "grade": "5"})
    assert client.post(link(matter), {"solved": "no", "grade": "1"}).status_code == 409
    assert Rating.objects.get().grade == 5


def test_number_and_phone_open_the_progress(client, matter):
    answer = client.post("/q/", {"number": f" {matter.number} ", "phone": "１０３４"})
    assert answer.url == link(matter)


@pytest.mark.parametrize(
    "wrong", [{"number": "2026-99999"}, {"phone": "0000"}, {"phone": "034"}, {"phone": "%034"}]
)
def test_a_wrong_number_and_a_wrong_phone_get_the_same_answer(client, matter, wrong):
    def told(**facts):
        page = client.post("/q/", {"number": matter.number, "phone": PHONE[-4:], **facts})
        return page.status_code, page.context["form"].non_field_errors()

    assert told(**wrong) == told(number="2026-00000", phone="9999")
    assert told(**wrong)[0] == 404


def test_a_report_without_phone_is_not_found_by_an_empty_one(client, town):
    matter = town.report(by=Actor.reporter())
    assert client.post("/q/", {"number": matter.number, "phone": ""}).status_code == 400
    assert client.post("/q/", {"number": matter.number, "phone": "0000"}).status_code == 404


def test_a_sensitive_matter_opens_by_its_link_only(client, town):
    matter = town.report("ZZ18", by=Actor.reporter(), text="邻居发病摔东西", reporter_phone=PHONE)
    assert client.post("/q/", {"number": matter.number, "phone": PHONE[-4:]}).status_code == 404


def test_after_five_wrong_tries_even_the_right_one_waits(client, matter):
    for _ in range(5):
        client.post("/q/", {"number": "2026-99999", "phone": "0000"})
    assert client.post("/q/", {"number": matter.number, "phone": PHONE[-4:]}).status_code == 429
    cache.clear()
    assert client.post("/q/", {"number": matter.number, "phone": PHONE[-4:]}).status_code == 302


def test_right_look_ups_are_not_counted(client, matter):
    for _ in range(7):
        assert client.post("/q/", {"number": matter.number, "phone": PHONE[-4:]}).status_code == 302


def test_a_declined_matter_says_so(client, matter):
    Matter.objects.filter(pk=matter.pk).update(status=Status.DECLINED)
    assert client.get(link(matter)).context["ending"]
