"""The demo's clock walks: everything due on the way fires at its own moment. It never goes back."""

import datetime as dt
import json
import threading

import pytest
from django.db import connection
from django.test import Client

from demo import walk
from dispatch import reporting
from dispatch.models import Node, Rung
from matters.refusals import Invalid, Refused
from organization import clock, people
from organization.calendar import Limit
from organization.models import Person

CLOCK = "/demo/clock"
DAY = dt.timedelta(days=1)


@pytest.fixture
def matter(town):
    at = clock.now()
    return reporting.report(town.new("ZZ07"), by=town.actor("grid_member", at), at=at)[0]


@pytest.fixture
def hotline(town):
    _client, key = town.client(name="hotline")
    return {"HTTP_AUTHORIZATION": f"Api-Key {key}"}


def post(client, body, **headers):
    return client.post(CLOCK, json.dumps(body), content_type="application/json", **headers)


def test_everything_on_the_way_fires_at_its_own_moment(town, matter):
    walked = walk.walk(by=Limit(5, "WD"))
    rungs = Rung.objects.all()
    assert walked.walked and walked.fired == len(rungs) > 5
    for rung in rungs:
        assert dt.timedelta(0) <= rung.fired_at - rung.due_at < dt.timedelta(seconds=1), rung.action
    assert {"remind", "warn", "escalate"} <= {rung.action for rung in rungs}
    assert clock.now() >= walked.now
    assert not Node.objects.alarm_due(clock.now()).exists()


def test_the_walk_ends_at_the_moment_asked_for(town):
    target = clock.now() + 3 * DAY
    assert target <= walk.walk(to=target).now < target + dt.timedelta(seconds=30)


def test_working_days_end_at_close_of_business(town):
    assert walk.walk(by=Limit(1, "WD")).now.strftime("%H:%M") == "17:30"


def test_what_was_late_before_the_walk_fires_now_and_not_back_in_time(town, matter):
    walk.jump(to=clock.now() + 10 * DAY)
    arrived = clock.now()
    walk.walk(to=arrived + dt.timedelta(minutes=5))
    assert Rung.objects.exists()
    assert all(rung.fired_at >= arrived for rung in Rung.objects.all())


def test_a_jump_fires_nothing_by_itself(town, matter):
    jumped = walk.jump(to=clock.now() + 10 * DAY)
    assert (jumped.fired, jumped.walked) == (0, False)
    assert not Rung.objects.exists()


def test_the_clock_never_goes_back(town):
    ahead = walk.jump(to=clock.now() + 2 * DAY).now
    for move in (walk.walk, walk.jump):
        with pytest.raises(Refused):
            move(to=ahead - DAY)
    assert clock.now() >= ahead


def test_the_clock_has_a_horizon(town):
    with pytest.raises(Invalid):
        walk.jump(to=clock.now() + 900 * DAY)


def test_the_offset_is_kept_in_the_database(town):
    from organization.models import ClockOffset

    walk.jump(to=clock.now() + 2 * DAY)
    assert ClockOffset.objects.get().ahead > dt.timedelta(days=1, hours=23)


def test_a_node_that_fails_does_not_stop_the_walk(town, matter, monkeypatch):
    from dispatch import escalation

    other = reporting.report(town.new("ZZ07"), by=town.actor("grid_member", clock.now()), at=clock.now())[0]
    apply = escalation._apply

    def fails_for_one(row, node, *rest):
        if row.pk == matter.pk:
            raise RuntimeError("broken")
        return apply(row, node, *rest)

    monkeypatch.setattr(escalation, "_apply", fails_for_one)
    walk.walk(by=Limit(1, "WD"))
    assert Rung.objects.filter(node__matter=other).exists()
    assert not Rung.objects.filter(node__matter=matter).exists()


def test_the_hotline_key_moves_the_clock(client, town, hotline, matter):
    before = clock.now()
    answer = post(client, {"advance": {"amount": 5, "unit": "WD"}}, **hotline)
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {"now", "fired", "walked"}
    assert dt.datetime.fromisoformat(body["now"]) > before + 5 * DAY
    assert body["walked"] is True and body["fired"] > 0


def test_it_says_what_time_it_is(client, town, hotline):
    now = dt.datetime.fromisoformat(client.get(CLOCK, **hotline).json()["now"])
    assert abs(now - clock.now()) < dt.timedelta(seconds=5)


def test_a_jump_by_address(client, town, hotline, matter):
    to = (clock.now() + 3 * DAY).isoformat()
    assert post(client, {"to": to, "jump": True}, **hotline).json()["walked"] is False


def test_going_back_is_a_conflict(client, town, hotline):
    answer = post(client, {"to": (clock.now() - DAY).isoformat()}, **hotline)
    assert (answer.status_code, answer.json()["code"]) == (409, "back")


@pytest.mark.parametrize(
    "nonsense",
    [{}, [], "soon", {"to": "soon"}, {"to": "2026-12-01T09:00:00"}, {"to": 5}, {"advance": 5},
     {"advance": {"amount": 0, "unit": "WD"}}, {"advance": {"amount": True, "unit": "WD"}},
     {"advance": {"amount": 5, "unit": "WEEKS"}}, {"advance": {"amount": "5", "unit": "WD"}},
     {"advance": {"amount": 5, "unit": "WD"}, "to": "2026-12-01T09:00:00+08:00"},
     {"advance": {"amount": 9_999_999, "unit": "D"}}, {"advance": {"amount": 99_999, "unit": "D"}},
     {"to": "2026-12-01T09:00:00+08:00", "jump": "yes"}, {"to": "2026-12-01T09:00:00+08:00", "x": 1},
     {"advance": {"amount": 5, "unit": ["WD"]}}],
)  # fmt: skip
def test_nonsense_is_refused(client, town, hotline, nonsense):
    assert post(client, nonsense, **hotline).status_code == 400


def test_broken_json_is_refused(client, town, hotline):
    assert client.post(CLOCK, "{", content_type="application/json", **hotline).status_code == 400


def test_another_key_may_not(client, town):
    _client, key = town.client(name="readonly", scopes=("read",))
    assert (
        post(client, {"advance": {"amount": 1, "unit": "M"}}, HTTP_AUTHORIZATION=f"Api-Key {key}").status_code
        == 403
    )


def test_without_a_key_it_is_not_open(client, town):
    assert post(client, {"advance": {"amount": 1, "unit": "M"}}).status_code == 401


def test_only_the_admin_may_with_a_session_and_csrf(town):
    admin = Person.objects.create(username="admin", name="管理员")
    body = {"advance": {"amount": 1, "unit": "M"}}
    for person, status in ((admin, 200), (town.desk, 403)):
        client = Client()
        client.force_login(person)
        assert post(client, body).status_code == status
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(admin)
    assert post(strict, body).status_code == 403


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("get", "/demo/"),
        ("get", CLOCK),
        ("post", CLOCK),
        ("post", "/demo/login/"),
        ("post", "/demo/advance/"),
    ],
)
def test_outside_demo_mode_there_is_nothing(client, town, settings, method, address):
    settings.DEMO = False
    assert getattr(client, method)(address).status_code == 404


def test_the_page_offers_the_roles_and_the_clock(client, town):
    Person.objects.create(username="grid01", name="钱国庆")
    answer = client.get("/demo/")
    assert answer.status_code == 200
    assert answer.context["now"]


def test_one_press_signs_in_as_a_named_role_only(client, town):
    grid01 = Person.objects.create(username="grid01", name="钱国庆")
    client.post("/demo/login/", {"username": "grid01"})
    assert client.session["_auth_user_id"] == str(grid01.pk)
    assert client.post("/demo/login/", {"username": town.desk.username}).status_code == 404


@pytest.mark.parametrize("step", ["alarm", "morning", "five", "nonsense"])
def test_the_buttons_walk(client, town, matter, step):
    before = clock.now()
    assert client.post("/demo/advance/", {"step": step}).url == "/demo/"
    moved = clock.now() - before
    assert moved < dt.timedelta(minutes=1) if step == "nonsense" else moved > dt.timedelta(minutes=1)


def test_the_clock_of_people_and_keys_is_real(client, town, hotline):
    """A session or a key does not end because the demo's clock was moved."""
    walk.jump(to=clock.now() + 700 * DAY)
    assert client.get(CLOCK, **hotline).status_code == 200
    assert people.actor(town.desk, at=clock.now()).posts


def test_two_walks_queue(town, monkeypatch):
    """The second waits for the first, and gives up only after a long while."""
    held, let_go = threading.Event(), threading.Event()

    def first():
        try:
            with walk.one_at_a_time():
                held.set()
                let_go.wait(10)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert held.wait(10)
    monkeypatch.setattr(walk, "PATIENCE", 0.1)
    with pytest.raises(Refused):
        walk.walk(by=Limit(1, "M"))
    let_go.set()
    thread.join()
    monkeypatch.setattr(walk, "PATIENCE", 10.0)
    assert walk.walk(by=Limit(1, "M")).walked
