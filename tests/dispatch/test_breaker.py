"""Far more due at once than usual, or a clock that jumped: hold, page, let go by severity, forget nothing (C8, C9)."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, InternalError, transaction

from dispatch import breaker, clock_guard, escalation, letting_go, outbox, overload
from dispatch.breaker_rows import Breaker, BreakerEvent
from dispatch.choices import BreakerCause, BreakerState, Lateness
from dispatch.models import Node, Outbox, Rung, SweepHeartbeat
from matters.refusals import Invalid, NotAllowed, Refused
from organization import clock
from tests.dispatch.herds import herd
from tests.town import at

pytestmark = pytest.mark.django_db

BEFORE, EDITED = at("2026-06-16 10:00"), at("2026-06-16 10:00:10")
WARNING = (None, None, None, None, EDITED, at("2026-06-20 10:00"))
REMINDING = (None, None, None, EDITED, at("2026-06-20 10:00"), at("2026-06-25 10:00"))
FIRST = (EDITED, *[at("2026-06-25 10:00") + timedelta(hours=n) for n in range(5)])


@pytest.fixture(autouse=True)
def small(monkeypatch):
    """The same rules with small numbers: above ten at once it trips."""
    monkeypatch.setattr(breaker, "LEAST", 10)
    monkeypatch.setattr(clock_guard, "_last", None)


@pytest.fixture
def swept(town):
    """Somebody has been sweeping, so what falls due now is no backlog."""
    escalation.sweep(at=BEFORE)
    return town


def state():
    return Breaker.objects.get().state


def real(monkeypatch, **later):
    """Real time, so much later than now."""
    now = clock.real_now() + timedelta(**later)
    monkeypatch.setattr(clock, "real_now", lambda: now)
    monkeypatch.setattr(clock_guard, "_last", None)
    return now


def swept_again(moment):
    """As if sweeps had gone on until then."""
    SweepHeartbeat.objects.update(swept_to=moment)


def fired(action=None):
    return Rung.objects.filter(action=action).count() if action else Rung.objects.count()


def test_a_mass_of_warnings_is_held_and_the_administrators_are_paged(swept):
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)

    assert (state(), fired()) == (BreakerState.HOLDING, 0)
    assert not Node.objects.running().filter(next_alarm_at=None).exists(), "what is held keeps its alarm"
    [event] = BreakerEvent.objects.all()
    assert (event.what, event.cause, event.by_name) == ("tripped", "mass", "平台")
    pages = Outbox.objects.filter(kind="breaker")
    assert {(page.recipient, page.medium) for page in pages} == {
        (swept.administrator, "email"),
        (swept.administrator, "sms"),
    }
    assert {page.matter for page in pages} == {None}


def test_the_page_is_sent_to_administrators_and_says_what_to_do(swept, mailoutbox):
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    outbox.relay(at=EDITED, medium="email")

    [mail] = [mail for mail in mailoutbox if "administrator" in mail.to[0]]
    assert "等待决定" in mail.subject and "系统检查" in mail.body


def test_emergencies_reminders_and_first_rungs_go_on(swept):
    herd(swept, 12, lambda n: WARNING)
    reminded, first, burning = lead_like(swept, REMINDING), lead_like(swept, FIRST), lead_like(swept, WARNING)
    Node.objects.filter(pk=burning.pk).update(urgency="emergency")
    Node.objects.filter(pk=first.pk).update(rung=0, fired=[])
    escalation.sweep(at=EDITED)

    assert state() == BreakerState.HOLDING
    rang = set(Rung.objects.values_list("node", flat=True))
    assert rang == {reminded.pk, first.pk, burning.pk}


def lead_like(town, moments):
    """One more step, whose number no other has."""
    [node] = herd_of_one(town, moments)
    return node


def herd_of_one(town, moments):
    from matters.models import Matter

    made = herd(town, 1, lambda n: moments) if not Matter.objects.filter(number="X-00000").exists() else None
    if made:
        return made
    Matter.objects.filter(number="X-00000").update(number=f"Y-{Matter.objects.count()}")
    return herd(town, 1, lambda n: moments)


def test_a_short_stop_does_not_either_nor_does_what_falls_due_meanwhile(swept):
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=BEFORE + timedelta(seconds=31))
    assert (state(), fired()) == (BreakerState.CLOSED, 30)


def test_a_days_outage_does_not_trip_it(town):
    herd(town, 60, lambda n: WARNING)
    escalation.sweep(at=EDITED - timedelta(days=1))
    escalation.sweep(at=EDITED)
    assert fired() == 60
    assert state() == BreakerState.CLOSED


def test_the_second_wave_after_an_outage_does_not_trip_it_either(swept):
    herd(swept, 30, lambda n: WARNING)
    Node.objects.filter(rung__gt=0).update(rest_until=EDITED)
    escalation.sweep(at=EDITED)
    assert fired() == 30


def test_ten_times_what_is_usual_is_not_a_mass(swept):
    Breaker.objects.update(usual=3, measured_at=clock.real_now())
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    assert fired() == 30


def test_usual_is_the_busiest_minute_of_an_ordinary_day(swept):
    for days, count in ((1, 4), (2, 6), (3, 50)):
        moment = BEFORE - timedelta(days=days)
        nodes = herd_named(swept, days, count, moment)
        for node in nodes:
            escalation.ring(node.pk, node.matter_id, escalation.limits.timing(moment))
    assert overload.usual(BEFORE) == 6
    Rung.objects.update(late_by=100)
    assert overload.usual(BEFORE) == 0, "what fired late was not usual"


def herd_named(town, days, count, moment):
    from matters.models import Matter

    nodes = herd(
        town, count, lambda n: (None, None, None, moment, at("2026-06-25 10:00"), at("2026-06-26 10:00"))
    )
    for matter in Matter.objects.filter(number__startswith="X-"):
        Matter.objects.filter(pk=matter.pk).update(number=f"{days}{matter.number}")
    return nodes


def test_after_a_quarter_of_an_hour_it_lets_go_one_a_second_the_urgent_and_the_oldest_first(
    swept, monkeypatch
):
    nodes = herd(swept, 30, lambda n: (*WARNING[:4], EDITED - timedelta(seconds=n % 5), WARNING[5]))
    urgent = nodes[7]
    Node.objects.filter(pk=urgent.pk).update(urgency="urgent")
    escalation.sweep(at=EDITED)
    real(monkeypatch, minutes=16)
    later = EDITED + timedelta(minutes=16)
    escalation.sweep(at=later)
    assert (state(), fired()) == (BreakerState.RELEASING, 0)

    real(monkeypatch, seconds=3)
    escalation.sweep(at=later + timedelta(seconds=3))
    rang = list(Rung.objects.order_by("pk").values_list("node", flat=True))
    assert len(rang) == 3
    oldest = {node.pk for n, node in enumerate(nodes) if n % 5 == 4}
    assert rang[0] == urgent.pk and set(rang[1:]) <= oldest
    assert set(Rung.objects.values_list("cause", flat=True)) == {Lateness.HELD}


def test_when_nothing_is_held_any_more_everything_rings_again(swept, monkeypatch):
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    real(monkeypatch, minutes=16)
    escalation.sweep(at=EDITED + timedelta(minutes=16))
    for n in range(1, 4):
        real(monkeypatch, seconds=30)
        escalation.sweep(at=EDITED + timedelta(minutes=16, seconds=30 * n))
    assert (state(), fired("warn")) == (BreakerState.CLOSED, 30)
    assert [*BreakerEvent.objects.order_by("pk").values_list("what", flat=True)] == [
        "tripped",
        "slowly",
        "closed",
    ]


def test_an_administrator_lets_go_of_everything_and_the_reason_is_kept(swept):
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    letting_go.release(by=swept.actor("administrator"), at=EDITED, why="日历是对的")
    escalation.sweep(at=EDITED + timedelta(seconds=2))

    assert (state(), fired("warn")) == (BreakerState.CLOSED, 30)
    event = BreakerEvent.objects.latest("pk")
    assert (event.what, event.person, event.why) == ("released", swept.administrator, "日历是对的")
    assert set(Rung.objects.filter(late_by__gt=0).values_list("cause", flat=True)) <= {Lateness.HELD}


def test_aborted_it_holds_until_a_person_lets_go_and_pages_every_hour(swept, monkeypatch):
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    letting_go.abort(by=swept.actor("administrator"), at=EDITED, why="时限改错了")
    paged = Outbox.objects.filter(kind="breaker").count()
    real(monkeypatch, hours=2)
    escalation.sweep(at=EDITED + timedelta(hours=2))

    assert (state(), fired()) == (BreakerState.STOPPED, 0)
    assert Outbox.objects.filter(kind="breaker").count() == 2 * paged
    Node.objects.filter(next_alarm_at=EDITED).update(next_alarm_at=WARNING[5])  # the mistake was put right
    letting_go.release(by=swept.actor("administrator"), at=EDITED, why="已改正")
    escalation.sweep(at=EDITED + timedelta(hours=2, seconds=2))
    assert fired() == 0


def test_only_who_looks_after_the_platform_decides_and_says_why(swept):
    administrator = swept.actor("administrator")
    with pytest.raises(Refused):
        letting_go.release(by=administrator, at=EDITED, why="没有")
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    with pytest.raises(NotAllowed):
        letting_go.release(by=swept.actor("district_desk"), at=EDITED, why="着急")
    with pytest.raises(Invalid):
        letting_go.abort(by=administrator, at=EDITED, why="  ")
    assert state() == BreakerState.HOLDING


@pytest.fixture
def hands(swept, monkeypatch):
    """Sets the database's clock that many seconds on, while no time passes."""
    base = clock.real_now()
    monkeypatch.setattr(clock_guard, "ticks", lambda: 0.0)
    monkeypatch.setattr(clock_guard, "_last", None)

    def put(**on):
        monkeypatch.setattr(clock, "real_now", lambda: base + timedelta(**on))

    put()
    escalation.sweep(at=BEFORE)
    return put


@pytest.mark.parametrize(("seconds", "cause"), [(61, BreakerCause.FORWARD), (-6, BreakerCause.BACKWARD)])
def test_a_clock_that_jumps_holds_what_weighs_and_is_believed_after_a_quarter_of_an_hour(
    swept, hands, seconds, cause
):
    herd(swept, 3, lambda n: WARNING)
    hands(seconds=seconds)
    escalation.sweep(at=EDITED)
    assert (state(), Breaker.objects.get().cause, fired()) == (BreakerState.HOLDING, cause, 0)

    hands(minutes=20)
    escalation.sweep(at=EDITED + timedelta(minutes=20))
    assert (state(), fired("warn")) == (BreakerState.CLOSED, 3)


@pytest.mark.parametrize("seconds", [59, -4])
def test_a_clock_that_is_only_set_right_does_not(swept, hands, seconds):
    herd(swept, 3, lambda n: WARNING)
    hands(seconds=seconds)
    escalation.sweep(at=EDITED)
    assert fired("warn") == 3


def test_a_reading_that_took_long_says_nothing_about_the_clock(monkeypatch):
    moments = iter([0.0, 0.0, 10.0, 90.0, 100.0, 100.0])
    monkeypatch.setattr(clock_guard, "ticks", lambda: next(moments))
    assert clock_guard.look(lambda: at("2026-06-15 09:00:00"))[1] == 0
    assert clock_guard.look(lambda: at("2026-06-15 09:00:10"))[1] == 0, "stopped while reading"
    assert clock_guard.look(lambda: at("2026-06-15 09:01:40"))[1] == 0


def test_moving_the_demos_clock_never_trips_it(town):
    from demo import walk

    herd(
        town, 60, lambda n: (*WARNING[:4], clock.now() + timedelta(hours=2), clock.now() + timedelta(days=9))
    )
    Node.objects.update(promise_near_at=None, promise_due_at=None)  # made in June, and the clock says today
    escalation.sweep(at=clock.now())
    walk.jump(to=clock.now() + timedelta(hours=3))
    escalation.sweep(at=clock.now())
    assert (state(), fired("warn")) == (BreakerState.CLOSED, 60)


def test_the_command_shows_and_decides(swept, capsys):
    call_command("breaker")
    assert capsys.readouterr().out.startswith("closed:")
    with pytest.raises(CommandError):
        call_command("breaker", "release", why="nothing there")
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    with pytest.raises(CommandError):
        call_command("breaker", "abort")
    call_command("breaker", "abort", why="wrong notice imported")
    assert capsys.readouterr().out.startswith("stopped:")
    assert BreakerEvent.objects.latest("pk").by_name.startswith("command: ")


def test_there_is_one_breaker_and_its_record_is_not_rewritten(swept):
    with pytest.raises(IntegrityError, match="one_breaker"), transaction.atomic():
        Breaker.objects.create(pk=2)
    herd(swept, 30, lambda n: WARNING)
    escalation.sweep(at=EDITED)
    with pytest.raises(InternalError), transaction.atomic():
        BreakerEvent.objects.update(why="nothing happened")
