"""The verbs of a unit on its node, and who may use them when."""

import pytest
from django.utils import translation

from dispatch import answering, handling, reporting, triage
from dispatch.models import Node
from matters import timeline
from matters.models import Matter
from matters.refusals import Invalid, NotAllowed, Refused, Stale
from organization.actors import Actor
from tests.dispatch.walking import kinds, lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db


def finish_parts(town, matter, when=None):
    handling.hand_in(
        matter.nodes.get(part="assisting").pk,
        text="已配合处理",
        by=town.actor("rescue_handler"),
        at=when or town.now,
    )


def handed_in(town, when=None):
    matter = town.report("ZZ07")
    finish_parts(town, matter, when)
    handling.hand_in(lead(matter).pk, text="已拆除飞线", by=town.actor("village_head"), at=when or town.now)
    matter.refresh_from_db()
    return matter


def test_a_matter_goes_from_report_to_a_rated_and_closed_case(town):
    matter = town.report("ZZ07", by="grid_member")
    node = lead(matter)
    handling.sign(node.pk, by=town.actor("village_head"), at=town.now)
    handling.contact(node.pk, reached=True, how="phone", by=town.actor("village_handler"), at=town.now)
    handling.progress(node.pk, text="已到现场", public=True, by=town.actor("village_handler"), at=town.now)
    finish_parts(town, matter)
    handling.hand_in(node.pk, text="已拆除飞线", by=town.actor("village_head"), at=town.now)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    answering.rate(matter.pk, solved="yes", grade=5, by=Actor.reporter(), at=town.now)

    matter.refresh_from_db()
    assert (matter.status, matter.ending, matter.closed_at) == ("closed", "rated", town.now)
    assert kinds(matter) == [
        "reported", "dispatched", "signed", "contacted", "progressed", "handed_in", "handed_in",
        "verified", "callback_opened", "rated", "closed",
    ]  # fmt: skip
    assert not matter.nodes.filter(status__in=["open", "signed"]).exists()
    assert timeline.breaks(matter) == []


def test_the_lead_waits_for_the_parts_the_line_names(town):
    matter = town.report("ZZ07")
    with pytest.raises(Refused) as refusal:
        handling.hand_in(lead(matter).pk, text="好了", by=town.actor("village_head"), at=town.now)
    assert refusal.value.code == "required_part_open"
    matter.refresh_from_db()
    assert matter.status == "dispatched"


def test_nobody_of_a_unit_that_handled_it_verifies_it(town):
    matter = handed_in(town)
    node = lead(matter)
    assert (node.kind, node.assignee) == ("verify", town.grid_member)
    for who in ("village_head", "village_handler", "rescue_head"):
        with pytest.raises(NotAllowed):
            answering.verify(matter.pk, solved=True, by=town.actor(who), at=town.now)


def test_a_grid_member_who_handled_it_does_not_verify_it(town):
    matter = town.report("BM11")
    node = lead(matter)
    assert (node.department, node.assignee, matter.level) == (town.committee, town.grid_member, "grid")
    handling.hand_in(node.pk, text="已上门", by=town.actor("grid_member"), at=town.now)

    verifying = lead(matter)
    assert verifying.assignee is None
    assert verifying.department == town.room, (
        "the village's committee held the node, so the command room looks"
    )
    with pytest.raises(NotAllowed):
        answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)


def test_not_solved_begins_the_next_round_at_the_unit_that_handed_in_with_its_full_limit(town):
    matter = handed_in(town)
    later = at("2026-06-16 10:00")
    with pytest.raises(Invalid):
        answering.verify(matter.pk, solved=False, by=town.actor("grid_member"), at=later)
    answering.verify(matter.pk, solved=False, text="线还在", by=town.actor("grid_member"), at=later)

    matter.refresh_from_db()
    node = lead(matter)
    assert (matter.status, matter.round, node.round, node.department) == ("dispatched", 2, 2, town.committee)
    assert node.due_at == at("2026-06-17 17:30")


def test_a_low_rating_opens_a_call_with_its_own_deadline_and_a_person_decides(town):
    matter = handed_in(town)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    answering.rate(matter.pk, solved="yes", grade=2, text="太慢", by=Actor.reporter(), at=town.now)

    matter.refresh_from_db()
    call = lead(matter)
    assert (matter.status, call.kind, call.asks, call.department) == (
        "callback",
        "callback",
        False,
        town.room,
    )
    answering.reopen(matter.pk, text="居民说没有解决", by=town.actor("desk"), at=town.now)
    matter.refresh_from_db()
    assert (matter.status, matter.round, lead(matter).department) == ("dispatched", 2, town.committee)


def test_a_call_may_also_be_settled(town):
    matter = handed_in(town)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    answering.rate(matter.pk, solved="no", by=Actor.reporter(), at=town.now)
    handling.contact(lead(matter).pk, reached=True, how="phone", by=town.actor("desk"), at=town.now)
    handling.hand_in(lead(matter).pk, text="已解释，居民接受", by=town.actor("desk"), at=town.now)
    matter.refresh_from_db()
    assert (matter.status, matter.ending) == ("closed", "settled")


def test_without_an_answer_the_matter_closes_as_unanswered(town):
    matter = handed_in(town)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    walk(at("2026-06-17 17:30"))
    matter.refresh_from_db()
    assert (matter.status, matter.ending) == ("closed", "unanswered")


def test_a_round_is_rated_once(town):
    matter = handed_in(town)
    answering.verify(matter.pk, solved=True, by=town.actor("grid_member"), at=town.now)
    answering.rate(matter.pk, solved="yes", grade=5, by=Actor.reporter(), at=town.now)
    with pytest.raises(Refused):
        answering.rate(matter.pk, solved="no", grade=1, by=Actor.reporter(), at=town.now)


def test_sending_back_goes_to_the_command_room_with_the_reason_and_keeps_the_promise(town):
    matter = town.report("ZZ07")
    promised = matter.promise_at
    handling.send_back(
        lead(matter).pk,
        reason="not_ours",
        text="这里是物业的责任",
        by=town.actor("village_head"),
        at=town.now,
    )

    matter.refresh_from_db()
    node = lead(matter)
    assert (matter.status, node.kind, node.department) == ("reported", "triage", town.room)
    assert matter.promise_at == promised
    assert matter.nodes.filter(status__in=["open", "signed"]).count() == 1, "the assisting part stops too"


def test_after_the_return_window_silence_has_made_the_unit_the_first_responsible(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    with pytest.raises(Refused) as refusal:
        handling.send_back(
            node.pk,
            reason="not_ours",
            text="不是我们",
            by=town.actor("village_head"),
            at=at("2026-06-18 09:00"),
        )
    assert refusal.value.code == "return_window_closed"


def test_a_stranger_may_do_nothing_with_a_node(town):
    node = lead(town.report("ZZ07"))
    for who in ("sibling_village_head", "town_handler", "desk", "district_supervisor", "auditor"):
        with pytest.raises(NotAllowed):
            handling.sign(node.pk, by=town.actor(who), at=town.now)


def test_a_stale_revision_is_told_that_somebody_was_faster(town):
    node = lead(town.report("ZZ07"))
    handling.sign(node.pk, by=town.actor("village_head"), at=town.now, revision=node.revision)
    with pytest.raises(Stale):
        handling.progress(
            node.pk, text="看过了", by=town.actor("village_head"), at=town.now, revision=node.revision
        )


def test_a_node_that_has_ended_takes_no_verb(town):
    matter = handed_in(town)
    ended = Node.objects.get(matter=matter, kind="handle", part="lead")
    for verb, facts in (("sign", {}), ("progress", {"text": "再说"}), ("hand_in", {"text": "再报"})):
        with pytest.raises(Refused):
            getattr(handling, verb)(ended.pk, by=town.actor("village_head"), at=town.now, **facts)


def test_without_a_category_it_lies_in_the_towns_tray_with_proposals(town):
    matter = town.report(None, text="楼道里电动车飞线充电，还有人在楼下打桩")
    node, routing = lead(matter), matter.routings.get()
    assert (matter.status, node.kind, node.department) == ("reported", "triage", town.room)
    assert routing.reason == "no_category"
    assert [proposal["code"] for proposal in routing.proposals] == ["ZZ07", "ZF11"]
    assert routing.proposals[0]["words"] == ["飞线", "充电", "电动车"]


def test_the_dispatcher_sets_the_category_and_the_list_sends_it(town):
    matter = town.report(None, text="有人飞线充电")
    triage.correct(
        matter.pk, category=town.categories["ZZ07"], text="按关键词", by=town.actor("desk"), at=town.now
    )
    matter.refresh_from_db()
    assert (matter.status, lead(matter).department, matter.category.code) == (
        "dispatched",
        town.committee,
        "ZZ07",
    )


def test_correcting_a_dispatched_matter_routes_again_and_keeps_the_promise(town):
    matter = town.report("ZZ07")
    promised = matter.promise_at
    triage.correct(
        matter.pk, category=town.categories["ZF11"], text="其实是工地", by=town.actor("desk"), at=town.now
    )
    matter.refresh_from_db()
    assert (matter.status, lead(matter).department, matter.promise_at) == (
        "dispatched",
        town.enforcement,
        promised,
    )
    assert "sent_back" not in kinds(matter)


def test_the_dispatcher_accepts_dispatches_or_declines(town):
    matter = town.report("XX91", text="法院已经判了还想再判")
    assert matter.routings.get().reason == "decline_proposed"
    triage.accept(matter.pk, by=town.actor("desk"), at=town.now)
    triage.decline(matter.pk, reason="court", text="请依法上诉", by=town.actor("desk"), at=town.now)
    matter.refresh_from_db()
    assert matter.status == "declined"
    assert not matter.nodes.filter(status__in=["open", "signed"]).exists()


def test_who_is_given_a_matter_again_takes_part_again(town):
    matter = town.report("ZZ07")
    handling.assign(
        lead(matter).pk, assignee=town.village_handler, by=town.actor("village_head"), at=town.now
    )
    mine = matter.participations.get(person=town.village_handler)
    assert mine.until is None
    handling.send_back(
        lead(matter).pk, reason="not_ours", text="先放回", by=town.actor("village_head"), at=town.now
    )
    mine.refresh_from_db()
    assert mine.until == town.now

    later = at("2026-06-15 10:00")
    triage.dispatch(matter.pk, department=town.committee, by=town.actor("desk"), at=later)
    handling.assign(lead(matter).pk, assignee=town.village_handler, by=town.actor("village_head"), at=later)
    mine.refresh_from_db()
    assert (mine.since, mine.until) == (town.now, None)


def test_the_list_forbids_a_town_to_lead_what_was_taken_back(town):
    matter = town.report("JG06")
    handling.send_back(
        lead(matter).pk, reason="not_ours", text="先放回", by=town.actor("bureau_head"), at=town.now
    )
    assert lead(matter).department == town.centre
    with pytest.raises(Refused) as refusal:
        triage.dispatch(matter.pk, department=town.enforcement, by=town.actor("district_desk"), at=town.now)
    assert refusal.value.code == "list_forbids"


def test_a_place_without_the_unit_goes_to_the_tray_with_the_reason(town):
    matter = town.report("ZZ14")
    assert (lead(matter).department, matter.routings.get().reason) == (town.room, "no_unit")
    assert lead(town.report("ZZ14", area=town.other_grid)).department == town.other_farming


def test_a_call_for_police_fire_or_ambulance_is_never_dispatched(town):
    matter = town.report("XX90", text="三楼着火了")
    assert (lead(matter).kind, matter.urgency, matter.routings.get().reason) == (
        "triage",
        "emergency",
        "emergency_call",
    )


def test_a_matter_about_a_unit_is_never_routed_to_it(town):
    matter = town.report("ZF11", about=town.enforcement)
    assert (lead(matter).kind, matter.routings.get().reason) == ("triage", "recused")
    with pytest.raises(Refused):
        triage.dispatch(matter.pk, department=town.enforcement, by=town.actor("desk"), at=town.now)


def test_when_routing_fails_the_report_stands_in_the_tray(town, monkeypatch):
    monkeypatch.setattr("dispatch.routing._by_line", lambda *_: 1 / 0)
    matter = town.report("ZZ07")
    assert matter.routings.get().reason == "failed"
    assert lead(matter).department == town.room
    assert Matter.objects.filter(pk=matter.pk).exists()


def test_what_was_handled_on_the_spot_is_closed_at_once(town):
    matter = town.report("ZZ07", handled_text="当场劝离并断电")
    assert (matter.status, matter.ending) == ("closed", "on_the_spot")
    with pytest.raises(NotAllowed):
        reporting.report(town.new("ZZ07", handled_text="我自己弄好了"), by=Actor.reporter(), at=town.now)


def test_the_promise_is_the_earliest_of_the_source_and_the_levels(town):
    assert town.report("ZZ01").promise_at == at("2026-07-07 17:30"), "three times five working days"
    sooner = at("2026-06-18 12:00")
    matter = town.report("ZZ01", reply_by=sooner)
    assert matter.promise_at == sooner
    assert lead(matter).due_at == at("2026-06-17 17:15"), "half a working day of 7.5 hours before the promise"


def test_the_platforms_own_sentences_are_in_the_language_of_the_district(town):
    with translation.override("en"):
        matter = town.report("ZZ07")
        part = matter.nodes.get(part="assisting")
        handling.send_back(
            part.pk, reason="not_ours", text="not ours", by=town.actor("rescue_head"), at=town.now
        )
    whys = list(matter.entries.exclude(why="").values_list("why", flat=True))
    assert whys
    assert not [why for why in whys if "led by" in why or "duty" in why]
    assert "assisting" not in matter.routings.get().runner_up["reason"]


def test_whoever_a_sensitive_step_is_taken_from_no_longer_reads_it(town):
    matter = town.report("ZZ18", text="有人多日没吃药，情绪不稳")
    part = matter.nodes.get(part="assisting")
    head = town.actor("village_head")
    handling.assign(part.pk, assignee=town.grid_member, by=head, at=town.now)
    assert Matter.objects.visible_to(town.actor("grid_member")).filter(pk=matter.pk).exists()
    handling.assign(part.pk, assignee=town.village_handler, by=head, at=town.now)

    assert not Matter.objects.visible_to(town.actor("grid_member")).filter(pk=matter.pk).exists()
    handling.assign(part.pk, assignee=town.grid_member, by=head, at=town.now)
    assert Matter.objects.visible_to(town.actor("grid_member")).filter(pk=matter.pk).exists()
