"""A calendar is published while clocks run: moments move in place, each move has its entry, no rung is early.

June 2026: the 15th is a Monday; the 19th to the 21st are days off. Office hours 08:30-12:00 and 13:30-17:30.
"""

import datetime as dt

import pytest

from dispatch import escalation, ledger, limits, recount
from dispatch.announcing import Cause
from dispatch.clocks import ClockSpan
from dispatch.models import Node, Notice, Rung
from matters import lifecycle, timeline
from matters.models import Matter
from organization.calendar import Limit
from organization.models import CalendarDay, CalendarVersion
from tests.dispatch.walking import lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

MOMENTS = ("sign_due_at", "first_response_due_at", "returnable_until", "remind_at", "due_at", "escalate_at",
           "urge_at", "next_alarm_at", "next_action")  # fmt: skip


def publish(*, off=(), work=(), when="2026-06-15 12:00"):
    """The calendar in force with some more days off or worked, as the next version."""
    latest = CalendarVersion.objects.order_by("-number").first()
    days = {day.on: (day.kind, day.name) for day in latest.days.all()}
    days |= {dt.date.fromisoformat(on): ("off", "临时放假") for on in off}
    days |= {dt.date.fromisoformat(on): ("work", "临时上班") for on in work}
    return _next(latest, days, when)


def revert(when="2026-06-15 13:00"):
    """The days of the first version again, as the next version."""
    latest = CalendarVersion.objects.order_by("-number").first()
    first = CalendarVersion.objects.get(number=1)
    return _next(latest, {day.on: (day.kind, day.name) for day in first.days.all()}, when)


def _next(latest, days, when):
    row = CalendarVersion.objects.create(
        number=latest.number + 1, published_at=at(when), office_hours=latest.office_hours,
        confirmed_years=latest.confirmed_years,
    )  # fmt: skip
    CalendarDay.objects.bulk_create(
        CalendarDay(version=row, on=on, kind=kind, name=name) for on, (kind, name) in days.items()
    )
    return row


def count_anew(matter, when):
    return recount.by_calendar(lifecycle.lock(matter.pk), limits.timing(at(when)))


def facts(matter):
    return {node.pk: tuple(getattr(node, name) for name in MOMENTS) for node in matter.nodes.order_by("pk")}


def moved_entries(matter, node=None):
    entries = matter.entries.filter(kind="deadline_moved").order_by("seq")
    return [entry for entry in entries if entry.data.get("node") == (node and node.pk)]


@pytest.mark.parametrize("category", ["ZZ01", "ZZ07", "BM11", "ZF01", "ZF11", "JG06", "ZZ13", "ZZ18", None])
@pytest.mark.parametrize("reply_by", [None, "2026-06-18 12:00"])
def test_a_recount_with_nothing_changed_changes_nothing(town, category, reply_by):
    matter = town.report(category, text="说不清楚的事情", **({"reply_by": at(reply_by)} if reply_by else {}))
    before, revision = facts(matter), matter.revision
    assert count_anew(matter, "2026-06-15 10:00") == []
    matter.refresh_from_db()
    assert facts(matter) == before
    assert matter.revision == revision


def test_nor_does_it_after_any_number_of_rungs_and_hand_ups(town):
    matter = town.report("ZZ01")
    for _ in range(25):
        alarm = Node.objects.filter(matter=matter).running().order_by("next_alarm_at").first().next_alarm_at
        walk(alarm)
        before = facts(matter)
        assert recount.by_calendar(lifecycle.lock(matter.pk), limits.timing(alarm)) == []
        assert facts(matter) == before


def test_a_new_day_off_moves_due_reminder_and_hand_up_in_place(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    publish(off=["2026-06-17"])
    count_anew(matter, "2026-06-15 14:00")

    moved = lead(matter)
    assert moved.pk == node.pk, "in place"
    assert (node.due_at, moved.due_at) == (at("2026-06-23 17:30"), at("2026-06-24 17:30"))
    assert (moved.escalate_at, moved.calendar_version) == (at("2026-06-25 17:30"), 2)
    assert moved.remind_at > node.remind_at
    matter.refresh_from_db()
    assert matter.due_at == moved.due_at
    assert matter.first_due_at == node.due_at, "as first told"


def test_each_moved_deadline_has_one_entry_and_the_promise_a_public_one(town):
    matter = town.report("ZZ01")
    old = matter.promise_at
    publish(off=["2026-06-17"])
    count_anew(matter, "2026-06-15 14:00")

    (entry,) = moved_entries(matter, lead(matter))
    assert (entry.data["from"], entry.data["to"]) == (
        at("2026-06-23 17:30").isoformat(),
        at("2026-06-24 17:30").isoformat(),
    )
    assert "工作日历已调整（第2版）" in entry.why and not entry.public
    (promised,) = moved_entries(matter)
    matter.refresh_from_db()
    assert promised.public and matter.promise_at > old
    assert dt.datetime.fromisoformat(promised.data["to"]) == matter.promise_at
    assert not timeline.breaks(matter)
    assert count_anew(matter, "2026-06-15 14:30") == [], "a second count moves nothing"


def test_the_holder_is_told_and_the_reporter_reads_it(town, client):
    matter = town.report("ZZ01")
    publish(off=["2026-06-17"])
    count_anew(matter, "2026-06-15 14:00")

    told = Notice.objects.filter(matter=matter, kind="moved", node=lead(matter)).values_list(
        "person", flat=True
    )
    assert set(told) == {town.village_handler.pk}
    page = client.get(f"/q/{matter.token}/").content.decode()
    assert "答复您的期限有调整" in page
    assert "现调整为" in page


def test_a_day_off_after_all_deadlines_moves_nothing(town):
    matter = town.report("ZZ07")
    before = facts(matter)
    publish(off=["2026-12-16"])
    assert count_anew(matter, "2026-06-15 14:00") == []
    assert facts(matter) == before
    assert lead(matter).calendar_version == 2


def test_what_would_now_be_past_is_due_four_working_hours_later(town):
    matter = town.report("ZZ01")  # due on the 23rd
    publish(work=["2026-06-19", "2026-06-20", "2026-06-21"])  # due on the 20th
    count_anew(matter, "2026-06-22 09:00")

    node = lead(matter)
    assert node.due_at == at("2026-06-22 14:30")
    assert ClockSpan.objects.get(node=node, kind="grace").limit == Limit(4, "WH")
    assert count_anew(matter, "2026-06-22 10:00") == [], "and it stays there"
    revert()
    count_anew(matter, "2026-06-22 11:00")
    assert lead(matter).due_at == at("2026-06-23 17:30")


def test_what_rang_is_a_fact_and_stays(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    walk(node.remind_at)
    rungs = list(Rung.objects.filter(node=node).values())
    publish(off=["2026-06-18", "2026-06-23"])  # one of them before the reminder
    count_anew(matter, "2026-06-22 17:00")

    after = lead(matter)
    assert list(Rung.objects.filter(node=node).values()) == rungs
    assert (after.fired, after.sign_due_at, after.remind_at) == (
        lead(matter).fired, node.sign_due_at, node.remind_at,
    )  # fmt: skip
    walk(at("2026-07-31 18:00"))
    actions = [rung.action for rung in node.rungs.order_by("number")]
    assert actions.count("remind") == actions.count("warn") == actions.count("escalate") == 1


def test_a_rung_put_off_after_an_outage_stays_put_off(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    while escalation.sweep(at=at("2026-07-06 09:00")):
        pass
    node.refresh_from_db()
    put_off = (node.next_action, node.next_alarm_at)
    publish(off=["2026-12-16"])
    count_anew(matter, "2026-07-06 09:10")
    node.refresh_from_db()
    assert (node.next_action, node.next_alarm_at) == put_off


def test_a_step_urged_at_the_top_is_urged_again_a_working_day_after_the_last_time(town):
    matter = town.report("JG06")
    walk(at("2026-06-22 18:00"))
    node = lead(matter)
    assert node.next_action == "urge" and node.urge_at == at("2026-06-23 17:30")
    publish(off=["2026-06-23"], when="2026-06-22 19:00")
    count_anew(matter, "2026-06-22 20:00")
    assert lead(matter).urge_at == at("2026-06-24 17:30")


def test_a_part_of_the_promise_is_cut_by_the_promise_as_it_then_is(town):
    matter = town.report("ZZ01", reply_by=at("2026-06-18 12:00"))
    assert lead(matter).due_at == at("2026-06-17 17:15")
    publish(off=["2026-06-18"])
    count_anew(matter, "2026-06-15 14:00")
    matter.refresh_from_db()
    assert matter.promise_at == at("2026-06-18 12:00"), "the source's own moment does not move"
    assert lead(matter).due_at == at("2026-06-17 13:45")


def test_no_step_rings_on_a_stale_calendar(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    Node.objects.filter(pk=node.pk).update(
        fired=["sign_missed", "response_missed", "return_lapsed", "remind"], rung=4,
        next_action="warn", next_alarm_at=node.due_at,
    )  # fmt: skip
    publish(off=["2026-06-17"])
    assert not escalation.ring(node.pk, matter.pk, limits.timing(node.due_at))

    after = lead(matter)
    assert (after.rung, after.calendar_version, after.next_alarm_at) == (4, 2, at("2026-06-24 17:30"))
    assert matter.entries.filter(kind="warned").count() == 0
    assert escalation.ring(node.pk, matter.pk, limits.timing(after.due_at))
    assert matter.entries.filter(kind="warned").count() == 1


def test_a_sweep_that_began_before_the_publication_rings_by_the_new_calendar(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    Node.objects.filter(pk=node.pk).update(
        fired=["sign_missed", "response_missed", "return_lapsed", "remind"], rung=4,
        next_action="warn", next_alarm_at=node.due_at,
    )  # fmt: skip
    began = limits.timing(node.due_at)
    publish(off=["2026-06-17"])
    assert not escalation.ring(node.pk, matter.pk, began)
    assert lead(matter).due_at == at("2026-06-24 17:30")


def test_what_did_not_move_rings_at_once_though_its_calendar_was_stale(town):
    matter = town.report("ZZ07")
    node = lead(matter)
    publish(off=["2026-12-16"])
    assert escalation.ring(node.pk, matter.pk, limits.timing(node.next_alarm_at))


def test_publish_revert_and_publish_again_end_where_one_publication_would(town):
    matter = town.report("ZZ01")
    before = facts(matter)
    publish(off=["2026-06-17"])
    count_anew(matter, "2026-06-15 14:00")
    once = facts(matter)
    revert()
    count_anew(matter, "2026-06-15 15:00")
    assert facts(matter) == before
    publish(off=["2026-06-17"])
    count_anew(matter, "2026-06-15 16:00")
    assert facts(matter) == once
    assert len(moved_entries(matter, lead(matter))) == 3
    assert Matter.objects.get(pk=matter.pk).promise_at > at("2026-06-30 00:00")


def test_a_hold_moves_every_moment_that_is_still_to_come_and_the_promise(town):
    matter = town.report("ZZ01")
    node, promise = lead(matter), matter.promise_at
    when = at("2026-06-17 09:00")
    ledger.hold(node, limits.timing(when), until=at("2026-06-18 09:00"))
    recount.recount(lifecycle.lock(matter.pk), limits.timing(when), Cause("等待鉴定"))

    held = lead(matter)
    assert (held.due_at, held.sign_due_at) == (at("2026-06-24 17:30"), node.sign_due_at)
    assert held.escalate_at == at("2026-06-25 17:30")
    matter.refresh_from_db()
    assert matter.promise_at > promise
    ledger.resume(held, limits.timing(when + dt.timedelta(hours=1)))
    count_anew(matter, "2026-06-17 10:00")
    assert lead(matter).due_at == at("2026-06-24 09:30"), "one hour was lost"
