"""Who has it when time has run out: one level up, by the line, the bureau or the command room."""

import pytest
from django.db import IntegrityError, transaction

from dispatch import answering, escalation, handling
from dispatch.models import Escalation, Node, Notice, Responsibility
from matters import timeline
from organization.actors import Actor
from tests.dispatch.walking import climb, lead
from tests.town import at

pytestmark = pytest.mark.django_db


def running(matter):
    return {(node.department.name, node.part) for node in matter.nodes.running().select_related("department")}


def test_a_committees_matter_goes_to_the_towns_command_room(town):
    matter = town.report("ZZ01")
    late = lead(matter)
    hand = climb(late)
    late.refresh_from_db()

    assert (late.status, late.ended_at, late.next_alarm_at) == ("escalated", late.escalate_at, None)
    assert (hand.successor, hand.from_level, hand.to_level) == (lead(matter), "village", "town")
    assert (lead(matter).department, lead(matter).status) == (town.room, "open")
    assert str(lead(matter).limit) == "5WD", "a fresh step with its own limit"
    assert hand.rung.number == late.rung


def test_a_stationed_units_matter_goes_to_its_bureau(town):
    matter = town.report("JG01")
    assert lead(matter).department == town.market
    climb(lead(matter))
    assert lead(matter).department == town.market_bureau


def test_a_towns_own_units_matter_goes_to_the_districts_centre(town):
    matter = town.report("ZF11")
    climb(lead(matter))
    matter.refresh_from_db()
    assert (lead(matter).department, matter.level, matter.escalated_level) == (
        town.centre,
        "district",
        "district",
    )


def test_the_unit_the_line_names_for_the_level_above_comes_first(town):
    Responsibility.objects.filter(code="ZZ01").update(above={"town": "PCS", "district": "GAFJ"})
    matter = town.report("ZZ01")
    climb(lead(matter))
    assert lead(matter).department == town.police
    climb(lead(matter))
    assert lead(matter).department == town.police_bureau


def test_a_unit_the_matter_is_about_never_takes_it_over(town):
    matter = town.report("ZZ01", about=town.room)
    climb(lead(matter))
    assert lead(matter).department == town.centre, "the room is passed over"
    told = set(Notice.objects.filter(matter=matter).values_list("person", flat=True))
    assert not told & {town.desk.pk, town.sensitive_desk.pk, town.town_supervisor.pk}

    bureau = town.report("JG01", about=town.market_bureau)
    climb(lead(bureau))
    assert lead(bureau).department == town.centre


def test_a_matter_about_the_districts_centre_stays_where_it_may_be_known(town):
    matter = town.report("ZF11", about=town.centre)
    climb(lead(matter))
    assert lead(matter).department == town.room
    climb(lead(matter))
    assert lead(matter).department == town.room, "nobody above may know: it stays, with a fresh step"
    assert Escalation.objects.filter(node__matter=matter).count() == 2


def test_the_limit_above_is_the_shorter_of_the_lines_and_the_levels(town):
    matter = town.report("ZZ07")  # 1 WD by its line, 5 WD by its level
    climb(lead(matter))
    assert str(lead(matter).limit) == "1WD"


def test_the_late_unit_keeps_an_assisting_part(town):
    matter = town.report("ZZ01")
    climb(lead(matter))
    kept = matter.nodes.running().get(department=town.committee)
    assert (kept.part, kept.status, kept.required, kept.climbs, kept.level) == (
        "assisting",
        "signed",
        False,
        False,
        "village",
    )
    assert str(kept.limit) == "4WD"
    handling.hand_in(kept.pk, text="我们也去了", by=town.actor("village_head"), at=town.now)


def test_other_parts_stay_under_the_new_lead(town):
    matter = town.report("ZZ07")
    part = matter.nodes.get(part="assisting")
    climb(lead(matter))
    part.refresh_from_db()
    assert (part.status, part.department) == ("open", town.rescue)
    assert running(matter) == {
        (town.room.name, "lead"),
        (town.committee.name, "assisting"),
        (town.rescue.name, "assisting"),
    }


def test_assisting_parts_climb_in_the_same_way_and_the_lead_stays(town):
    matter = town.report("ZZ07")
    climb(matter.nodes.get(part="assisting"))
    matter.refresh_from_db()

    assert running(matter) == {
        (town.committee.name, "lead"), (town.centre.name, "assisting"), (town.rescue.name, "assisting"),
    }  # fmt: skip
    heir = matter.nodes.running().get(department=town.centre)
    assert (heir.required, heir.climbs, heir.level) == (True, True, "district")
    assert (matter.level, matter.escalated_level, matter.responsible) == ("village", None, town.committee)


def test_a_late_verification_or_call_does_not_lift_the_matter_itself(town):
    matter = town.report("BM11")
    handling.hand_in(lead(matter).pk, text="已上门", by=town.actor("grid_member"), at=town.now)
    climb(lead(matter))
    assert lead(matter).kind == "verify"
    matter.refresh_from_db()
    assert (matter.level, matter.escalated_level) == ("grid", None)

    called = town.report("BM11")
    handling.hand_in(lead(called).pk, text="已上门", by=town.actor("grid_member"), at=town.now)
    answering.verify(called.pk, solved=True, by=town.actor("desk"), at=town.now)
    answering.rate(called.pk, solved="yes", grade=1, by=Actor.reporter(), at=town.now)
    climb(lead(called))
    assert (lead(called).kind, lead(called).department) == ("callback", town.centre)
    called.refresh_from_db()
    assert called.escalated_level is None


def test_a_tray_that_nobody_worked_lifts_the_matter(town):
    matter = town.report(None, text="说不清楚的事情", channel="hotline")
    climb(lead(matter))
    matter.refresh_from_db()
    assert (lead(matter).kind, matter.escalated_level) == ("triage", "district")


def test_a_unit_above_that_already_assists_becomes_lead_and_its_part_is_folded_in(town):
    matter = town.report("JG01")  # the bureau assists its own station
    part = matter.nodes.get(department=town.market_bureau)
    climb(lead(matter))
    part.refresh_from_db()
    assert (part.status, lead(matter).department) == ("stopped", town.market_bureau)
    assert running(matter) == {(town.market_bureau.name, "lead"), (town.market.name, "assisting")}


def test_a_late_part_whose_unit_above_already_runs_is_taken_into_that_step(town):
    matter = town.report("JG01")
    climb(lead(matter))  # now the bureau leads and the station keeps a part
    leading = lead(matter)
    part = Node.objects.running().get(matter=matter, department=town.market)
    Node.objects.filter(pk=part.pk).update(climbs=True)
    part.refresh_from_db()
    hand = climb(part)
    assert hand.successor == leading
    assert running(matter) == {(town.market_bureau.name, "lead"), (town.market.name, "assisting")}


def test_a_tray_nobody_worked_goes_to_the_districts(town):
    matter = town.report(None, text="有人飞线充电")
    climb(lead(matter))
    matter.refresh_from_db()
    assert (matter.status, lead(matter).kind, lead(matter).department) == ("reported", "triage", town.centre)
    assert running(matter) == {(town.centre.name, "lead")}, "a tray keeps no part"


def verifying(town, category="ZZ07", **facts):
    matter = town.report(category, **facts)
    for node in matter.nodes.running().order_by("-part"):
        if node.part == "assisting":
            handling.hand_in(node.pk, text="已配合", by=Actor.rule("test"), at=town.now)
    handling.hand_in(lead(matter).pk, text="已处理", by=Actor.rule("test"), at=town.now)
    return matter


def test_verifying_goes_from_the_grid_member_to_the_room_to_the_district(town):
    matter = verifying(town)
    chain = [(lead(matter).department, lead(matter).assignee)]
    while lead(matter).level != "district":
        climb(lead(matter))
        chain.append((lead(matter).department, lead(matter).assignee))
    assert chain == [(town.committee, town.grid_member), (town.room, None), (town.centre, None)]


def test_when_every_unit_of_the_place_handled_it_a_neighbouring_grid_member_looks(town):
    matter = town.report("ZZ01", area=town.village)
    climb(lead(matter))
    climb(lead(matter))
    for part in matter.nodes.running().filter(part="assisting", required=True):
        handling.hand_in(part.pk, text="已配合", by=Actor.rule("test"), at=at("2026-07-10 09:00"))
    handling.hand_in(
        lead(matter).pk, text="已处理", by=town.actor("district_desk"), at=at("2026-07-10 09:00")
    )

    node = lead(matter)
    assert (node.kind, node.department, node.assignee) == (
        "verify",
        town.sibling_committee,
        town.sibling_grid_member,
    )
    answering.verify(matter.pk, solved=True, by=town.actor("sibling_grid_member"), at=at("2026-07-10 10:00"))


def test_verifying_that_nobody_else_may_do_stays_where_it_is_and_never_jams(town):
    matter = verifying(town, "ZF11")
    for unit in (town.room, town.centre, town.sibling_committee, town.other_committee):
        handled_by(matter, unit)
    late = lead(matter)
    climb(late)
    assert (lead(matter).kind, lead(matter).department) == ("verify", town.committee)


def handled_by(matter, unit):
    """As if the unit had had a part in it too."""
    node = matter.nodes.filter(kind="handle").first()
    node.pk, node.department, node._state.adding = None, unit, True
    node.save()


def test_a_call_the_town_did_not_make_is_made_by_the_district(town):
    matter = verifying(town)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    answering.rate(matter.pk, solved="no", by=Actor.reporter(), at=town.now)
    assert (lead(matter).kind, lead(matter).department) == ("callback", town.room)
    climb(lead(matter))
    assert (lead(matter).kind, lead(matter).department, lead(matter).asks) == ("callback", town.centre, False)


def test_a_step_is_handed_up_once(town):
    matter = town.report("ZZ01")
    hand = climb(lead(matter))
    with pytest.raises(IntegrityError), transaction.atomic():
        Escalation.objects.create(
            node=hand.node,
            rung=None,
            successor=hand.successor,
            from_level="village",
            to_level="town",
            at=hand.at,
        )


def test_the_entry_says_who_was_late_and_who_has_it_now(town):
    matter = town.report("ZZ01")
    late = lead(matter)
    climb(late)
    matter.refresh_from_db()
    entry = matter.entries.get(kind="escalated")
    assert (entry.actor_kind, entry.actor_name, entry.department) == ("rule", "ladder", town.room)
    assert town.committee.name in entry.why
    assert town.room.name in entry.why
    assert {
        "node": late.pk,
        "to": lead(matter).pk,
        "reason": "time",
        "from_level": "village",
        "to_level": "town",
    }.items() <= (entry.data.items())
    assert timeline.breaks(matter) == []


def test_the_head_and_the_desk_above_are_told_of_a_hand_up(town):
    matter = town.report("ZZ01")
    climb(lead(matter))
    told = Notice.objects.filter(matter=matter, kind="escalate").values_list("person__username", flat=True)
    assert set(told) == {"village_head", "desk", "sensitive_desk"}


def test_an_emergency_rings_on_time_one_by_one_and_jumps_only_when_it_was_kept_waiting(town):
    node = lead(town.report("ZZ13", at=at("2026-06-15 02:00")))
    assert node.sign_due_at == node.returnable_until == at("2026-06-15 02:15")
    while escalation.sweep(at=at("2026-06-15 02:15:10")):
        pass
    assert [*node.rungs.exclude(action="ring").order_by("number").values_list("action", "skipped")] == [
        ("sign_missed", False),
        ("return_lapsed", False),
    ]

    late = lead(town.report("ZZ13", at=at("2026-06-16 02:00")))
    escalation.sweep(at=at("2026-06-16 02:20"))
    rungs = late.rungs.exclude(action="ring").order_by("number")
    assert [*rungs.values_list("action", "skipped")] == [("return_lapsed", True), ("sign_missed", False)]
