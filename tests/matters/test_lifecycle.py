import itertools

import pytest
from django.db.models import F

from matters import lifecycle, timeline
from matters.choices import Ending, Kind, Status
from matters.lifecycle import MAY_BECOME
from matters.models import Entry, Matter
from matters.refusals import Refused, Stale
from matters.timeline import Line

VERBS = {
    lifecycle.send_back: Status.REPORTED,
    lifecycle.reopen: Status.REPORTED,
    lifecycle.dispatch: Status.DISPATCHED,
    lifecycle.rework: Status.DISPATCHED,
    lifecycle.hand_in: Status.VERIFYING,
    lifecycle.pass_verification: Status.CALLBACK,
    lifecycle.close: Status.CLOSED,
    lifecycle.decline: Status.DECLINED,
}
ENDED = (Status.CLOSED, Status.DECLINED)
PAIRS = list(itertools.product(Status, VERBS))
LEGAL = [
    (before, verb)
    for before, verb in PAIRS
    if VERBS[verb] in MAY_BECOME[before]
    # what has ended is taken up again by the verbs that open it
    and not (before in ENDED and verb in (lifecycle.send_back, lifecycle.dispatch))
]
ILLEGAL = [(before, verb) for before, verb in PAIRS if VERBS[verb] not in MAY_BECOME[before]]


def words(value):
    return getattr(value, "value", None) or value.__name__


def in_status(town, status):
    matter = town.register()
    closed_at = town.now if status == Status.CLOSED else None
    Matter.objects.filter(pk=matter.pk).update(status=status, responsible=town.committee, closed_at=closed_at)
    return Matter.objects.get(pk=matter.pk)


def move(town, matter, verb):
    more = {"ending": Ending.RATED} if verb is lifecycle.close else {}
    verb(matter, Line(Kind.COMMENTED, text="试"), by=town.actor("desk"), at=town.now, **more)


@pytest.mark.parametrize(("before", "verb"), ILLEGAL, ids=words)
def test_what_the_table_does_not_allow_is_refused_and_leaves_no_trace(town, before, verb):
    matter = in_status(town, before)
    stored = Matter.objects.filter(pk=matter.pk).values().get()
    with pytest.raises(Refused) as refusal:
        move(town, matter, verb)
    assert refusal.value.code == "illegal_transition"
    assert str(before.label) in refusal.value.messages[0]
    assert Matter.objects.filter(pk=matter.pk).values().get() == stored
    assert Entry.objects.filter(matter=matter).count() == 1


@pytest.mark.parametrize(("before", "verb"), LEGAL, ids=words)
def test_what_the_table_allows_is_done_and_written(town, before, verb):
    matter = in_status(town, before)
    revision = matter.revision
    move(town, matter, verb)
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.status, stored.revision, stored.entry_count) == (VERBS[verb], revision + 1, 2)
    assert (matter.status, matter.revision, matter.closed_at) == (
        stored.status,
        stored.revision,
        stored.closed_at,
    )
    assert (stored.closed_at is not None) == (verb is lifecycle.close)
    assert timeline.breaks(stored) == []


def test_a_status_is_never_its_own_successor_and_the_table_names_every_status():
    assert set(MAY_BECOME) == set(Status)
    assert all(before not in after for before, after in MAY_BECOME.items())


def test_merged_and_voided_are_the_end():
    assert not MAY_BECOME[Status.MERGED] | MAY_BECOME[Status.VOIDED]


def test_reopening_begins_the_next_round(town):
    matter = in_status(town, Status.CLOSED)
    move(town, matter, lifecycle.reopen)
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.status, stored.round, stored.closed_at, stored.ending) == (Status.REPORTED, 2, None, "")


def test_sending_it_back_stays_in_the_round(town):
    matter = in_status(town, Status.DISPATCHED)
    move(town, matter, lifecycle.send_back)
    assert Matter.objects.get(pk=matter.pk).round == 1


def test_rework_stores_the_round_its_caller_counted(town):
    matter = in_status(town, Status.VERIFYING)
    matter.round += 1
    move(town, matter, lifecycle.rework)
    assert Matter.objects.get(pk=matter.pk).round == 2


def test_the_tray_is_a_turn_and_no_change_of_status(town):
    matter = in_status(town, Status.REPORTED)
    line = Line(Kind.TRAYED)
    lifecycle.lay_in_tray(
        matter, line, by=town.actor("desk"), at=town.now, responsible=town.room, turn_since=town.now
    )
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.status, stored.responsible, stored.revision, stored.entry_count) == (
        "reported",
        town.room,
        2,
        2,
    )


def test_closing_keeps_the_moment_and_how_it_came_about(town):
    matter = in_status(town, Status.CALLBACK)
    lifecycle.close(matter, Line(Kind.CLOSED), by=town.actor("desk"), at=town.now, ending=Ending.UNANSWERED)
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.closed_at, stored.ending) == (town.now, Ending.UNANSWERED)


def test_of_two_who_change_the_same_matter_the_slower_is_told(town):
    matter = in_status(town, Status.REPORTED)
    slower = Matter.objects.get(pk=matter.pk)
    move(town, matter, lifecycle.dispatch)
    with pytest.raises(Stale) as refusal:
        move(town, slower, lifecycle.decline)
    assert refusal.value.code == "stale"
    assert Matter.objects.get(pk=matter.pk).status == Status.DISPATCHED
    assert Entry.objects.filter(matter=matter).count() == 2


def test_a_lock_with_an_old_revision_is_refused(town):
    matter = in_status(town, Status.DISPATCHED)
    assert lifecycle.lock(matter.pk, revision=matter.revision) == matter
    assert lifecycle.lock(matter.pk) == matter
    Matter.objects.filter(pk=matter.pk).update(revision=F("revision") + 1)
    with pytest.raises(Stale):
        lifecycle.lock(matter.pk, revision=matter.revision)


def test_changed_facts_raise_the_revision(town):
    matter = in_status(town, Status.DISPATCHED)
    lifecycle.change(matter, responsible=town.enforcement, due_at=town.now)
    assert (matter.revision, matter.responsible, matter.due_at) == (2, town.enforcement, town.now)
