"""The ledger of a clock: what held it, what was added, and that no interval is counted twice.

June 2026: the 15th is a Monday; the 19th to the 21st are days off. Office hours 08:30-12:00 and 13:30-17:30.
"""

import datetime as dt
import json

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from dispatch import ledger, limits, process
from dispatch.clocks import ClockSpan
from dispatch.ledger import Ledger
from matters.refusals import Refused
from organization.calendar import (
    Limit,
    calendar_from_notice,
    due_at,
    plus_working_minutes,
    working_minutes,
)
from tests.dispatch.walking import lead
from tests.town import NOTICES, at

CALENDAR = calendar_from_notice(1, json.loads(NOTICES.read_text(encoding="utf-8")))
START = at("2026-06-15 09:00")

limits_in_hours = st.integers(1, 60).map(lambda amount: Limit(amount, "WH"))
limits_in_days = st.integers(1, 15).map(lambda amount: Limit(amount, "WD"))
limits_of_nature = st.one_of(
    st.integers(1, 90).map(lambda amount: Limit(amount, "H")),
    st.integers(1, 900).map(lambda amount: Limit(amount, "M")),
)
moments = st.integers(0, 40_000).map(lambda minutes: START + dt.timedelta(minutes=minutes))
lengths = st.integers(1, 5_000).map(lambda minutes: dt.timedelta(minutes=minutes))


def held(began, length, kind="hold"):
    return ClockSpan(kind=kind, began_at=began, ended_at=began + length)


def reached(limit, *spans):
    return Ledger(CALENDAR, limit.unit, spans).reached(due_at(CALENDAR, START, limit))


@given(limits_in_hours, moments, lengths)
def test_held_and_resumed_is_a_clock_that_started_later_by_the_working_time(limit, began, length):
    plain = due_at(CALENDAR, START, limit)
    lost = working_minutes(CALENDAR, began, began + length) if began < plain else 0
    later = due_at(CALENDAR, plus_working_minutes(CALENDAR, START, lost), limit)
    found = reached(limit, held(began, length, "outage"))
    assert found == later
    assert working_minutes(CALENDAR, START, found) == pytest.approx(limit.amount * 60 + lost)


@given(limits_of_nature, moments, lengths)
def test_natural_time_is_held_by_the_clock_on_the_wall(limit, began, length):
    plain = due_at(CALENDAR, START, limit)
    later = due_at(CALENDAR, START + length, limit) if began < plain else plain
    assert reached(limit, held(began, length)) == later


@given(st.one_of(limits_in_hours, limits_in_days), moments, lengths)
def test_who_resumes_has_exactly_the_working_time_that_was_left(limit, began, length):
    plain = due_at(CALENDAR, START, limit)
    if began >= plain:
        assert reached(limit, held(began, length)) == plain
        return
    left = working_minutes(CALENDAR, began, plain)
    found = reached(limit, held(began, length, "outage"))
    assert working_minutes(CALENDAR, began + length, found) == pytest.approx(left)


@given(limits_in_days, moments, lengths)
def test_nothing_falls_into_the_time_in_which_the_clock_stood(limit, began, length):
    found = reached(limit, held(began, length))
    assert not began < found < began + length


@given(st.one_of(limits_in_hours, limits_in_days), moments, lengths, lengths)
def test_two_holds_in_a_row_are_one(limit, began, first, second):
    between = began + first
    one = reached(limit, held(began, first + second, "outage"))
    assert reached(limit, held(began, first, "outage"), held(between, second, "outage")) == one


def test_a_whole_day_held_moves_a_limit_in_days_by_a_day():
    assert reached(Limit(5, "WD")) == at("2026-06-23 17:30")
    day = held(at("2026-06-16 08:30"), dt.timedelta(hours=24))
    assert reached(Limit(5, "WD"), day) == at("2026-06-24 17:30")
    assert reached(Limit(5, "WD"), held(at("2026-06-20 08:00"), dt.timedelta(hours=24))) == at(
        "2026-06-23 17:30"
    ), "a day off is no time lost"


def test_what_was_added_comes_after_due():
    added = ClockSpan(kind="extension", began_at=at("2026-06-16 09:00"), amount=3, unit="WD")
    due = due_at(CALENDAR, START, Limit(5, "WD"))
    assert Ledger(CALENDAR, "WD", [added]).extended(due) == at("2026-06-26 17:30")


def test_what_a_change_put_into_the_past_is_due_four_working_hours_after_it():
    change = ClockSpan(kind="grace", began_at=at("2026-06-25 10:00"), amount=4, unit="WH")
    clock = Ledger(CALENDAR, "WD", [change])
    assert clock.reached(at("2026-06-23 17:30"), with_grace=True) == at("2026-06-25 15:30")
    assert clock.reached(at("2026-06-26 17:30"), with_grace=True) == at("2026-06-26 17:30")
    assert clock.reached(at("2026-06-23 17:30")) == at("2026-06-23 17:30")


@pytest.fixture
def node(town):
    return lead(town.report("ZZ01"))


def spans(node):
    return [
        (span.kind, span.began_at, span.ended_at)
        for span in ClockSpan.objects.filter(node=node).order_by("began_at", "pk")
    ]


def test_every_step_has_a_clock_that_runs_from_its_opening(town):
    matter = town.report("ZZ01")
    for each in process.running(matter):
        assert spans(each) == [("run", each.opened_at, None)]


def test_opening_steps_costs_one_statement_for_all_their_clocks(town, django_assert_num_queries):
    nodes = process.running(town.report("ZZ01"))
    ClockSpan.objects.all().delete()
    with django_assert_num_queries(1):
        ledger.start(nodes)


def test_a_held_clock_runs_again_by_itself_at_the_moment_that_was_said(node):
    when, until = at("2026-06-16 10:00"), at("2026-06-18 08:30")
    ledger.hold(node, limits.timing(when), until=until, why="等待鉴定")
    assert spans(node) == [("run", node.opened_at, when), ("hold", when, until), ("run", until, None)]


def test_a_clock_that_stands_cannot_be_held_again(node):
    ledger.hold(node, limits.timing(at("2026-06-16 10:00")), until=at("2026-06-18 08:30"))
    with pytest.raises(Refused):
        ledger.hold(node, limits.timing(at("2026-06-16 11:00")), until=at("2026-06-19 08:30"))


def test_a_clock_may_be_resumed_before_that_moment(node):
    when, sooner = at("2026-06-16 10:00"), at("2026-06-17 09:00")
    ledger.hold(node, limits.timing(when), until=at("2026-06-18 08:30"))
    ledger.resume(node, limits.timing(sooner))
    assert spans(node) == [("run", node.opened_at, when), ("hold", when, sooner), ("run", sooner, None)]
    with pytest.raises(Refused):
        ledger.resume(node, limits.timing(at("2026-06-17 09:30")))


def test_what_the_lead_is_granted_moves_the_promise_too(town, node):
    part = node.matter.nodes.get(part="assisting")
    ledger.extend(node, limits.timing(at("2026-06-16 10:00")), limit=Limit(3, "WD"))
    ledger.extend(part, limits.timing(at("2026-06-16 10:00")), limit=Limit(1, "WD"))
    promised = ClockSpan.objects.filter(matter=node.matter, node=None)
    assert [(span.kind, str(span.limit)) for span in promised] == [("extension", "3WD")]


def trips(name, **facts):
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ClockSpan.objects.create(calendar_version=1, **facts)


def test_a_clock_never_runs_and_stands_at_once(node):
    span = {"matter": node.matter, "node": node, "began_at": at("2026-06-16 09:00")}
    trips("a_clock_runs_or_is_held", kind="run", **span)
    trips("a_clock_runs_or_is_held", kind="hold", ended_at=at("2026-06-17 09:00"), **span)


def test_an_outage_is_given_back_once(node):
    span = {"matter": node.matter, "node": node, "kind": "outage", "began_at": at("2026-06-16 09:00")}
    ClockSpan.objects.create(calendar_version=1, ended_at=at("2026-06-17 09:00"), **span)
    trips("an_outage_is_given_back_once", ended_at=at("2026-06-16 12:00"), **span)


def test_an_interval_ends_after_it_begins_and_says_how_long_it_is(node):
    span = {"matter": node.matter, "node": node, "began_at": at("2026-06-16 09:00")}
    trips("span_ends_after_it_begins", kind="outage", ended_at=at("2026-06-16 08:00"), **span)
    trips("span_says_how_long", kind="outage", **span)
    trips("span_says_how_long", kind="extension", **span)
