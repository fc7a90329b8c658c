"""What will happen when: who would be told, where it would go, what made a rung late, and who may know the names."""

from datetime import timedelta

import pytest

from dispatch import escalation, limits, policies, preview
from dispatch.models import Node, Rung
from tests.dispatch.walking import lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db


def sights(node, moment, *, named=True):
    node = Node.objects.for_file().select_related("matter__area").get(pk=node.pk)
    rungs = list(Rung.objects.filter(node=node).order_by("number"))
    others = list(Node.objects.running().filter(matter=node.matter_id).select_related("department"))
    return preview.of_node(node.matter, node, others, rungs, limits.timing(moment), named=named)


def of(found, action):
    return next(sight for sight in found if sight.step.action == action)


def test_the_ladder_names_who_would_be_told_now_and_the_unit_it_would_go_to(town):
    found = sights(lead(town.report("ZZ01")), town.now)

    assert [sight.step.state for sight in found] == ["next", *["later"] * (len(found) - 1)]
    assert of(found, "remind").names == ("郑晓燕",)
    assert set(of(found, "warn").names) == {"郑晓燕", "吴建平"}
    assert of(found, "escalate").to == town.room
    assert str(of(found, "escalate").step.stops_by) == "报结"


def test_nothing_is_written_by_looking(town):
    matter = town.report("ZZ01")
    before = (matter.entries.count(), matter.nodes.count(), matter.notices.count())
    sights(lead(matter), town.now)
    assert (matter.entries.count(), matter.nodes.count(), matter.notices.count()) == before


def test_what_has_fired_shows_who_was_told_and_what_made_it_late(town):
    node = lead(town.report("ZZ01"))
    escalation.sweep(at=node.sign_due_at + timedelta(hours=1))
    found = sights(node, node.sign_due_at + timedelta(hours=1))

    fired = found[0]
    assert (fired.step.state, fired.rung.late_by, fired.rung.cause) == ("fired", 3600, "outage")
    assert set(fired.names) == {"郑晓燕", "吴建平"}


def test_without_the_right_only_roles_are_shown(town):
    found = sights(lead(town.report("ZZ01")), town.now, named=False)
    assert {sight.names for sight in found} == {()}
    assert of(found, "warn").step.tells == ("holder", "head")


def test_names_are_for_who_holds_it_and_who_watches_over_the_place(town):
    matter = town.report("ZZ01")
    nodes = list(matter.nodes.all())
    may = {who for who in town.people if policies.may_know_who_is_told(matter, nodes, town.actor(who))}
    assert {
        "village_head",
        "village_handler",
        "police_handler",
        "desk",
        "district_supervisor",
        "auditor",
    } <= may
    assert not may & {"grid_member", "market_handler", "administrator"}
    client, _key = town.client()
    from organization.actors import Actor

    assert not policies.may_know_who_is_told(matter, nodes, Actor.of_client(client))


def test_names_of_a_sensitive_matter_are_for_its_holders_and_the_named_desk(town):
    matter = town.report("ZZ18")
    nodes = list(matter.nodes.all())
    may = {who for who in town.people if policies.may_know_who_is_told(matter, nodes, town.actor(who))}
    assert {"police_handler", "sensitive_desk"} <= may
    assert not may & {"desk", "district_supervisor", "auditor", "market_handler"}


def test_at_the_top_the_order_goes_nowhere(town):
    found = sights(lead(town.report("JG06")), town.now)
    assert of(found, "supervise").to is None


def test_the_clock_says_what_it_counted_and_skipped(town):
    node = lead(town.report("ZZ01", at=at("2026-06-15 09:00")))
    clock = preview.clock_of(node)
    assert (clock["start"], clock["limit_ends_at"]) == (node.opened_at, node.due_at)
    assert [str(day) for day in clock["counted"]] == [
        "2026-06-16",
        "2026-06-17",
        "2026-06-18",
        "2026-06-22",
        "2026-06-23",
    ]
    assert {str(day) for day, _why in clock["skipped"]} == {"2026-06-19", "2026-06-20", "2026-06-21"}
    assert [span.kind for span in clock["spans"]] == ["run"]
    assert (clock["provisional"], clock["shortened_by_promise"]) == (False, False)


def test_of_a_matter_walked_to_the_end_the_page_has_every_rung_once(town):
    node = lead(town.report("ZZ01"))
    walk(node.due_at)
    found = sights(node, node.due_at)
    actions = [sight.step.action for sight in found]
    assert len(actions) == len(set(actions))
    assert [sight.step.state for sight in found].count("next") == 1
