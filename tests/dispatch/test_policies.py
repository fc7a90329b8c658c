"""Who may do what, as tables one can read: x may, . may not."""

import pytest

from dispatch import answering, handling, policies, process
from matters.models import Matter
from organization.actors import Actor
from tests.dispatch.walking import lead

pytestmark = pytest.mark.django_db

NODE_VERBS = ["sign", "assign", "contact", "progress", "hand_in", "send_back"]
MATTER_VERBS = ["accept", "dispatch", "correct", "decline", "verify", "rate", "reopen", "comment"]

# The committee leads, the rescue station assists; the grid member reported it and has no part.
ORDINARY = """
                      sign  assign  contact  progress  hand_in  send_back
village_head          x     x       x        x         x        x
village_handler       x     x       x        x         x        x
grid_member           .     .       .        .         .        .
rescue_head           .     .       .        .         .        .
sibling_village_head  .     .       .        .         .        .
other_village_head    .     .       .        .         .        .
town_handler          .     .       .        .         .        .
desk                  .     .       .        .         .        .
town_supervisor       .     .       .        .         .        .
sensitive_desk        .     .       .        .         .        .
district_desk         .     .       .        .         .        .
district_supervisor   .     .       .        .         .        .
district_head         .     .       .        .         .        .
auditor               .     .       .        .         .        .
administrator         .     .       .        .         .        .
"""
# A line led by the grid: the committee's step, given to the grid member.
GIVEN = """
                      sign  assign  contact  progress  hand_in  send_back
grid_member           x     .       x        x         x        x
village_head          x     x       x        x         x        x
village_handler       x     x       x        x         x        x
second_grid_member    .     .       .        .         .        .
desk                  .     .       .        .         .        .
"""
# The rescue station's own part of the same matter.
ASSISTING = """
                      sign  assign  contact  progress  hand_in  send_back
rescue_head           x     x       x        x         x        x
rescue_handler        x     x       x        x         x        x
village_head          .     .       .        .         .        .
other_town_head       .     .       .        .         .        .
"""
# A call after a low rating, at the town's command room.
CALL = """
                      sign  assign  contact  progress  hand_in  send_back
desk                  .     .       x        .         x        .
sensitive_desk        .     .       x        .         x        .
village_head          .     .       .        .         .        .
town_supervisor       .     .       .        .         .        .
district_desk         .     .       .        .         .        .
other_desk            .     .       .        .         .        .
"""

# Without a category, in the tray of the town's command room.
IN_TRAY = """
                      accept  dispatch  correct  decline  verify  rate  reopen  comment
desk                  x       x         x        x        .       .     .       x
sensitive_desk        x       x         x        x        .       .     .       x
town_supervisor       .       .         .        .        .       .     .       x
district_desk         .       .         x        .        .       .     .       x
district_supervisor   .       .         .        .        .       .     .       x
district_head         .       .         .        .        .       .     .       .
other_desk            .       .         .        .        .       .     .       .
grid_member           .       .         .        .        .       .     .       .
village_head          .       .         .        .        .       .     .       .
town_head             .       .         .        .        .       .     .       .
auditor               .       .         .        .        .       .     .       .
administrator         .       .         .        .        .       .     .       .
"""
DISPATCHED = """
                      accept  dispatch  correct  decline  verify  rate  reopen  comment
village_head          .       .         x        .        .       .     .       x
village_handler       .       .         x        .        .       .     .       x
rescue_handler        .       .         .        .        .       .     .       x
desk                  .       .         x        .        .       .     .       x
town_supervisor       .       .         .        .        .       .     .       x
district_desk         .       .         x        .        .       .     .       x
district_supervisor   .       .         .        .        .       .     .       x
grid_member           .       .         .        .        .       .     .       .
town_handler          .       .         .        .        .       .     .       .
other_desk            .       .         .        .        .       .     .       .
auditor               .       .         .        .        .       .     .       .
"""
# The grid member of the place is asked to look.
VERIFYING = """
                      accept  dispatch  correct  decline  verify  rate  reopen  comment
grid_member           .       .         .        .        x       .     .       x
second_grid_member    .       .         .        .        .       .     .       .
village_head          .       .         .        .        .       .     .       x
rescue_head           .       .         .        .        .       .     .       .
desk                  .       .         .        .        .       .     .       x
town_supervisor       .       .         .        .        .       .     .       x
auditor               .       .         .        .        .       .     .       .
"""
CALLBACK = """
                      accept  dispatch  correct  decline  verify  rate  reopen  comment
grid_member           .       .         .        .        .       x     .       .
village_head          .       .         .        .        .       .     .       .
desk                  .       .         .        .        .       x     x       x
town_supervisor       .       .         .        .        .       .     x       x
district_desk         .       .         .        .        .       x     x       x
district_supervisor   .       .         .        .        .       .     x       x
other_desk            .       .         .        .        .       .     .       .
auditor               .       .         .        .        .       .     .       .
"""
CLOSED = """
                      accept  dispatch  correct  decline  verify  rate  reopen  comment
desk                  .       .         .        .        .       .     x       .
town_supervisor       .       .         .        .        .       .     x       .
district_desk         .       .         .        .        .       .     x       .
district_supervisor   .       .         .        .        .       .     x       .
grid_member           .       .         .        .        .       .     .       .
village_head          .       .         .        .        .       .     .       .
other_desk            .       .         .        .        .       .     .       .
auditor               .       .         .        .        .       .     .       .
"""


def rows(table):
    """[(who, the verbs marked)] of a table."""
    head, *lines = table.strip("\n").splitlines()
    verbs = head.split()
    for line in lines:
        who, *marks = line.split()
        assert len(marks) == len(verbs), line
        yield who, {verb for verb, mark in zip(verbs, marks, strict=True) if mark == "x"}


def written(found, verbs):
    return "\n".join(f"{who:22}" + " ".join(v for v in verbs if v in marked) for who, marked in found)


def check_node(town, node, table):
    found = [(who, set(policies.node_verbs(node, town.actor(who)))) for who, _ in rows(table)]
    assert written(found, NODE_VERBS) == written(rows(table), NODE_VERBS)


def check_matter(town, matter, table):
    matter, nodes = Matter.objects.get(pk=matter.pk), process.running(matter)
    found = [(who, set(policies.matter_verbs(matter, nodes, town.actor(who)))) for who, _ in rows(table)]
    assert written(found, MATTER_VERBS) == written(rows(table), MATTER_VERBS)


def handed_in(town):
    matter = town.report("ZZ07")
    handling.hand_in(
        matter.nodes.get(part="assisting").pk, text="已配合", by=town.actor("rescue_head"), at=town.now
    )
    handling.hand_in(lead(matter).pk, text="已拆除", by=town.actor("village_head"), at=town.now)
    return matter


def asked(town):
    matter = handed_in(town)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    return matter


def test_a_units_step_is_the_units_own(town):
    matter = town.report("ZZ07")
    check_node(town, lead(matter), ORDINARY)
    check_node(town, matter.nodes.get(part="assisting"), ASSISTING)


def test_a_step_given_to_a_grid_member_is_theirs_and_their_committees(town):
    check_node(town, lead(town.report("BM11")), GIVEN)


def test_a_call_is_the_command_rooms(town):
    matter = asked(town)
    answering.rate(matter.pk, solved="no", by=Actor.reporter(), at=town.now)
    check_node(town, lead(matter), CALL)


def test_in_the_tray_the_command_room_decides(town):
    check_matter(town, town.report(None, text="有人飞线充电"), IN_TRAY)


def test_a_dispatched_matter_is_corrected_by_who_holds_it_or_dispatches_the_place(town):
    check_matter(town, town.report("ZZ07"), DISPATCHED)


def test_who_handled_it_does_not_verify_it(town):
    check_matter(town, handed_in(town), VERIFYING)


def test_the_reporter_rates_and_a_dispatcher_may_do_it_for_them(town):
    check_matter(town, asked(town), CALLBACK)


def test_a_closed_matter_is_reopened_by_who_watches_over_the_place(town):
    matter = asked(town)
    answering.rate(matter.pk, solved="yes", grade=5, by=Actor.reporter(), at=town.now)
    check_matter(town, matter, CLOSED)


def test_every_verb_offered_first_is_the_one_that_comes_next(town):
    node = lead(town.report("ZZ07"))
    head = town.actor("village_head")
    assert policies.node_verbs(node, head)[0] == "sign"
    handling.sign(node.pk, by=head, at=town.now)
    node.refresh_from_db()
    assert policies.node_verbs(node, head)[0] == "hand_in"
    assert "sign" not in policies.node_verbs(node, head)
    node.fired = ["return_lapsed"]
    assert "send_back" not in policies.node_verbs(node, head), "the window has closed"


def test_another_system_and_the_reporter_hold_no_post(town):
    matter = town.report("ZZ07")
    client, _key = town.client()
    for by in (Actor.of_client(client), Actor.reporter("王建军")):
        assert policies.node_verbs(lead(matter), by) == []
        assert policies.matter_verbs(matter, process.running(matter), by) == []


def test_a_rule_acts_with_the_platforms_authority(town):
    matter = town.report("ZZ07")
    rule = Actor.rule("ladder")
    assert policies.post_for_node("sign", lead(matter), rule).department_id is None
    assert policies.post_for_matter("correct", matter, [], rule).department_id is None


def test_a_post_of_yesterday_allows_nothing_today(town):
    matter = town.report("ZZ07")
    town.village_head.posts.update(valid_to="2026-06-14")
    assert policies.node_verbs(lead(matter), town.actor("village_head")) == []


def test_the_post_that_allows_it_is_the_one_whose_unit_is_written(town):
    node = lead(town.report("ZZ07"))
    assert policies.post_for_node("sign", node, town.actor("village_head")).department == town.committee
    given = lead(town.report("BM11"))
    assert policies.post_for_node("sign", given, town.actor("grid_member")).area == town.grid
