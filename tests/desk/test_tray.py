"""The tray: one key dispatches."""

import pytest

from dispatch import escalation

pytestmark = pytest.mark.django_db


def test_one_key_takes_the_proposal_and_dispatches(sign_in, in_the_tray, town):
    client = sign_in("desk")
    html = client.get("/tray/").content.decode()
    assert in_the_tray.number in html
    assert 'data-gf-key="1"' in html
    fields = {"number": in_the_tray.number, "revision": in_the_tray.revision, "category": "ZZ01"}
    response = client.post("/tray/", fields, follow=True)
    in_the_tray.refresh_from_db()
    assert (in_the_tray.status, in_the_tray.responsible) == ("dispatched", town.committee)
    assert town.committee.name in response.content.decode()
    assert 'data-gf-key="1"' not in response.content.decode()


def test_the_proposals_show_the_words_that_matched(sign_in, in_the_tray):
    html = sign_in("desk").get("/tray/").content.decode()
    assert "邻里纠纷" in html
    assert "邻居, 吵架" in html


def test_the_file_of_what_lies_in_the_tray_speaks_of_accepting(sign_in, in_the_tray, moment):
    page = f"/matters/{in_the_tray.number}/"
    html = sign_in("desk", language="zh-hans").get(page).content.decode()
    assert "提醒受理" in html and "提醒签收" not in html

    moment.at = in_the_tray.nodes.get().sign_due_at
    escalation.sweep(at=moment.at)
    html = sign_in("desk", language="zh-hans").get(page).content.decode()
    assert "受理逾期" in html and "签收逾期" not in html


def test_a_second_click_is_told_what_happened(sign_in, in_the_tray):
    client = sign_in("desk")
    fields = {"number": in_the_tray.number, "revision": in_the_tray.revision, "category": "ZZ01"}
    client.post("/tray/", fields)
    again = client.post("/tray/", fields, follow=True).content.decode()
    assert "Somebody else has just changed this matter" in again


def test_declining_is_offered_first_where_it_is_proposed(sign_in, town, moment):
    matter = town.report("XX91", text="法院判了还是不服")
    html = sign_in("desk").get("/tray/").content.decode()
    assert html.count(f"/matters/{matter.number}/decline/") == 1
    assert "Declining is proposed" in html


def test_a_tray_of_another_town_is_not_shown_nor_changed(sign_in, in_the_tray):
    client = sign_in("other_desk")
    assert in_the_tray.number not in client.get("/tray/").content.decode()
    assert client.post("/tray/", {"number": in_the_tray.number, "category": "ZZ01"}).status_code == 404


def test_a_grid_member_cannot_dispatch_by_the_tray(sign_in, in_the_tray):
    client = sign_in("grid_member")
    client.post("/tray/", {"number": in_the_tray.number, "category": "ZZ01"})
    in_the_tray.refresh_from_db()
    assert in_the_tray.status == "reported"


def test_an_unknown_category_does_not_exist(sign_in, in_the_tray):
    assert (
        sign_in("desk").post("/tray/", {"number": in_the_tray.number, "category": "nope"}).status_code == 404
    )
