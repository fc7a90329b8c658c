"""Lists: the same number of queries for one row and for ten, every view has an address, pages by the last row seen."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch.models import Notice

pytestmark = pytest.mark.django_db


def queries(client, page):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        assert client.get(page).status_code == 200
    return len(seen)


@pytest.mark.parametrize(
    "who, page",
    [("village_head", "/"), ("desk", "/matters/"), ("desk", "/tray/"), ("grid_member", "/me/"),
     ("village_head", "/notices/"), ("desk", "/board/"), ("grid_member", "/matters/?status=open&overdue=1")],
)  # fmt: skip
def test_ten_rows_ask_no_more_than_one(sign_in, town, moment, who, page):
    def one():
        town.report("ZZ07")
        matter = town.report(None, text="邻居堆放杂物吵架，飞线充电")
        Notice.objects.create(person=town.village_head, matter=matter, kind="remind", at=town.now)
        Notice.objects.create(
            person=town.village_head, matter=town.report("ZZ01"), kind="remind", at=town.now
        )

    one()
    client = sign_in(who)
    client.get(page)
    before = queries(client, page)
    for _ in range(9):
        one()
    assert queries(client, page) == before
    assert before <= 12


def test_the_file_asks_the_same_for_a_long_story(sign_in, in_hand, town):
    from dispatch import answering

    client = sign_in("village_head")
    client.get(f"/matters/{in_hand.number}/")
    before = queries(client, f"/matters/{in_hand.number}/")
    for n in range(10):
        answering.comment(in_hand.pk, text=f"第{n}次", by=town.actor("village_head"), at=town.now)
    assert queries(client, f"/matters/{in_hand.number}/") == before
    assert before <= 16, (
        "one for the names of those whom the ladder would tell now, one for who of them is away"
    )


def test_the_inbox_is_sorted_by_the_next_consequence(sign_in, town, moment):
    slow = town.report("ZZ01")
    fast = town.report("ZZ07")
    html = sign_in("village_head").get("/").content.decode()
    assert html.index(fast.number) < html.index(slow.number)


def test_the_inbox_says_what_each_tab_holds(sign_in, town, moment):
    town.report("ZZ07")
    moment.at = town.at("2026-06-22 09:00")
    html = sign_in("village_head").get("/?show=overdue").content.decode()
    assert re.search(r'aria-current="page">Overdue <span class="gf-number">1<', html)


def test_an_empty_inbox_names_what_waits_for_others(sign_in, in_hand):
    html = sign_in("grid_member").get("/").content.decode()
    assert "Nothing waits for you." in html
    assert in_hand.number in html


def test_pages_go_forth_and_back_without_a_gap(sign_in, town, moment):
    numbers = [town.report("ZZ07", at=town.now + timedelta(minutes=n)).number for n in range(120)]
    client = sign_in("desk")
    moment.at = town.now + timedelta(hours=3)
    seen, page = [], "/matters/"
    while page:
        html = client.get(page).content.decode()
        seen += re.findall(r'href="/matters/(2026-\d+)/"', html)
        after = re.search(r'rel="next" href="([^"]*)"', html)
        last, page = page, after and "/matters/" + after[1].replace("&amp;", "&")
    assert seen == numbers[::-1]
    back = re.search(r'rel="prev" href="([^"]*)"', client.get(last).content.decode())[1].replace("&amp;", "&")
    assert (
        re.findall(r'href="/matters/(2026-\d+)/"', client.get(f"/matters/{back}").content.decode())
        == seen[50:100]
    )


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "~",
        "2026-06-15~1",
        "2026-99-99T00:00~1",
        "2026-06-15T09:00:00+08:00~x",
        "2026-06-15T09:00:00+08:00~9999999999999999999999",
    ],
)
def test_a_made_up_cursor_shows_the_first_page(sign_in, in_hand, cursor):
    assert in_hand.number in sign_in("desk").get("/matters/", {"after": cursor}).content.decode()


@pytest.mark.parametrize(
    "query, there",
    [
        ("status=dispatched", True), ("status=open", True), ("status=closed", False), ("level=village", True),
        ("level=town", False), ("category=ZZ07", True), ("category=ZF11", False), ("area=990106001001", True),
        ("area=990106100", False), ("overdue=1", False), ("overdue=0", True), ("escalated=1", False),
        ("escalated=0", True), ("escalated=town", False), ("q=飞线", True), ("q=电梯", False), ("channel=grid", True),
        ("platform=ZZ", True), ("platform=ZF", False), ("due_before=2030-01-01T00:00:00%2B08:00", True),
        ("due_from=2030-01-01T00:00:00%2B08:00", False), ("as_of=2026-06-15T09:00:00%2B08:00", True),
        ("reported_after=2026-06-16", False), ("area=990106&exactly=1", False), ("status=nonsense", True),
    ],
)  # fmt: skip
def test_every_filter_has_an_address(sign_in, in_hand, query, there):
    html = sign_in("district_desk").get(f"/matters/?{query}").content.decode()
    assert (f"/matters/{in_hand.number}/" in html) is there


def test_a_filter_can_be_taken_off(sign_in, in_hand):
    html = sign_in("desk").get("/matters/?category=ZZ07&overdue=0").content.decode()
    assert 'class="gf-remove" href="?overdue=0"' in html
    assert 'class="gf-remove" href="?category=ZZ07"' in html


def test_every_figure_of_the_board_opens_as_many_matters(sign_in, town, moment):
    town.report("ZZ07")
    town.report("ZF11")
    town.report(None, text="邻居堆放杂物吵架")
    town.report("ZF01", area=town.town2)
    moment.at = town.at("2026-06-15 15:00")
    client = sign_in("district_supervisor")
    html = client.get("/board/").content.decode()
    figures = re.findall(
        r'<a href="(/matters/\?[^"]*)">(?:(?!</a>).)*?(\d+)\s*(?:<[^>]*>\s*)*</a>', html, re.S
    )
    assert len(figures) > 10
    for href, number in figures:
        rows = client.get(href.replace("&amp;", "&")).content.decode().count("data-gf-row")
        assert rows == int(number), href


def test_a_sensitive_matter_is_in_no_list_of_others(sign_in, town, moment):
    matter = town.report("ZZ18")
    assert matter.number not in sign_in("desk").get("/matters/").content.decode()
    assert sign_in("desk").get(f"/matters/{matter.number}/").status_code == 404
    assert matter.number in sign_in("police_handler").get("/").content.decode()


@pytest.mark.parametrize(
    "words, category",
    [("飞线", "ZZ07"), ("电动自行车", "ZZ07"), ("市场监管所", "JG01"), ("施工噪声", "ZF11")],
)
def test_responsibilities_are_found_by_words_and_by_unit(client, town, moment, words, category):
    html = client.get("/responsibilities/", {"q": words}).content.decode()
    assert f'id="{category}"' in html


def test_responsibilities_that_nobody_has_are_said_so(client, town, moment):
    assert "gf-empty" in client.get("/responsibilities/?q=外星人").content.decode()


def test_a_notice_of_a_matter_one_may_no_longer_see_is_gone(sign_in, town, in_hand):
    Notice.objects.create(person=town.other_town_handler, matter=in_hand, kind="remind", at=town.now)
    assert in_hand.number not in sign_in("other_town_handler").get("/notices/").content.decode()
