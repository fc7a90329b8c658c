"""The moments of the calls, for any figures of the policy."""

import datetime as dt
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch import rings
from dispatch.models import Node, default_rings
from tests.town import at

NIGHT = at("2026-10-01 02:00")
MINUTE = dt.timedelta(minutes=1)


def step(**facts):
    facts = {
        "kind": "handle",
        "status": "open",
        "urgency": "emergency",
        "level": "town",
        "opened_at": NIGHT,
    } | facts
    return Node(**facts)


def timing(moment, **figures):
    """What `rings` asks of a Timing."""
    return SimpleNamespace(at=moment, policy=SimpleNamespace(rings=default_rings() | figures))


def calls(node, until, **figures):
    """[(moment, roles)] of every call up to then, if nobody answers."""
    made, moment = [], rings.first(node)
    while moment <= until:
        made.append((moment, rings.roles(node, timing(moment, **figures))))
        moment = rings.following(node, timing(moment, **figures))
    return made


@given(
    every=st.integers(1, 15), above=st.integers(1, 60), wider=st.integers(0, 60),
    level=st.sampled_from(["village", "town", "district"]),
)  # fmt: skip
@settings(max_examples=60)
def test_no_gap_is_longer_than_the_distance_and_each_wider_circle_is_called_at_its_own_moment(
    every, above, wider, level
):
    leader = above + wider
    made = calls(
        step(level=level),
        NIGHT + 3 * 60 * MINUTE,
        every=f"{every}M",
        above_after=f"{above}M",
        leader_after=f"{leader}M",
    )
    moments = [moment for moment, _ in made]
    assert moments[0] == NIGHT
    assert all(
        dt.timedelta(0) < later - before <= every * MINUTE
        for before, later in zip(moments, moments[1:], strict=False)
    )
    assert {NIGHT + above * MINUTE, NIGHT + leader * MINUTE} <= set(moments)
    for moment, roles in made:
        assert roles[0] == "duty"
        assert ("duty_above" in roles) == (moment >= NIGHT + above * MINUTE and level != "district")
        assert ("duty_leader" in roles) == (moment >= NIGHT + leader * MINUTE)


def test_a_day_without_an_answer_is_five_hundred_calls_and_the_next_two_dozen():
    node = step()
    first, second = calls(node, NIGHT + 24 * 60 * MINUTE), calls(node, NIGHT + 48 * 60 * MINUTE)
    assert 480 <= len(first) <= 484
    assert len(second) - len(first) == 24


@pytest.mark.parametrize(
    "facts",
    [
        {"urgency": "urgent"},
        {"status": "signed"},
        {"kind": "verify"},
        {"kind": "callback", "asks": True},
        {"climbs": False},
    ],
)
def test_what_is_no_emergency_or_is_in_somebodys_hands_does_not_ring(facts):
    assert rings.first(step(**facts)) is None


def test_an_answer_is_given_once():
    node = step(ring_at=NIGHT)
    assert rings.answer(node, NIGHT + MINUTE) == ("ring_at", "acknowledged_at")
    assert rings.answer(node, NIGHT + 2 * MINUTE) == ()
    assert node.acknowledged_at == NIGHT + MINUTE
