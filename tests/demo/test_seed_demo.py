"""The demo district as the seed plants it, with a short version of its ninety days."""

import json
import os
import stat

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import Count, Q

from demo.seeding import clients, facts
from demo.seeding import matters as stories
from demo.seeding.people import NAMED
from dispatch import rosters
from dispatch.choices import NodeKind, NodeStatus, TrayReason
from dispatch.models import Escalation, Node, Outbox, Responsibility, Routing
from matters import timeline
from matters.choices import Ending, Status
from matters.models import Category, Entry, Matter
from organization import clock
from organization.choices import Level, Role
from organization.models import Absence, ApiClient, Area, CalendarVersion, Department, Person, Post

pytestmark = pytest.mark.django_db  # the database is set up for tests that say so
TOLD = 110


@pytest.fixture(scope="module")
def planted(django_db_setup, django_db_blocker, tmp_path_factory):
    """One seeded district for this module; the moment up to which it was told, and the file of logins."""
    file = tmp_path_factory.mktemp("seed") / "logins.json"
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", matters=TOLD, logins=str(file))
        yield file
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("level", "count"), [(Level.DISTRICT, 1), (Level.TOWN, 6), (Level.VILLAGE, 24), (Level.GRID, 73)]
)
def test_the_district_has_its_areas(planted, level, count):
    assert Area.objects.filter(level=level).count() == count


def test_the_district_has_its_units_categories_and_people(planted):
    assert Department.objects.count() == 137
    assert Category.objects.count() == Responsibility.objects.count() == 70
    assert len(facts.district()["people"]) == 187
    assert Person.objects.count() == 187 + 107 + 77  # the heads and the handlers that units lacked
    assert CalendarVersion.objects.get().confirmed_years


def test_two_grids_have_no_boundary(planted):
    assert Area.objects.filter(level=Level.GRID, ring__isnull=True, west=None).count() == 2


def test_every_unit_has_a_head_and_a_handler(planted):
    held = Department.objects.annotate(
        heads=Count("posts", filter=Q(posts__role=Role.HEAD)),
        handlers=Count("posts", filter=Q(posts__role=Role.HANDLER)),
    )
    assert not held.filter(Q(heads=0) | Q(handlers=0)).exists()


def test_streets_have_no_agriculture_office(planted):
    assert set(Department.objects.filter(office="NYB").values_list("area__kind", flat=True)) == {
        "town",
        "township",
    }


def test_no_line_leads_a_reclaimed_matter_to_a_town(planted):
    assert not Responsibility.objects.filter(list_kind="reclaimed").exclude(lead_level="district").exists()
    assert not Responsibility.objects.filter(code__in=["XX90", "XX91"]).exclude(lead_level="").exists()


def test_command_rooms_are_the_towns_and_the_centre(planted):
    rooms = Department.objects.command_rooms()
    assert sorted(rooms.values_list("office", flat=True)) == ["XXZH"] * 6 + ["ZLZX"]


def test_sensitive_desks_are_the_town_leaders_and_one_of_the_centre(planted):
    desks = Post.objects.filter(sensitive_desk=True)
    assert desks.filter(role=Role.HEAD, department__office="XXZH").count() == 6
    assert desks.filter(department__office="ZLZX").exclude(person__username="districtdesk").count() == 1
    assert desks.count() == 7


@pytest.mark.parametrize(
    ("username", "role", "area", "office"),
    [
        ("grid01", Role.GRID_MEMBER, "990106001", None),
        ("village01", Role.HEAD, "990106001", "CWH"),
        ("town01", Role.HANDLER, "990106001", "ZFDW"),
        ("desk01", Role.DISPATCHER, "990106001", "XXZH"),
        ("grid02", Role.GRID_MEMBER, "990106100", None),
        ("village02", Role.HEAD, "990106100", "CWH"),
        ("town02", Role.HANDLER, "990106100", "ZFDW"),
        ("desk02", Role.DISPATCHER, "990106100", "XXZH"),
        ("district01", Role.SUPERVISOR, "990106", "ZLZX"),
        ("districtdesk", Role.DISPATCHER, "990106", "ZLZX"),
        ("bureau01", Role.HANDLER, "990106", "SCJGJ"),
        ("auditor", Role.AUDITOR, "990106", None),
        ("admin", Role.ADMINISTRATOR, "990106", None),
    ],
)
def test_a_named_login_holds_its_post(planted, username, role, area, office):
    post = Post.objects.select_related("area", "department__area").get(person__username=username)
    place = post.area or post.department.area
    assert (post.role, post.department and post.department.office) == (role, office)
    assert f"/{area}/" in place.path
    assert post.person.email == f"{username}@demo.invalid"


def test_the_village_and_the_grid_of_a_pair_belong_together(planted):
    for number in ("01", "02"):
        grid = Post.objects.get(person__username=f"grid{number}").area
        assert grid.parent == Post.objects.get(person__username=f"village{number}").department.area


def test_the_logins_are_private_and_open_the_door(planted, monkeypatch):
    assert stat.S_IMODE(os.stat(planted).st_mode) == 0o600
    content = json.loads(planted.read_text())
    assert [user["username"] for user in content["users"]] == NAMED
    assert {client["name"]: client["scopes"] for client in content["api_clients"]} == {
        "hotline": ["report", "read"],
        "readonly": ["read"],
    }
    assert Person.objects.get(username="grid01").check_password(content["users"][0]["password"])


def test_a_second_run_changes_nothing_and_prints_the_same_keys(planted, tmp_path):
    before = list(ApiClient.objects.order_by("pk").values()), Matter.objects.count()
    again = tmp_path / "again.json"
    call_command("seed_demo", if_empty=True, logins=str(again))
    assert again.read_text() == planted.read_text()
    call_command("seed_demo", logins=str(again))
    assert again.read_text() == planted.read_text()
    assert (list(ApiClient.objects.order_by("pk").values()), Matter.objects.count()) == before


def test_another_secret_key_makes_other_api_keys(settings):
    before = clients.key("hotline")
    settings.SECRET_KEY = "another" * 9
    assert clients.key("hotline") != before


def test_it_refuses_to_run_outside_demo_mode(settings):
    settings.DEMO = False
    for command, words in (("seed_demo", {}), ("seed_load", {"matters": 1})):
        with pytest.raises(CommandError, match="demo mode only"):
            call_command(command, **words)


# --- ninety days


def test_matters_stand_in_every_state(planted):
    found = set(Matter.objects.values_list("status", flat=True))
    assert found == {*Status} - {Status.MERGED, Status.VOIDED}  # nothing merges or voids yet


@pytest.mark.parametrize("ending", [Ending.ON_THE_SPOT, Ending.RATED, Ending.UNANSWERED, Ending.SETTLED])
def test_matters_end_in_every_way(planted, ending):
    assert Matter.objects.filter(status=Status.CLOSED, ending=ending).exists()


@pytest.mark.parametrize(
    "reason",
    [
        TrayReason.NO_CATEGORY,
        TrayReason.NO_UNIT,
        TrayReason.EMERGENCY_CALL,
        TrayReason.DECLINE_PROPOSED,
        TrayReason.SENT_BACK,
    ],
)
def test_the_tray_holds_matters_for_each_reason(planted, reason):
    waiting = Node.objects.running().filter(kind=NodeKind.TRIAGE).values("matter")
    assert Routing.objects.filter(reason=reason, matter__in=waiting).exists()


def test_open_matters_show_what_officers_must_see(planted):
    now, running = clock.now(), Node.objects.running()
    handling = running.filter(kind=NodeKind.HANDLE)
    assert handling.filter(part="lead", status=NodeStatus.OPEN).exists()
    assert handling.filter(part="lead", status=NodeStatus.SIGNED).exists()
    assert handling.filter(part="assisting").exists()
    assert running.filter(kind=NodeKind.CALLBACK, asks=False).exists()
    assert Matter.objects.overdue(now).exists()
    assert Matter.objects.open().filter(round__gt=1).exists()
    assert Matter.objects.open().filter(urgency="emergency").exists()
    assert Node.objects.filter(urgency="emergency", acknowledged_at__isnull=False).exists()
    assert {"town", "district"} <= set(Matter.objects.open().values_list("escalated_level", flat=True))
    assert Escalation.objects.filter(rung__isnull=False).exists()


def test_nothing_is_in_the_future_and_nothing_is_left_to_ring(planted):
    now = clock.now()
    assert not Entry.objects.filter(at__gt=now).exists()
    assert not Node.objects.filter(failures__gt=0).exists()
    assert not Routing.objects.filter(reason=TrayReason.FAILED).exists()
    newest = Entry.objects.order_by("-at").values_list("at", flat=True).first()
    assert not Node.objects.alarm_due(newest).exists()


def test_entries_were_written_in_the_order_of_time(planted):
    moments = list(Entry.objects.order_by("pk").values_list("at", flat=True))
    assert moments == sorted(moments)


def test_nobody_is_written_to_about_the_past(planted):
    assert not Outbox.objects.exists()


def test_every_timeline_is_whole(planted):
    assert [fault for matter in Matter.objects.all() for fault in timeline.breaks(matter)] == []


def test_telephones_are_invented_ones(planted):
    phones = set(Matter.objects.exclude(reporter=None).values_list("reporter__phone", flat=True))
    assert phones
    assert all(phone.startswith("141000") and len(phone) == 11 for phone in phones)


def test_every_category_has_words_of_its_own():
    texts = facts.texts()["reports"]
    assert set(texts) == {row["code"] for row in facts.district()["categories"]}
    assert all(3 <= len(set(each)) <= 6 for each in texts.values())


def test_no_story_breaks_off(planted, caplog):
    assert not [record for record in caplog.get_records("setup") if record.name == stories.__name__]


def test_every_unit_that_needs_a_roster_has_somebody_on_duty_for_two_weeks(planted):
    now = clock.now()
    assert len(rosters.needing(now)) > 20
    assert rosters.gaps(now, days=14) == []
    assert Absence.objects.at(now).filter(person__posts__role="head", deputy__isnull=False).exists()
