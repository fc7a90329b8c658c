"""The calendar's pages: a draft, its preview, its publication, outages; for administrators only."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from dispatch import publishing
from dispatch.clocks import Outage, RecountJob
from organization import clock, workdays
from organization.models import CalendarDraft, CalendarVersion
from tests.dispatch.walking import lead
from tests.town import at

pytestmark = pytest.mark.django_db

WHEN = at("2026-06-15 14:00")


@pytest.fixture
def admin(town, client, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: WHEN)
    client.force_login(town.administrator)
    return client


def text(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def add(client, **facts):
    days = {"step": "days", "first": "2026-06-17", "kind": "off", "name": "临时放假"}
    return client.post("/calendar/draft/", days | facts, follow=True)


def test_the_year_shows_holidays_worked_days_and_what_is_provisional(admin):
    page = admin.get("/calendar/?year=2026")
    assert page.status_code == 200
    assert "国庆节" in page.content.decode()
    assert "现行：第1版" in text(page)
    assert "暂定" in text(admin.get("/calendar/?year=2028"))
    assert admin.get("/calendar/?year=x").status_code == 200


def test_a_day_is_drafted_previewed_and_published(admin, town):
    matter = town.report("ZZ01")
    admin.post("/calendar/")
    assert "临时放假" in text(add(admin))
    preview = text(admin.get("/calendar/draft/preview/"))
    assert matter.number in preview and "已逐一计算" in preview
    page = admin.post("/calendar/draft/preview/", {"note": "市政府通知"}, follow=True)
    assert "正在重新计时" in text(page)
    job = RecountJob.objects.get()
    while publishing.work(at=WHEN):
        pass
    assert lead(matter).due_at == at("2026-06-24 17:30")
    assert "已完成" in text(admin.get(f"/calendar/jobs/{job.pk}/"))
    assert CalendarVersion.objects.get(number=2).note == "市政府通知"


def test_a_notice_is_taken_in_from_a_file(admin):
    admin.post("/calendar/")
    notice = SimpleUploadedFile("2027.csv", "2027-01-01,休,元旦\n2027-01-03,班,元旦调休\n".encode())
    admin.post("/calendar/draft/", {"step": "file", "file": notice, "confirms": "2027"})
    draft = CalendarDraft.objects.get()
    assert 2027 in draft.confirmed_years
    assert {"date": "2027-01-03", "kind": "work", "name": "元旦调休"} in draft.days


@pytest.mark.parametrize(
    ("step", "message"),
    [
        ({"step": "days", "first": "2026-06-17", "last": "2026-06-01"}, "结束日期不得早于开始日期"),
        ({"step": "days", "first": "x"}, "开始日期"),
        ({"step": "file"}, "年度放假安排"),
        ({"step": "year", "year": "x", "confirmed": "yes"}, "年份"),
    ],
)
def test_what_cannot_be_taken_is_said_where_it_was_typed(admin, step, message):
    admin.post("/calendar/")
    page = add(admin, **step)
    assert page.status_code == 200
    assert "gf-errors" in page.content.decode() and message in text(page)


def test_a_day_is_taken_out_again_and_a_draft_discarded(admin):
    admin.post("/calendar/")
    add(admin)
    admin.post("/calendar/draft/", {"step": "plain", "on": "2026-06-17"})
    assert "临时放假" not in str(CalendarDraft.objects.get().days)
    admin.post("/calendar/draft/", {"step": "plain", "on": "nonsense"})
    admin.post("/calendar/draft/", {"step": "discard"})
    assert not CalendarDraft.objects.filter(open=True).exists()
    for address in ("/calendar/draft/", "/calendar/draft/preview/"):
        assert "没有草稿" in text(admin.get(address, follow=True))
    assert workdays.current().version == 1


def test_a_draft_overtaken_by_another_calendar_is_refused_with_a_reason(admin):
    admin.post("/calendar/")
    workdays.add_year(2027, {"confirmed": False}, note="", at=WHEN)
    assert "已发布了新的日历" in text(admin.post("/calendar/draft/preview/", {"note": "x"}))


def test_an_outage_is_previewed_then_declared(admin, town, monkeypatch):
    matter = town.report("ZZ01")
    monkeypatch.setattr(clock, "now", lambda: at("2026-06-16 14:00"))
    window = {"began_at": "2026-06-16T08:30", "ended_at": "2026-06-16T12:00", "why": "机房断电"}
    page = admin.post("/calendar/outages/", window | {"step": "preview"})
    assert matter.number in text(page) and not Outage.objects.exists()
    admin.post("/calendar/outages/", window | {"step": "declare"})
    assert Outage.objects.get().began_at == at("2026-06-16 08:30")
    assert "机房断电" in text(admin.get("/calendar/outages/"))
    again = admin.post("/calendar/outages/", window | {"step": "declare"})
    assert "重叠" in text(again)


@pytest.mark.parametrize("who", ["town_handler", "desk", "district_supervisor", "auditor"])
@pytest.mark.parametrize(
    "address",
    ["/calendar/", "/calendar/draft/", "/calendar/draft/preview/", "/calendar/outages/", "/calendar/jobs/1/"],
)
def test_it_is_for_administrators(town, client, who, address):
    client.force_login(getattr(town, who))
    assert client.get(address).status_code == 403
    assert client.post(address).status_code == 403


def test_the_door_is_shown_to_administrators_only(town, client, admin):
    assert 'href="/calendar/"' in admin.get("/").content.decode()
    client.force_login(town.desk)
    assert 'href="/calendar/"' not in client.get("/").content.decode()
