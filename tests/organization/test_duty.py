"""Keeping rosters and absences: who may, what is refused, and that the past stays as it was."""

import datetime as dt

import pytest

from organization import duty
from organization.models import Absence, DutyTurn, Post
from organization.refusals import Invalid, NotAllowed, Refused

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def enter(town, who="rescue_handler", unit="rescue", hours=(1, 13), by="desk", **facts):
    first, last = (town.now + hour * HOUR for hour in hours)
    return duty.enter_turn(
        department=getattr(town, unit), person=getattr(town, who), from_at=first, to_at=last,
        by=town.actor(by), at=town.now, **{"slot": "officer", **facts},
    )  # fmt: skip


@pytest.mark.parametrize("by", ["rescue_head", "desk", "district_desk", "administrator"])
def test_a_roster_is_kept_by_its_head_the_dispatchers_of_the_place_and_the_administrator(town, by):
    assert enter(town, by=by).pk


@pytest.mark.parametrize(
    "by", ["rescue_handler", "town_head", "other_desk", "town_supervisor", "auditor", "grid_member"]
)
def test_nobody_else_keeps_it(town, by):
    with pytest.raises(NotAllowed):
        enter(town, by=by)


def test_the_head_of_a_bureau_keeps_the_rosters_of_its_stations(town):
    assert enter(town, "police_handler", "police", by="police_bureau_head").pk


def test_on_duty_is_only_who_works_in_the_place(town):
    assert enter(town, "town_handler", by="desk").pk
    with pytest.raises(Invalid) as refused:
        enter(town, "other_town_handler", hours=(14, 20))
    assert refused.value.field == "person"
    with pytest.raises(Invalid) as refused:
        enter(town, deputy=town.other_town_handler, hours=(14, 20))
    assert refused.value.field == "deputy"


def test_a_place_or_person_that_is_taken_is_refused_in_words(town):
    enter(town)
    with pytest.raises(Refused) as refused:
        enter(town, "rescue_head")
    assert refused.value.code == "one_on_duty_in_a_place"
    with pytest.raises(Refused) as refused:
        enter(town, unit="room")
    assert refused.value.code == "one_turn_at_a_time"


@pytest.mark.parametrize("hours", [(5, 5), (5, 4), (-8, -1), (0, 24 * 32)])
def test_a_turn_that_is_over_backwards_or_endless_is_refused(town, hours):
    with pytest.raises(Invalid) as refused:
        enter(town, hours=hours)
    assert refused.value.field == "to_at"


def test_a_turn_to_come_is_changed_as_it_is(town):
    turn = enter(town)
    duty.change_turn(turn.pk, person=town.rescue_head, by=town.actor("desk"), at=town.now)
    turn.refresh_from_db()
    assert (turn.person, DutyTurn.objects.count()) == (town.rescue_head, 1)


def test_who_was_on_duty_until_now_stays_written_when_a_turn_changes_hands(town):
    turn, later = enter(town), town.now + 3 * HOUR
    duty.change_turn(turn.pk, person=town.rescue_head, by=town.actor("desk"), at=later)
    assert [*DutyTurn.objects.order_by("from_at").values_list("person", "from_at", "to_at")] == [
        (town.rescue_handler.pk, town.now + HOUR, later),
        (town.rescue_head.pk, later, town.now + 13 * HOUR),
    ]


def test_a_turn_that_is_over_is_not_changed(town):
    turn, after = enter(town), town.now + 20 * HOUR
    for act in (
        lambda: duty.change_turn(turn.pk, person=town.rescue_head, by=town.actor("desk"), at=after),
        lambda: duty.remove_turn(turn.pk, by=town.actor("desk"), at=after),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "over"


def test_two_turns_swap_their_people(town):
    first, second = enter(town), enter(town, "rescue_head", hours=(13, 25), phone="0578")
    duty.swap_turns(first.pk, second.pk, by=town.actor("desk"), at=town.now)
    assert [*DutyTurn.objects.order_by("from_at").values_list("person", "phone")] == [
        (town.rescue_head.pk, "0578"), (town.rescue_handler.pk, ""),
    ]  # fmt: skip


def test_officer_and_leader_of_the_same_hours_can_swap(town):
    first, second = enter(town), enter(town, "rescue_head", slot="leader")
    duty.swap_turns(first.pk, second.pk, by=town.actor("desk"), at=town.now)
    assert {*DutyTurn.objects.values_list("slot", "person")} == {
        ("officer", town.rescue_head.pk), ("leader", town.rescue_handler.pk),
    }  # fmt: skip


def test_a_turn_taken_off_is_gone_before_it_begins_and_ends_once_it_runs(town):
    duty.remove_turn(enter(town).pk, by=town.actor("desk"), at=town.now)
    assert not DutyTurn.objects.exists()
    turn = enter(town)
    duty.remove_turn(turn.pk, by=town.actor("desk"), at=town.now + 2 * HOUR)
    turn.refresh_from_db()
    assert turn.to_at == town.now + 2 * HOUR


def leave(town, who="rescue_handler", by=None, days=3, **facts):
    return duty.enter_absence(
        person=getattr(town, who), kind="leave", from_at=town.now, to_at=town.now + days * 24 * HOUR,
        by=town.actor(by or who), at=town.now, **facts,
    )  # fmt: skip


@pytest.mark.parametrize("by", ["rescue_handler", "rescue_head", "desk", "district_desk", "administrator"])
def test_an_absence_is_entered_by_oneself_by_the_head_or_by_who_keeps_the_roster(town, by):
    assert leave(town, by=by).pk


@pytest.mark.parametrize("by", ["town_handler", "town_head", "other_desk", "auditor", "town_supervisor"])
def test_nobody_else_says_that_somebody_is_away(town, by):
    with pytest.raises(NotAllowed):
        leave(town, by=by)


def test_a_grid_members_absence_is_entered_by_the_dispatcher_of_the_place(town):
    assert leave(town, "grid_member", by="desk").pk
    with pytest.raises(NotAllowed):
        leave(town, "other_grid_member", by="desk")


def test_a_stand_in_does_not_enter_or_end_the_absence_of_whoever_is_away(town):
    absence = leave(town, "rescue_head", deputy=town.rescue_handler)
    with pytest.raises(NotAllowed):
        duty.end_absence(absence.pk, by=town.actor("rescue_handler"), at=town.now)


def test_an_absence_names_somebody_else_who_holds_a_post(town):
    with pytest.raises(Invalid) as refused:
        leave(town, deputy=town.rescue_handler)
    assert refused.value.field == "deputy"
    Post.objects.filter(person=town.rescue_head).update(valid_to="2026-06-01")
    with pytest.raises(Invalid):
        leave(town, deputy=town.rescue_head)


def test_an_absence_is_entered_once_for_a_time(town):
    leave(town)
    with pytest.raises(Refused) as refused:
        leave(town, by="desk")
    assert refused.value.code == "one_absence_at_a_time"


def test_who_comes_back_early_is_back_from_that_moment(town):
    absence, back = leave(town), town.now + 30 * HOUR
    duty.end_absence(absence.pk, by=town.actor("rescue_handler"), at=back)
    absence.refresh_from_db()
    assert absence.to_at == back
    with pytest.raises(Refused):
        duty.end_absence(absence.pk, by=town.actor("rescue_handler"), at=back)
    with pytest.raises(NotAllowed):
        duty.end_absence(absence.pk, by=town.actor("town_head"), at=town.now)


def test_an_absence_that_does_not_happen_is_taken_out(town):
    absence = duty.enter_absence(
        person=town.desk, kind="trip", from_at=town.now + HOUR, to_at=town.now + 9 * HOUR,
        by=town.actor("desk"), at=town.now,
    )  # fmt: skip
    duty.end_absence(absence.pk, by=town.actor("desk"), at=town.now)
    assert not Absence.objects.exists()
