"""A verb's page: a small form, one call, back with a message; a refusal keeps what was typed."""

import re

import pytest

from dispatch import answering, handling
from matters.models import Matter, Reporter

pytestmark = pytest.mark.django_db


def lead(matter):
    return matter.nodes.get(part="lead", status__in=["open", "signed"])


def test_one_click_signs(sign_in, in_hand):
    node = lead(in_hand)
    response = sign_in("village_head").post(f"/nodes/{node.pk}/sign/", {"revision": node.revision})
    assert response.url == f"/matters/{in_hand.number}/"
    node.refresh_from_db()
    assert node.status == "signed"


def test_signing_from_the_inbox_comes_back_to_the_inbox(sign_in, in_hand):
    node = lead(in_hand)
    client = sign_in("village_head")
    assert (
        client.post(f"/nodes/{node.pk}/sign/", {"revision": node.revision, "next": "/?show=unsigned"}).url
        == "/?show=unsigned"
    )


@pytest.mark.parametrize("foreign", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_no_foreign_address_is_gone_back_to(sign_in, in_hand, foreign):
    node = lead(in_hand)
    response = sign_in("village_head").post(f"/nodes/{node.pk}/sign/", {"next": foreign})
    assert response.url == f"/matters/{in_hand.number}/"


def test_a_stale_form_says_who_was_faster_and_keeps_the_words(sign_in, in_hand, town):
    node = lead(in_hand)
    old = node.revision
    handling.sign(node.pk, by=town.actor("village_handler"), at=town.now)
    client = sign_in("village_head")
    response = client.post(f"/nodes/{node.pk}/hand_in/", {"revision": old, "text": "已收走插线板"})
    html = response.content.decode()
    assert response.status_code == 409
    assert town.village_handler.name in html
    assert "已收走插线板" in html
    fresh = re.search(r'name="revision" value="(\d+)"', html)[1]
    assert (
        client.post(f"/nodes/{node.pk}/hand_in/", {"revision": fresh, "text": "已收走插线板"}).status_code
        == 409
    )  # part open
    assert "已收走插线板" in html


def test_a_refusal_is_shown_beside_what_was_typed(sign_in, in_hand):
    node = lead(in_hand)
    response = sign_in("village_head").post(
        f"/nodes/{node.pk}/hand_in/", {"revision": node.revision, "text": "已收走插线板"}
    )
    assert response.status_code == 409
    assert "已收走插线板" in response.content.decode()
    assert "望河街道应急消防管理站" in response.content.decode()


def test_a_step_that_is_not_possible_leads_back_to_the_file(sign_in, in_hand):
    client = sign_in("desk")
    assert client.get(f"/matters/{in_hand.number}/verify/").url == f"/matters/{in_hand.number}/"


def test_a_step_without_a_post_is_refused_by_the_verb(sign_in, in_hand):
    node = lead(in_hand)
    response = sign_in("rescue_handler").post(f"/nodes/{node.pk}/hand_in/", {"text": "不是我们的"})
    assert response.status_code == 403
    assert "不是我们的" in response.content.decode()


@pytest.mark.parametrize(
    "verb, fields",
    [
        ("progress", {"text": "已到现场", "public": "on"}),
        ("contact", {"reached": "yes", "how": "phone", "text": "已说明"}),
        ("send_back", {"reason": "not_ours", "text": "属物业职责"}),
    ],
)
def test_the_verbs_of_a_node_work_from_their_pages(sign_in, in_hand, verb, fields):
    node = lead(in_hand)
    client = sign_in("village_head")
    page = client.get(f"/nodes/{node.pk}/{verb}/")
    assert page.status_code == 200
    assert client.post(f"/nodes/{node.pk}/{verb}/", {"revision": node.revision, **fields}).status_code == 302
    assert (
        in_hand.entries.last().text == fields["text"] or in_hand.entries.filter(text=fields["text"]).exists()
    )


def test_progress_keeps_its_photo_through_an_error(sign_in, in_hand, photo):
    node = lead(in_hand)
    client = sign_in("village_head")
    html = client.post(f"/nodes/{node.pk}/progress/", {"text": "", "photos": photo()}).content.decode()
    kept = re.search(r'name="kept" value="([^"]+)"', html)[1]
    client.post(f"/nodes/{node.pk}/progress/", {"text": "已到现场", "kept": kept})
    entry = in_hand.entries.get(kind="progressed")
    assert str(in_hand.attachments.get(entry_seq=entry.seq).pk) == kept


def test_only_colleagues_are_offered_for_assigning(sign_in, in_hand, town):
    node = lead(in_hand)
    client = sign_in("village_head")
    html = client.get(f"/nodes/{node.pk}/assign/").content.decode()
    assert town.village_handler.name in html
    assert town.grid_member.name in html
    assert town.town_handler.name not in html
    client.post(f"/nodes/{node.pk}/assign/", {"assignee": town.village_handler.pk})
    node.refresh_from_db()
    assert node.assignee == town.village_handler


def test_the_resident_is_shown_the_sentence_before_it_is_sent(sign_in, town):
    node = lead(town.report("ZF11"))
    client = sign_in("town_handler")
    assert (
        "望河街道综合行政执法队: 已停工"
        in client.post(f"/nodes/{node.pk}/hand_in/preview/", {"text": "已停工"}).content.decode()
    )


def test_an_assisting_answer_is_said_to_stay_inside(sign_in, in_hand):
    node = in_hand.nodes.get(part="assisting")
    assert "stays inside" in sign_in("rescue_handler").get(f"/nodes/{node.pk}/hand_in/").content.decode()


@pytest.fixture
def handed_in(town, moment):
    matter = town.report("ZF11")
    handling.hand_in(lead(matter).pk, text="已停工整改", by=town.actor("town_handler"), at=town.now)
    return matter


def test_verifying_is_one_of_two_buttons(sign_in, handed_in):
    client = sign_in("grid_member")
    page = client.get(f"/matters/{handed_in.number}/verify/").content.decode()
    assert "已停工整改" in page
    assert page.count('name="solved"') == 2
    client.post(f"/matters/{handed_in.number}/verify/", {"solved": "yes"})
    handed_in.refresh_from_db()
    assert handed_in.status == "callback"


def test_not_solved_needs_a_sentence(sign_in, handed_in):
    client = sign_in("grid_member")
    response = client.post(f"/matters/{handed_in.number}/verify/", {"solved": "no"})
    assert response.status_code == 200
    assert "Error:" in response.content.decode()
    client.post(f"/matters/{handed_in.number}/verify/", {"solved": "no", "text": "夜里还在施工"})
    handed_in.refresh_from_db()
    assert (handed_in.status, handed_in.round) == ("dispatched", 2)


def test_the_dispatcher_writes_down_a_rating_and_reopens(sign_in, handed_in, town):
    answering.verify(handed_in.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    client = sign_in("desk")
    assert client.get(f"/matters/{handed_in.number}/rate/").status_code == 200
    client.post(f"/matters/{handed_in.number}/rate/", {"solved": "no", "text": "没有停"})
    assert client.get(f"/matters/{handed_in.number}/reopen/").status_code == 200
    client.post(f"/matters/{handed_in.number}/reopen/", {"text": "住户说没有停"})
    handed_in.refresh_from_db()
    assert (handed_in.status, handed_in.round) == ("dispatched", 2)


def test_dispatching_by_hand_offers_the_units_of_the_place(sign_in, in_the_tray, town):
    client = sign_in("desk")
    html = client.get(f"/matters/{in_the_tray.number}/dispatch/?next=tray").content.decode()
    assert town.rescue.name in html
    assert town.other_rescue.name not in html
    fields = {
        "department": town.rescue.pk,
        "assisting": [town.police.pk],
        "text": "请先看现场",
        "next": "/tray/",
    }
    assert client.post(f"/matters/{in_the_tray.number}/dispatch/", fields).url == "/tray/"
    assert {node.department for node in in_the_tray.nodes.filter(kind="handle")} == {town.rescue, town.police}


def test_the_unit_a_matter_is_about_is_never_offered(sign_in, town, moment):
    matter = town.report(None, text="执法队的人态度不好", about=town.enforcement)
    html = sign_in("desk").get(f"/matters/{matter.number}/dispatch/").content.decode()
    assert town.enforcement.name not in html


def test_correcting_routes_again(sign_in, in_hand, town):
    client = sign_in("village_head")
    html = client.get(f"/matters/{in_hand.number}/correct/").content.decode()
    assert "selected" in html
    fields = {
        "category": town.categories["ZF11"].pk,
        "area": town.grid.code,
        "urgency": "normal",
        "text": "是施工噪声",
    }
    client.post(f"/matters/{in_hand.number}/correct/", fields)
    in_hand.refresh_from_db()
    assert (in_hand.category.code, in_hand.responsible) == ("ZF11", town.enforcement)


def test_correcting_nothing_is_refused_beside_the_category(sign_in, in_hand, town):
    fields = {
        "category": in_hand.category_id,
        "area": town.grid.code,
        "urgency": "normal",
        "text": "没有变化",
    }
    response = sign_in("village_head").post(f"/matters/{in_hand.number}/correct/", fields)
    assert "id_category_error" in response.content.decode()


def test_accepting_declining_and_commenting(sign_in, in_the_tray):
    client = sign_in("desk")
    assert client.post(f"/matters/{in_the_tray.number}/accept/").status_code == 302
    assert client.post(f"/matters/{in_the_tray.number}/comment/", {"text": "已电话核实"}).status_code == 302
    assert (
        client.post(
            f"/matters/{in_the_tray.number}/decline/", {"reason": "court", "text": "已进入诉讼，请向法院反映"}
        ).status_code
        == 302
    )
    in_the_tray.refresh_from_db()
    assert in_the_tray.status == "declined"


def test_a_contact_is_masked_until_it_is_asked_for_with_a_reason(sign_in, in_hand):
    Reporter.objects.create(matter=in_hand, name="王建军", phone="14100001034")
    client = sign_in("village_head")
    for page in ("", "hand_in/", "reveal/"):
        address = (
            f"/matters/{in_hand.number}/{page}"
            if page != "hand_in/"
            else f"/nodes/{lead(in_hand).pk}/hand_in/"
        )
        html = client.get(address).content.decode()
        assert "14100001034" not in html
        assert "王建军" not in html
    assert "141****1034" in client.get(f"/matters/{in_hand.number}/").content.decode()
    refused = client.post(f"/matters/{in_hand.number}/reveal/", {"field": "phone", "reason": " "})
    assert "14100001034" not in refused.content.decode()
    shown = client.post(f"/matters/{in_hand.number}/reveal/", {"field": "phone", "reason": "约时间上门"})
    assert "14100001034" in shown.content.decode()
    assert in_hand.entries.get(kind="revealed").text == "约时间上门"
    assert "14100001034" not in client.get(f"/matters/{in_hand.number}/").content.decode()


def test_who_does_not_hold_it_may_not_ask_for_the_contact(sign_in, in_hand):
    Reporter.objects.create(matter=in_hand, name="王建军", phone="14100001034")
    client = sign_in("grid_member")
    assert "Show the full contact" not in client.get(f"/matters/{in_hand.number}/").content.decode()
    response = client.post(f"/matters/{in_hand.number}/reveal/", {"field": "phone", "reason": "好奇"})
    assert response.status_code == 403
    assert "14100001034" not in response.content.decode()


def test_a_phone_number_in_free_text_is_masked_everywhere(sign_in, town, moment):
    matter = town.report("ZF11", text="工地半夜施工，请回电13800001111")
    client = sign_in("town_handler")
    for page in ("/", "/matters/", f"/matters/{matter.number}/", f"/nodes/{lead(matter).pk}/hand_in/"):
        assert "13800001111" not in client.get(page).content.decode(), page
    assert "13800001111" not in sign_in("grid_member").get("/me/").content.decode()
    assert Matter.objects.get().text.endswith("13800001111")


def test_the_file_of_a_matter_to_be_verified_says_who_would_look_next(sign_in, town, moment):
    matter = town.report("ZF11")
    handling.hand_in(matter.nodes.get().pk, text="已处置", by=town.actor("town_handler"), at=town.now)
    assert sign_in("desk").get(f"/matters/{matter.number}/").status_code == 200
