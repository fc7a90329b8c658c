"""The ladder as a page shows it: derived from the moments of a node, without the database."""

import pytest

from dispatch.ladders import next_rung, pending, steps
from dispatch.models import Node, Rung
from tests.town import at

MOMENTS = {
    "sign_due_at": at("2026-06-16 10:00"),
    "first_response_due_at": at("2026-06-16 12:00"),
    "returnable_until": at("2026-06-16 14:00"),
    "remind_at": at("2026-06-22 16:00"),
    "due_at": at("2026-06-23 17:30"),
    "escalate_at": at("2026-06-24 17:30"),
}


def node(**facts):
    facts = {"kind": "handle", "level": "village", "status": "open", "fired": []} | MOMENTS | facts
    made = Node(**facts)
    if made.is_running:
        made.next_alarm_at, made.next_action = pending(made)[0]
    return made


def actions(node):
    return [str(action) for _at, action in pending(node)]


def test_everything_still_to_come_stands_in_the_order_in_which_it_will_ring():
    assert actions(node()) == [
        "sign_missed",
        "response_missed",
        "return_lapsed",
        "remind",
        "warn",
        "escalate",
    ]
    assert [at for at, _action in pending(node())] == sorted(MOMENTS.values())


def test_what_has_rung_does_not_ring_again():
    assert actions(node(fired=["sign_missed", "remind"])) == [
        "response_missed",
        "return_lapsed",
        "warn",
        "escalate",
    ]


def test_signing_stops_the_reminder_to_sign_and_an_answer_the_one_to_answer():
    assert actions(node(signed_at=at("2026-06-15 10:00")))[0] == "response_missed"
    assert "response_missed" not in actions(node(responded_at=at("2026-06-15 10:00")))


def test_at_the_same_moment_the_reminder_to_sign_comes_before_the_window_closes():
    moment = at("2026-06-15 09:15")
    assert actions(node(sign_due_at=moment, returnable_until=moment))[:2] == ["sign_missed", "return_lapsed"]


@pytest.mark.parametrize(
    ("facts", "end"),
    [
        ({"level": "grid"}, "escalate"),
        ({"level": "village"}, "escalate"),
        ({"level": "town"}, "escalate"),
        ({"level": "district"}, "supervise"),
        ({"level": "town", "climbs": False}, "warn"),
    ],
)
def test_the_last_rung_hands_up_or_at_the_top_orders_and_a_part_let_down_does_neither(facts, end):
    assert actions(node(**facts))[-1] == end


def test_urging_has_no_end():
    fired = ["sign_missed", "response_missed", "return_lapsed", "remind", "warn", "supervise", "urge"]
    assert actions(node(level="district", fired=fired, urge_at=at("2026-06-26 17:30"))) == ["urge"]


def test_a_rating_that_does_not_come_lapses():
    waiting = node(kind="callback", asks=True, **dict.fromkeys(set(MOMENTS) - {"due_at"}))
    assert actions(waiting) == ["lapse"]
    assert str(next_rung(waiting).stops_by) == "评价"


def test_a_tray_is_reminded_to_accept_not_to_sign():
    rung = next_rung(node(kind="triage"))
    assert (rung.action, str(rung.label), str(rung.stops_by)) == ("sign_missed", "提醒受理", "受理")
    assert [str(step.label) for step in steps(node())][0] == "提醒签收"
    assert str(next_rung(node()).stops_by) == "签收"


def test_the_next_rung_says_who_is_told_and_what_stops_it():
    rung = next_rung(
        node(signed_at=at("2026-06-15 10:00"), responded_at=at("2026-06-15 10:00"), fired=["return_lapsed"])
    )
    assert (rung.action, rung.at, rung.tells, rung.state) == (
        "remind",
        MOMENTS["remind_at"],
        ("holder",),
        "next",
    )
    assert str(rung.stops_by) == "报结"


def test_the_next_rung_is_shown_at_the_moment_the_alarm_is_really_set_to():
    late = node()
    late.next_alarm_at = at("2026-06-30 09:30")
    assert next_rung(late).at == at("2026-06-30 09:30")


def test_a_step_that_has_ended_has_no_next_rung():
    assert next_rung(node(status="handed_in", next_alarm_at=None)) is None
    assert steps(node(status="handed_in")) == []


def test_the_whole_ladder_is_what_fired_what_comes_next_and_what_may_come():
    rung = Rung(action="sign_missed", fired_at=at("2026-06-16 10:00:05"))
    shown = steps(node(fired=["sign_missed"]), [rung])
    assert [(str(each.action), each.state) for each in shown] == [
        ("sign_missed", "fired"), ("response_missed", "next"), ("return_lapsed", "later"),
        ("remind", "later"), ("warn", "later"), ("escalate", "later"),
    ]  # fmt: skip
    assert shown[0].at == rung.fired_at
