"""Residents report without an account: nothing lost, nothing twice, danger told to call first."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from dispatch import recognition
from matters.models import Matter, Receipt
from portal import limits
from portal.views import reports

REPORT = "/report/"
WORDS = "三号楼楼道堆了很多旧家具"


@pytest.fixture(autouse=True)
def _district(town):
    return town


def form(**changed):
    return {
        "key": "a" * 32,
        "text": WORDS,
        "area": "990106001001",
        "phone": "14100001034",
        "name": "王建国",
        **changed,
    }


def photo(name="p.jpg"):
    data = BytesIO()
    Image.new("RGB", (40, 30), "green").save(data, "JPEG")
    return SimpleUploadedFile(name, data.getvalue(), content_type="image/jpeg")


def test_a_sentence_and_a_place_make_a_matter(client, town):
    answer = client.post(REPORT, form())
    matter = Matter.objects.get()
    assert answer.url == reverse("portal:done", args=[matter.token])
    assert (matter.channel.code, matter.area, matter.text) == ("mini", town.village, WORDS)
    assert (matter.reporter.phone, matter.reporter.name) == ("14100001034", "王建国")
    assert matter.entries.get(seq=1).actor_kind == "reporter"


def test_the_receipt_shows_number_link_and_what_comes_next(client):
    page = client.get(client.post(REPORT, form()).url).content.decode()
    matter = Matter.objects.get()
    assert matter.number in page
    assert f"http://testserver/q/{matter.token}/" in page
    assert "14100001034" not in page


def test_a_photo_alone_is_enough(client):
    client.post(REPORT, form(text="", photos=photo()))
    assert Matter.objects.get().attachments.count() == 1


def test_nothing_to_go_by_is_told_and_the_form_comes_back_filled(client):
    answer = client.post(REPORT, form(text=""))
    assert answer.status_code == 400
    assert "14100001034" in answer.content.decode()
    assert not Matter.objects.exists()


def test_a_photo_survives_a_form_that_comes_back(client):
    answer = client.post(REPORT, form(text="", photos=photo(), phone="not a phone"))
    assert answer.status_code == 400
    client.post(REPORT, form(text="", kept=answer.context["form"]["kept"].value()))
    assert Matter.objects.get().attachments.count() == 1


def test_a_forged_photo_id_is_ignored(client):
    assert (
        client.post(REPORT, form(text="", kept="8c2f4b8e-0000-4000-8000-000000000000:x:y")).status_code == 400
    )


def test_a_file_that_is_no_photo_is_refused_in_words(client):
    answer = client.post(REPORT, form(photos=SimpleUploadedFile("p.jpg", b"hello")))
    assert answer.status_code == 400
    assert not Matter.objects.exists()


def test_the_same_form_sent_twice_is_one_matter(client):
    assert client.post(REPORT, form()).url == client.post(REPORT, form()).url
    assert Matter.objects.count() == 1


def test_the_same_key_with_other_words_is_not_swallowed(client):
    client.post(REPORT, form())
    answer = client.post(REPORT, form(text="另外一件事，路灯不亮"))
    assert answer.status_code == 409
    assert Matter.objects.get().number in answer.content.decode()
    again = form(text="另外一件事，路灯不亮", key=answer.context["form"]["key"].value())
    assert client.post(REPORT, again).status_code == 302
    assert Matter.objects.count() == 2


def test_a_report_that_fails_leaves_no_receipt(client):
    client.post(REPORT, form(text="啊"))
    assert not Receipt.objects.exists()


def test_words_of_danger_are_told_to_call_first(client):
    answer = client.post(REPORT, form(text="隔壁着火了快救命"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert all(f'href="tel:{number}"' in page for number in (110, 119, 120))
    assert not Matter.objects.exists()


@pytest.mark.parametrize(("danger", "urgency"), [("now", "emergency"), ("past", "normal")])
def test_after_the_call_the_report_goes_on(client, danger, urgency):
    recognition.load_words()  # they would make an emergency of it, but the resident knows better
    client.post(REPORT, form(text="隔壁着火了快救命", danger=danger))
    assert Matter.objects.get().urgency == urgency


def test_an_emergency_category_says_so_at_once(client):
    assert 'href="tel:119"><b>' in client.get(REPORT, {"category": "XX90"}).content.decode()


def test_the_hidden_field_stops_robots_but_loses_nothing(client):
    answer = client.post(REPORT, form(website="http://spam.example"))
    assert answer.status_code == 400
    assert WORDS in answer.content.decode()
    assert not Matter.objects.exists()


def test_too_many_reports_from_one_address_are_stopped(client, monkeypatch):
    monkeypatch.setattr(reports, "MOST_REPORTS", 1)
    assert client.post(REPORT, form()).status_code == 302
    assert client.post(REPORT, form(key="b" * 32)).status_code == 429


def test_a_cache_that_fails_lets_reports_through(client, monkeypatch):
    class Away:
        def add(self, *args):
            raise OSError("away")

    monkeypatch.setattr(reports, "MOST_REPORTS", 0)
    monkeypatch.setattr(limits, "cache", Away())
    assert client.post(REPORT, form()).status_code == 302


def test_a_point_finds_its_grid(client, town):
    client.post(REPORT, form(area="", lon="119.005", lat="29.005", accuracy="12"))
    assert Matter.objects.get().area == town.grid


def test_a_point_outside_the_district_is_told_at_the_place(client):
    answer = client.post(REPORT, form(area="", lon="10", lat="10"))
    assert answer.status_code == 400
    assert answer.context["form"].errors["area"]


def test_no_place_goes_to_the_district_centre(client, town):
    client.post(REPORT, form(area="", text="不知道归哪里管的一件事"))
    assert Matter.objects.get().responsible == town.centre


def test_the_form_needs_a_csrf_token():
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(REPORT, form()).status_code == 403


def test_large_type_is_a_plain_link_and_a_cookie(client):
    answer = client.get(REPORT, {"mode": "elder", "category": "ZZ07"})
    assert answer.url == "/report/?category=ZZ07"
    assert 'data-mode="elder"' in client.get(REPORT).content.decode()
    client.get(REPORT, {"mode": "normal"})
    assert 'data-mode="elder"' not in client.get(REPORT).content.decode()


def test_the_front_shows_three_ways(client):
    page = client.get("/").content.decode()
    assert all(f'href="{way}"' in page for way in ("/report/", "/q/", "/responsibilities/"))
