"""Reporting from the desk: nothing needs typing, nothing typed is lost, nothing is doubled."""

import re

import pytest

from dispatch.models import Responsibility
from matters.models import Attachment, Matter

pytestmark = pytest.mark.django_db


def form_of(client, query=""):
    """The hidden and prefilled values of the form, as a browser would send them back."""
    html = client.get(f"/matters/new/{query}").content.decode()
    found = dict(re.findall(r'<input type="hidden" name="(key|lon|lat|accuracy)" value="([^"]*)"', html))
    area = re.search(r'<select name="area".*?<option value="(\d+)" selected', html, re.S)
    return {**found, "area": area[1] if area else ""}


def test_a_grid_member_reports_with_a_photo_and_nothing_typed(sign_in, town, photo):
    client = sign_in("grid_member")
    response = client.post("/matters/new/", {**form_of(client), "category": "ZZ07", "photos": photo()})
    matter = Matter.objects.get()
    assert response.url == f"/matters/{matter.number}/receipt/"
    assert (matter.area, matter.category.code, matter.text) == (town.grid, "ZZ07", "")
    assert matter.channel.code == "grid"
    assert matter.attachments.count() == 1


def test_the_place_of_a_grid_member_is_their_own_grid(sign_in, town):
    assert form_of(sign_in("grid_member"))["area"] == town.grid.code


def test_four_characters_are_enough(sign_in):
    client = sign_in("grid_member")
    assert client.post("/matters/new/", {**form_of(client), "text": "飞线充电"}).status_code == 302


def test_an_empty_report_is_told_what_is_missing(sign_in):
    client = sign_in("grid_member")
    response = client.post("/matters/new/", {**form_of(client), "text": "火"})
    html = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error:" in html
    assert ">\n火</textarea>" in html
    assert not Matter.objects.exists()


def test_an_error_keeps_the_words_and_the_photo(sign_in, photo):
    client = sign_in("grid_member")
    fields = {
        **form_of(client),
        "text": "三号楼有人飞线",
        "phone": "call me",
        "address": "3号楼",
        "photos": photo(),
    }
    html = client.post("/matters/new/", fields).content.decode()
    kept = Attachment.objects.get()
    assert "三号楼有人飞线" in html
    assert 'value="3号楼"' in html
    assert f'name="kept" value="{kept.pk}" checked' in html
    again = {**fields, "phone": "", "kept": str(kept.pk)}
    del again["photos"]
    client.post("/matters/new/", again)
    assert Matter.objects.get().attachments.get() == kept


def test_a_file_that_is_no_photo_is_refused_and_the_words_stay(sign_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client = sign_in("grid_member")
    upload = SimpleUploadedFile("a.jpg", b"<script>alert(1)</script>")
    html = client.post(
        "/matters/new/", {**form_of(client), "text": "井盖破损", "photos": upload}
    ).content.decode()
    assert "井盖破损" in html
    assert not Matter.objects.exists()


def test_another_persons_photo_cannot_be_taken_along(sign_in, photo, town):
    from matters import attachments

    theirs = attachments.store(photo(), by=town.actor("second_grid_member"), at=town.now)
    client = sign_in("grid_member")
    client.post("/matters/new/", {**form_of(client), "text": "飞线充电", "kept": str(theirs.pk)})
    assert Matter.objects.get().attachments.count() == 0


def test_no_more_than_three_photos(sign_in, photo):
    client = sign_in("grid_member")
    html = client.post(
        "/matters/new/", {**form_of(client), "photos": [photo() for _ in range(4)]}
    ).content.decode()
    assert html.count('name="kept"') == 3


@pytest.mark.parametrize(
    "field, value",
    [("area", "990106100"), ("area", "zzz"), ("category", "??"), ("urgency", "soon"), ("lon", "x")],
)
def test_what_is_not_on_offer_is_refused_and_the_words_stay(sign_in, field, value):
    client = sign_in("grid_member")
    html = client.post(
        "/matters/new/", {**form_of(client), "text": "三号楼有人飞线", field: value}
    ).content.decode()
    assert "三号楼有人飞线" in html
    assert not Matter.objects.exists()


def test_the_same_form_sent_twice_is_one_matter(sign_in):
    client = sign_in("grid_member")
    fields = {**form_of(client), "text": "飞线充电"}
    first, second = client.post("/matters/new/", fields), client.post("/matters/new/", fields)
    assert first.url == second.url
    assert Matter.objects.count() == 1


def test_the_same_form_with_other_words_asks_before_it_reports_again(sign_in):
    client = sign_in("grid_member")
    fields = {**form_of(client), "text": "飞线充电"}
    client.post("/matters/new/", fields)
    response = client.post("/matters/new/", {**fields, "text": "井盖破损了"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "井盖破损了" in html
    assert Matter.objects.count() == 1
    key = re.search(r'name="key" value="([^"]*)"', html)[1]
    assert key != fields["key"]
    client.post("/matters/new/", {**fields, "text": "井盖破损了", "key": key})
    assert Matter.objects.count() == 2


def test_two_people_may_use_the_same_key(sign_in):
    client = sign_in("grid_member")
    fields = {**form_of(client), "text": "飞线充电"}
    client.post("/matters/new/", fields)
    client = sign_in("second_grid_member")
    client.post("/matters/new/", {**fields, "area": form_of(client)["area"]})
    assert Matter.objects.count() == 2


def test_the_chips_are_what_the_person_reports_most(sign_in, town):
    for _ in range(3):
        town.report("ZF11")
    town.report("ZZ01")
    html = sign_in("grid_member").get("/matters/new/").content.decode()
    chips = re.findall(r'type="radio" name="category" value="(\w+)"', html)
    assert chips[:2] == ["ZF11", "ZZ01"]
    assert len(chips) == 6


def chips_of(client):
    return re.findall(
        r'type="radio" name="category" value="(\w+)"', client.get("/matters/new/").content.decode()
    )


def test_two_chips_of_a_grid_member_are_matters_of_the_village_whatever_the_history(sign_in, town):
    for code in ("ZF01", "ZF11", "JG01", "JG06", "ZZ13", "ZZ14"):
        town.report(code)
        town.report(code)
    town.report("ZZ07", by="desk")  # the commonest here of what the village leads
    chips = chips_of(sign_in("grid_member"))
    assert chips[:4] == ["ZF01", "ZF11", "JG01", "JG06"], "what the person reports most stays in front"
    assert chips[4:] == ["ZZ07", "ZZ01"]

    town.report("BM11")
    town.report("BM11")
    town.report("BM11")
    assert {"BM11", "ZZ07"} <= set(chips_of(sign_in("grid_member")))
    assert chips_of(sign_in("desk"))[0] == "ZZ07", "of others only the history counts"


def test_a_line_of_the_town_itself_says_who_leads_there(sign_in, town):
    """What the district leaves to villages the town took over, so its chip is not the village's."""
    line = Responsibility.objects.get(code="ZZ01")
    line.pk, line.code, line.area, line.lead_level, line.lead_office = (
        None,
        "ZZ01-W",
        town.town1,
        "town",
        "ZFDW",
    )
    line.save()
    for code in ("ZF01", "ZF11", "JG01", "JG06", "ZZ13", "ZZ14"):
        town.report(code)
    assert set(chips_of(sign_in("grid_member"))[4:]) == {"ZZ07", "BM11"}


def test_work_done_on_the_spot_is_closed_at_once(sign_in):
    client = sign_in("grid_member")
    client.post("/matters/new/", {**form_of(client), "text": "飞线充电", "handled": "已劝离并收起插线板"})
    assert Matter.objects.get().status == "closed"


def test_the_receipt_says_who_acts_next_and_offers_the_same_place(sign_in, town):
    client = sign_in("grid_member")
    url = client.post(
        "/matters/new/", {**form_of(client), "text": "飞线充电", "category": "ZZ07", "address": "3号楼"}
    ).url
    html = client.get(url).content.decode()
    matter = Matter.objects.get()
    assert matter.number in html
    assert town.committee.name in html
    assert f"/q/{matter.token}/" in html
    again = client.get(
        re.search(r'href="(/matters/new/\?area=[^"]*)"', html)[1].replace("&amp;", "&")
    ).content.decode()
    assert 'value="3号楼"' in again


def test_the_tracking_link_is_shown_to_the_reporter_alone(sign_in, in_hand):
    html = sign_in("desk").get(f"/matters/{in_hand.number}/receipt/").content.decode()
    assert in_hand.token not in html


def test_one_tap_makes_an_emergency(sign_in, town):
    client = sign_in("grid_member")
    client.post("/matters/new/", {**form_of(client), "text": "有人倒在河边", "danger": "on"})
    assert Matter.objects.get().urgency == "emergency"
