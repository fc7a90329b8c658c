"""Who may open which page."""

import re

import pytest

from matters.models import Matter

pytestmark = pytest.mark.django_db

PAGES = ["/", "/matters/", "/matters/new/", "/me/", "/notices/", "/tray/", "/responsibilities/"]
HAN = re.compile(r"[\u4e00-\u9fff]")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(
    "who", ["grid_member", "village_head", "desk", "district_supervisor", "auditor", "administrator"]
)
def test_every_page_opens_for_everybody_with_an_account(sign_in, page, who):
    assert sign_in(who).get(page).status_code == 200


@pytest.mark.parametrize("page", [page for page in PAGES if page not in ("/", "/responsibilities/")])
def test_a_stranger_is_asked_to_sign_in(client, town, moment, page):
    response = client.get(page)
    assert response.status_code == 302
    assert response.url.startswith("/login/?next=")


def test_a_stranger_may_look_up_who_is_responsible(client, town, moment):
    assert client.get("/responsibilities/?q=飞线").status_code == 200


def test_a_stranger_at_the_front_sees_the_residents_page(client, town, moment):
    assert client.get("/").status_code == 200
    assert "desk/home/inbox.html" not in [each.name for each in client.get("/").templates]


@pytest.mark.parametrize("page", ["", "receipt/", "reveal/", "comment/"])
def test_a_matter_outside_the_scope_does_not_exist(sign_in, in_hand, page):
    assert sign_in("other_town_handler").get(f"/matters/{in_hand.number}/{page}").status_code == 404


def test_a_node_outside_the_scope_does_not_exist(sign_in, in_hand):
    node = in_hand.nodes.first()
    client = sign_in("other_town_handler")
    assert client.get(f"/nodes/{node.pk}/hand_in/").status_code == 404
    assert client.post(f"/nodes/{node.pk}/sign/").status_code == 404
    assert client.post(f"/nodes/{node.pk}/hand_in/preview/", {"text": "x"}).status_code == 404


def test_an_unknown_verb_does_not_exist(sign_in, in_hand):
    assert sign_in("village_head").get(f"/matters/{in_hand.number}/merge/").status_code == 404


def test_the_board_is_for_those_who_steer(sign_in):
    assert sign_in("district_supervisor").get("/board/").status_code == 200
    assert sign_in("grid_member").get("/board/").status_code == 403


def test_no_page_is_kept_by_a_shared_computer(sign_in):
    assert sign_in("desk").get("/").headers["Cache-Control"] == "no-store"


def test_the_large_text_is_remembered_by_a_plain_link(sign_in):
    client = sign_in("grid_member")
    response = client.get("/matters/?mode=elder&q=1")
    assert response.url == "/matters/?q=1"
    assert 'data-mode="elder"' in client.get("/matters/").content.decode()


@pytest.mark.parametrize("page", [*PAGES, "/board/"])
def test_the_english_pages_have_no_chinese_but_data(sign_in, in_the_tray, in_hand, page):
    html = sign_in("district_desk", "en").get(page).content.decode()
    assert not HAN.search(_without_data(html)), set(
        re.findall(r"[^\n]*[\u4e00-\u9fff][^\n]*", _without_data(html))
    )


def test_the_english_file_has_no_chinese_but_data(sign_in, in_hand):
    html = sign_in("village_head", "en").get(f"/matters/{in_hand.number}/").content.decode()
    assert not HAN.search(_without_data(html)), set(
        re.findall(r"[^\n]*[\u4e00-\u9fff][^\n]*", _without_data(html))
    )


@pytest.mark.parametrize("page", [*PAGES, "/board/"])
def test_the_chinese_pages_have_no_english_words(sign_in, page):
    html = sign_in("district_desk", "zh-hans").get(page).content.decode()
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]*>", "\n", html, flags=re.S)
    words = set(re.findall(r"[A-Za-z]{3,}", body)) - {"English", "GovFlow", "Enter", "desk", "CSV", "XLSX"}
    assert words <= set(), words


def test_a_file_has_no_english_words(sign_in, in_hand):
    html = sign_in("village_head", "zh-hans").get(f"/matters/{in_hand.number}/").content.decode()
    body = re.sub(r"<(script|style)[^>]*>.*?</\1>|<[^>]*>", "\n", html, flags=re.S)
    assert set(re.findall(r"[A-Za-z]{3,}", body)) <= {"English", "GovFlow", "dispatch"}


def _without_data(html):
    """What the page itself says: without the names and texts the town gave its things."""
    from dispatch.models import Responsibility, Routing
    from matters.models import Category, Channel, Entry
    from organization.models import Area, Department, Person, Platform

    words = {"中文", "志愿者", "维保单位"}
    for model in (Category, Channel, Area, Department, Person, Platform):
        words |= set(model.objects.values_list("name", flat=True))
    words |= set(Department.objects.values_list("short_name", flat=True))
    words |= set(Matter.objects.values_list("text", flat=True)) | set(
        Entry.objects.values_list("why", flat=True)
    )
    words |= {routing.runner_up["reason"] for routing in Routing.objects.exclude(runner_up=None)}
    for category in Category.objects.all():
        words |= set(category.keywords)
    for line in Responsibility.objects.all():
        words |= {line.legal_basis, *line.standard.split("\n")}
    text = re.sub(r"<[^>]*>", "\n", html)
    for word in sorted(filter(None, words), key=len, reverse=True):
        text = text.replace(word, "")
    return text
