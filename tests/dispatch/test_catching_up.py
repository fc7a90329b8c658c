"""A day's outage: one rung a step at once, then time to act; nothing is blamed on the unit (C11)."""

from collections import Counter
from datetime import timedelta

import pytest

from dispatch import catching_up, escalation, handling, outbox
from dispatch.choices import Lateness
from dispatch.models import Node, Rung
from organization import workdays
from organization.calendar import plus_working_minutes, working_minutes
from tests.dispatch.herds import herd
from tests.dispatch.walking import lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

STOPPED, STARTED = at("2026-06-16 09:00"), at("2026-06-17 09:00")
LATER = at("2026-07-01 09:00")


def passing(n):
    """The moments of a step that passes one to five rungs while everything stands, the rest long after."""
    passed = n % 5 + 1
    early = [STOPPED + timedelta(hours=1 + n % 3, minutes=50 * place) for place in range(passed)]
    return [*early, *(LATER + timedelta(days=place) for place in range(6 - passed))]


def outage(town, count, *, until):
    """Everything stands for a day, then a sweep every ten seconds, later every five minutes."""
    nodes = herd(town, count, passing)
    moment, step = STARTED, timedelta(seconds=10)
    while moment < until:
        while escalation.sweep(at=moment):
            pass
        step = step if moment < STARTED + timedelta(minutes=5) else timedelta(minutes=5)
        moment += step
    return nodes


def hold_their_distance(nodes, town):
    """No step has two rungs within `min_dwell` of a late one."""
    calendar = workdays.current()
    for node in nodes:
        rungs = list(node.rungs.order_by("number"))
        for before, after in zip(rungs, rungs[1:], strict=False):
            if before.late_by:
                quarter = working_minutes(calendar, before.planned_at, after.planned_at) / 4
                least = plus_working_minutes(calendar, before.fired_at, max(30, quarter))
                assert after.fired_at >= least - timedelta(seconds=1), (node.pk, before.action, after.action)


def test_after_a_day_away_every_step_has_its_first_rung_within_five_minutes_and_keeps_its_distance(town):
    nodes = outage(town, 60, until=at("2026-06-17 12:00"))

    for node in nodes:
        first = node.rungs.order_by("number").first()
        assert first.fired_at <= STARTED + timedelta(minutes=5)
        assert first.action == "sign_missed"
        assert node.rungs.count() >= min(2, node.pk - nodes[0].pk + 1) - 1
    hold_their_distance(nodes, town)
    assert Rung.objects.filter(late_by=0).count() == 0
    assert set(Rung.objects.values_list("cause", flat=True)) == {Lateness.OUTAGE, Lateness.CATCHING_UP}


def test_after_a_day_away_nobody_gets_more_than_one_message(town, mailoutbox):
    herd(town, 30, passing)
    while escalation.sweep(at=STARTED):
        pass
    for minutes in range(4):
        outbox.relay(at=STARTED + timedelta(minutes=minutes), limit=500, medium="email")

    reached = Counter(mail.to[0] for mail in mailoutbox)
    assert reached and max(reached.values()) == 1
    assert {
        f"{town.village_handler.username}@example.org",
        f"{town.village_head.username}@example.org",
    } <= set(reached)


@pytest.mark.long
def test_five_thousand_steps_catch_up_after_a_day_away(town):
    nodes = outage(town, 5000, until=at("2026-06-17 09:40"))
    firsts = Rung.objects.filter(number=1)
    assert firsts.count() == 5000
    assert not firsts.filter(fired_at__gt=STARTED + timedelta(minutes=5)).exists()
    hold_their_distance(nodes[:500], town)


def test_a_late_rung_keeps_both_moments_and_says_that_the_platform_was_away(town):
    node = lead(town.report("ZZ01"))
    planned = node.sign_due_at
    escalation.sweep(at=planned + timedelta(hours=2))

    rung = node.rungs.get()
    assert (rung.planned_at, rung.fired_at) == (planned, planned + timedelta(hours=2))
    assert (rung.late_by, rung.cause) == (7200, Lateness.OUTAGE)


def test_a_rung_within_the_minute_is_not_late(town):
    node = lead(town.report("ZZ01"))
    escalation.sweep(at=node.sign_due_at + timedelta(seconds=59))
    assert [*node.rungs.values_list("late_by", "cause")] == [(0, "")]


def test_what_is_put_off_stays_put_off_whatever_the_unit_does_meanwhile(town):
    node = lead(town.report("ZZ01"))
    waking = at("2026-07-06 09:00")  # everything of the step is long past
    escalation.sweep(at=waking)
    handling.sign(node.pk, by=town.actor("village_head", at=waking), at=waking)
    handling.progress(node.pk, text="已到现场", by=town.actor("village_head", at=waking), at=waking)

    node.refresh_from_db()
    assert node.next_alarm_at >= at("2026-07-06 09:30")
    walk(at("2026-07-06 09:29"))
    assert node.rungs.count() == 1


def test_the_pause_is_a_quarter_of_the_working_time_between_two_rungs_when_that_is_longer(town):
    node = lead(town.report("ZZ01"))
    handling.sign(node.pk, by=town.actor("village_head"), at=town.now)
    handling.progress(node.pk, text="已到现场", by=town.actor("village_head"), at=town.now)
    Node.objects.filter(pk=node.pk).update(
        fired=["return_lapsed"], rung=1, next_action="remind", next_alarm_at=node.remind_at
    )
    late = node.due_at + timedelta(days=20)
    escalation.sweep(at=late)

    node.refresh_from_db()
    calendar = workdays.current()
    quarter = working_minutes(calendar, node.remind_at, node.due_at) / 4
    assert quarter > catching_up.PAUSE
    assert node.next_action == "warn"
    assert node.next_alarm_at == plus_working_minutes(calendar, late, quarter)


def test_an_emergency_writes_each_rung_it_passes_over_with_its_own_number_and_entry(town):
    matter = town.report("ZZ13")
    node = lead(matter)
    Node.objects.filter(pk=node.pk).update(ring_at=None, acknowledged_at=town.now)
    escalation.sweep(at=at("2026-06-15 23:00"))

    rungs = list(node.rungs.order_by("number").select_related("entry"))
    assert [rung.number for rung in rungs] == list(range(1, len(rungs) + 1))
    *passed, jumped = rungs
    assert (jumped.action, jumped.skipped, jumped.entry.kind) == ("escalate", False, "escalated")
    assert {rung.action for rung in passed} >= {"remind", "warn"}
    for rung in passed:
        assert (rung.skipped, rung.tells, rung.entry.kind) == (True, [], "skipped")
        assert rung.entry.data["action"] == rung.action and rung.planned_at < rung.fired_at
    assert len({rung.entry_id for rung in rungs}) == len(rungs)
    assert not matter.notices.filter(kind__in=["remind", "warn"]).exists(), (
        "one notice, of what is due by now"
    )


def test_an_emergency_on_time_passes_nothing_over(town):
    node = lead(town.report("ZZ13"))
    walk(node.escalate_at)
    assert not node.rungs.filter(skipped=True).exists()
