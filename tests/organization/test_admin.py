"""The configuration pages open, store, and keep what must be kept."""

import pytest
from django.contrib import admin
from django.urls import reverse

from dispatch import recognition
from dispatch.models import ChannelSetting, Responsibility, TimePolicy
from organization.models import ApiClient, Area, Person

CONFIGURED = {
    "organization": {"area", "platform", "department", "person", "post", "apiclient", "calendarversion"},
    "matters": {"category", "channel"},
    "dispatch": {"timepolicy", "responsibility", "channelsetting", "emergencyword"},
}


@pytest.fixture
def browser(town, client):
    client.force_login(town.administrator)
    return client


def page(model, name="changelist", *arguments):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=arguments)


def rooms():
    return [model for model in admin.site._registry if model._meta.app_label in CONFIGURED]


def a_row(town, model):
    """The first row; the town has no system, no gateway and no emergency word of its own."""
    town.client()
    recognition.load_words()
    ChannelSetting.objects.create(medium="sms", url="https://sms.example.org/send", body={})
    return model.objects.order_by("pk").first()


def test_only_configuration_is_configured_here(db):
    found = {room: {m._meta.model_name for m in rooms() if m._meta.app_label == room} for room in CONFIGURED}
    assert found == CONFIGURED


@pytest.mark.parametrize("model", rooms(), ids=lambda model: model._meta.model_name)
def test_every_page_opens(browser, town, model):
    row = a_row(town, model)
    assert browser.get(page(model)).status_code == 200
    assert browser.get(page(model, "change", row.pk)).status_code == 200
    assert browser.get(page(model, "add")).status_code in (200, 403)


@pytest.mark.parametrize("model", rooms(), ids=lambda model: model._meta.model_name)
def test_nothing_is_deleted_but_a_gateway(browser, town, model):
    row = a_row(town, model)
    if model is ChannelSetting:
        assert browser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 302
        return
    assert browser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_a_person_is_added_with_a_password_that_is_hashed(browser):
    facts = {"username": "new01", "name": "新来的", "usable_password": "true"}
    facts |= {"password1": "a-long-enough-phrase", "password2": "a-long-enough-phrase"}
    posts = {
        f"posts-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS", "MIN_NUM_FORMS", "MAX_NUM_FORMS")
    }
    answer = browser.post(page(Person, "add"), facts | posts)
    assert answer.status_code == 302, answer.context["adminform"].errors
    person = Person.objects.get(username="new01")
    assert person.check_password("a-long-enough-phrase")
    assert "a-long-enough-phrase" not in person.password


def test_a_password_is_never_shown_and_is_changed_on_its_own_page(browser, town):
    text = browser.get(page(Person, "change", town.desk.pk)).text
    assert town.desk.password not in text
    answer = browser.post(
        reverse("admin:auth_user_password_change", args=[town.desk.pk]),
        {"usable_password": "true", "password1": "another-long-phrase", "password2": "another-long-phrase"},
    )
    assert answer.status_code == 302
    town.desk.refresh_from_db()
    assert town.desk.check_password("another-long-phrase")


def test_a_key_is_never_shown_or_made_here(browser, town):
    row, _key = town.client()
    assert row.secret_hash not in browser.get(page(ApiClient, "change", row.pk)).text
    assert browser.get(page(ApiClient, "add")).status_code == 403


def test_a_new_area_gets_its_path_and_its_box(browser, town):
    facts = {"code": "990106001001003", "name": "第三网格", "level": "grid", "parent": town.village.pk}
    facts |= {"valid_from": "2026-06-15", "ring": "[[119.2,29.0],[119.3,29.0],[119.3,29.1],[119.2,29.0]]"}
    answer = browser.post(page(Area, "add"), facts)
    assert answer.status_code == 302, answer.context["adminform"].errors
    area = Area.objects.get(code="990106001001003")
    assert area.path == f"{town.village.path}990106001001003/"
    assert (area.west, area.south, area.east, area.north) == (119.2, 29.0, 119.3, 29.1)


def test_a_published_line_can_only_be_ended(browser, town):
    line = town.lines["ZF01"]
    answer = browser.post(
        page(Responsibility, "change", line.pk), {"effective_to": "2026-12-31", "limit_amount": "1"}
    )
    assert answer.status_code == 302
    line.refresh_from_db()
    assert (str(line.effective_to), line.limit_amount) == ("2026-12-31", 20)


def policy(browser, town, **facts):
    import json

    row = TimePolicy.objects.get()
    stored = {"stages": row.stages, "levels": row.levels, "ladders": row.ladders, "rings": row.rings, **facts}
    sent = {name: json.dumps(value) for name, value in stored.items()}
    return browser.post(
        page(TimePolicy, "add"), sent | {"effective_from": "2027-01-01", "auto_confidence": "0.95"}
    )


def test_a_policy_that_can_be_read_is_stored(browser, town):
    assert policy(browser, town).status_code == 302
    assert TimePolicy.objects.count() == 2


@pytest.mark.parametrize(
    "facts",
    [
        {"stages": {}},
        {"stages": []},
        {"levels": {"village": "five days", "town": "5WD"}},
        {"levels": {"village": 5, "town": "5WD"}},
        {"ladders": {"normal": {}, "urgent": {}, "emergency": {}}},
        {"rings": {"every": "3M"}},
    ],
)
def test_a_policy_that_would_stop_every_report_is_refused(browser, town, facts):
    assert policy(browser, town, **facts).status_code == 200
    assert TimePolicy.objects.count() == 1


@pytest.mark.parametrize("who", ["desk", "auditor", "district_supervisor"])
def test_others_are_sent_away(town, client, who):
    client.force_login(getattr(town, who))
    assert client.get(reverse("admin:index")).status_code == 302


def line(browser, town, **facts):
    sent = {"code": "ZF01", "version": 2, "category": town.categories["ZF01"].pk, "area": town.town1.pk}
    sent |= {
        "list_kind": "basic",
        "lead_level": "town",
        "lead_office": "ZFDW",
        "assisting": "[]",
        "above": "{}",
    }
    sent |= {"limit_amount": 10, "limit_unit": "WD", "first_response": "4WH", "ladder": "null"}
    sent |= {"effective_from": "2026-07-01", "published_at_0": "2026-06-20", "published_at_1": "10:00:00"}
    sent |= {"state": "published"}
    return browser.post(page(Responsibility, "add"), sent | facts)


def test_the_next_version_of_a_line_is_added(browser, town):
    answer = line(browser, town)
    assert answer.status_code == 302, answer.context["adminform"].errors
    assert str(Responsibility.objects.get(code="ZF01", version=2).limit) == "10WD"


@pytest.mark.parametrize(
    "facts",
    [
        {"limit_unit": "XX"},
        {"first_response": "soon"},
        {"total": "5"},
        {"ladder": '{"remind": 2}'},
        {"lead_level": "", "lead_office": ""},
        {"area": "district"},  # overlaps the line in force
    ],
)
def test_a_line_that_could_not_be_followed_is_refused(browser, town, facts):
    if facts.get("area"):
        facts = {"area": town.district.pk}
    assert line(browser, town, **facts).status_code == 200
    assert not Responsibility.objects.filter(version=2).exists()
