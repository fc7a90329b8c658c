"""Somebody is there: roles resolve to people who are present at that moment, and whom that passed over is written."""

import datetime as dt

import pytest

from dispatch import handling, limits, outbox, recipients, verifiers
from dispatch.models import Notice
from matters.models import Matter
from organization.models import Absence, DutyTurn, Person, Post
from tests.dispatch.walking import lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db

NIGHT = at("2026-06-16 02:00")
HOUR = dt.timedelta(hours=1)


def away(who, deputy=None, *, around=NIGHT, hours=48, **facts):
    span = {"from_at": around - hours * HOUR, "to_at": around + hours * HOUR}
    return Absence.objects.create(person=who, deputy=deputy, **span, **facts)


def on_duty(unit, who, deputy=None, *, slot="officer", around=NIGHT, **facts):
    span = {"from_at": around - 6 * HOUR, "to_at": around + 6 * HOUR}
    return DutyTurn.objects.create(department=unit, person=who, deputy=deputy, slot=slot, **span, **facts)


def told(node, role, when=NIGHT):
    """Usernames of who is told in a role at night."""
    found = recipients.resolve(node.matter, [(node, [role])], limits.timing(when))
    return {each["person"].username for each in found}


def skipped(node, role, when=NIGHT):
    """{(username or the empty role, why)} of whom that passed over."""
    (first, *_rest) = recipients.resolve(node.matter, [(node, [role])], limits.timing(when))
    names = {person.pk: person.username for person in Person.objects.all()}
    return {(names.get(each.get("person"), each["role"]), each["why"]) for each in first["skipped"]}


def test_a_head_on_leave_is_never_the_one_told(town):
    node = lead(town.report("ZZ01"))
    away(town.village_head, town.village_handler)
    assert told(node, "head") == {"village_handler"}
    assert skipped(node, "head") == {("village_head", "away")}


def test_the_deputy_of_the_absence_comes_before_the_one_named_for_always(town):
    node = lead(town.report("ZF11"))
    Post.objects.filter(person=town.town_head).update(deputy=town.rescue_head)
    absence = away(town.town_head)
    assert told(node, "head") == {"rescue_head"}
    absence.deputy = town.town_handler
    absence.save()
    assert told(node, "head") == {"town_handler"}


def test_a_deputy_who_is_away_too_is_passed_over(town):
    node = lead(town.report("ZF11"))
    away(town.town_head, town.town_handler)
    away(town.town_handler)
    assert told(node, "head") == {"district_desk", "district_head"}
    assert skipped(node, "head") == {("town_head", "away"), ("town_handler", "away")}


def test_after_holder_and_deputy_comes_who_is_on_duty_in_the_unit(town):
    node = lead(town.report("ZF11"))
    away(town.town_head)
    on_duty(town.enforcement, town.rescue_handler)
    assert told(node, "head") == {"rescue_handler"}
    on_duty(town.enforcement, town.police_handler, slot="leader")
    assert told(node, "head") == {"police_handler"}, "for the head the leader of the turn comes first"


def test_the_one_it_was_given_to_stands_aside_while_away(town):
    node = lead(town.report("ZF11"))
    handling.assign(node.pk, assignee=town.town_handler, by=town.actor("town_head"), at=town.now)
    node = lead(node.matter)
    assert told(node, "holder") == {"town_handler"}
    away(town.town_handler, town.desk)
    assert told(node, "holder") == {"desk"}
    assert skipped(node, "holder") == {("town_handler", "away")}


@pytest.mark.parametrize(
    ("gone", "why"), [({"is_active": False}, "inactive"), ({"valid_to": "2026-06-14"}, "expired")]
)
def test_whoever_left_is_never_told_though_the_step_is_in_their_hands(town, gone, why):
    node = lead(town.report("ZF11"))
    handling.assign(node.pk, assignee=town.town_handler, by=town.actor("town_head"), at=town.now)
    rows = Person.objects.filter(pk=town.town_handler.pk) if "is_active" in gone else town.town_handler.posts
    rows.update(**gone)
    assert told(lead(node.matter), "holder") == {"town_head"}
    assert ("town_handler", why) in skipped(lead(node.matter), "holder")


def test_when_nobody_of_the_unit_is_there_its_command_room_is_on_duty_for_it_else_the_district_is_told(town):
    node = lead(town.report("ZF11"))
    away(town.town_handler)
    away(town.town_head)
    assert told(node, "holder") == {"district_desk", "district_head"}
    on_duty(town.room, town.rescue_handler)
    assert told(node, "holder") == {"rescue_handler"}


def test_a_head_above_who_may_not_open_it_alone_is_not_enough(town):
    node = lead(town.report("ZF11"))
    for who in (town.town_handler, town.town_head, town.district_desk):
        away(who)
    assert told(node, "holder") == {
        "desk",
        "sensitive_desk",
        "town_supervisor",
        "district_supervisor",
        "district_head",
    }


def test_when_nobody_of_the_district_is_there_whoever_is_left_is_told(town):
    node = lead(town.report("JG06"))
    for who in (town.bureau_handler, town.bureau_head, town.district_desk, town.district_head):
        away(who)
    assert told(node, "head") == {"desk", "town_supervisor", "sensitive_desk", "district_supervisor"}


def test_an_absence_counts_from_its_first_moment_up_to_its_last(town):
    node = lead(town.report("ZF11"))
    Absence.objects.create(person=town.town_head, from_at=NIGHT, to_at=NIGHT + HOUR)
    assert told(node, "head", NIGHT - HOUR) == {"town_head"}
    assert told(node, "head", NIGHT) != {"town_head"}
    assert told(node, "head", NIGHT + HOUR) == {"town_head"}


def test_what_is_kept_of_the_rosters_is_forgotten_when_one_changes(town, django_assert_num_queries):
    node = lead(town.report("ZF11"))
    timing = limits.timing(NIGHT)
    recipients.resolve(node.matter, [(node, ["holder", "head", "above", "duty"])], timing)
    with django_assert_num_queries(0):
        recipients.resolve(node.matter, [(node, ["holder", "head", "above", "duty"])], timing)
    away(town.town_head, town.town_handler)
    assert told(node, "head") == {"town_handler"}


class TestDuty:
    def test_the_duty_officer_of_the_unit_answers_by_night(self, town):
        node = lead(town.report("ZZ13"))
        on_duty(town.rescue, town.rescue_handler, phone="05780001")
        (row,) = recipients.resolve(node.matter, [(node, ["duty"])], limits.timing(NIGHT))
        assert (row["person"], row["phone"], row["skipped"]) == (town.rescue_handler, "05780001", [])

    def test_the_officers_deputy_stands_in(self, town):
        node = lead(town.report("ZZ13"))
        on_duty(town.rescue, town.rescue_handler, town.rescue_head)
        away(town.rescue_handler)
        assert told(node, "duty") == {"rescue_head"}

    def test_without_a_roster_the_units_handlers_are_told(self, town):
        node = lead(town.report("ZZ13"))
        assert told(node, "duty") == {"rescue_handler"}

    def test_a_unit_without_anybody_rings_at_the_command_rooms_officer(self, town):
        node = lead(town.report("ZZ13"))
        away(town.rescue_handler)
        away(town.rescue_head)
        assert told(node, "duty") == {"district_desk", "district_head"}
        on_duty(town.centre, town.bureau_handler)
        assert told(node, "duty") == {"bureau_handler"}
        on_duty(town.room, town.police_handler)
        assert told(node, "duty") == {"police_handler"}

    def test_the_districts_duty_leader_is_named_by_its_roster_else_by_its_head(self, town):
        node = lead(town.report("ZZ13"))
        assert "district_head" in told(node, "duty_leader")
        on_duty(town.centre, town.bureau_head, slot="leader")
        on_duty(town.centre, town.bureau_handler)
        assert told(node, "duty_leader") == {"bureau_head"}
        away(town.bureau_head)
        assert told(node, "duty_leader") == {"bureau_handler"}


class TestWhatTheyMayNotSee:
    def test_a_stand_in_learns_of_a_sensitive_matter_only_as_one_of_the_unit(self, town):
        node = lead(town.report("ZZ18", by="police_handler"))
        away(town.police_head, town.desk)
        on_duty(town.police, town.rescue_handler)
        assert not told(node, "head") & {"desk", "rescue_handler"}
        Absence.objects.filter(person=town.police_head).update(deputy=town.police_handler)
        assert told(node, "head") == {"police_handler"}

    def test_nobody_of_the_unit_it_is_about_is_told_by_another_post(self, town):
        Post.objects.create(
            person=town.town_handler, role="handler", department=town.rescue, valid_from="2020-01-01"
        )
        node = lead(town.report("ZF11", about=town.rescue))
        assert told(node, "holder") == {"town_head"}
        assert ("town_handler", "recused") in skipped(node, "holder")

    def test_somebody_told_may_open_the_matter_at_that_moment(self, town):
        away(town.town_head, town.rescue_head)
        on_duty(town.enforcement, town.bureau_handler)
        matter = town.report("ZF11")
        for role in ("holder", "head", "above", "room", "supervisor", "duty", "duty_leader"):
            found = recipients.resolve(matter, [(lead(matter), [role])], limits.timing(NIGHT))
            readers = [town.actor(each["person"], NIGHT) for each in found]
            assert any(Matter.objects.visible_to(who).filter(pk=matter.pk).exists() for who in readers), role


def test_the_rung_and_its_entry_say_who_was_not_there(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    away(town.village_head, town.village_handler, around=node.due_at)
    walk(node.due_at)
    warned = node.rungs.get(action="warn")
    (told_as_head,) = [each for each in warned.tells if each["role"] == "head"]
    assert told_as_head["name"] == "郑晓燕"
    assert [(each["name"], each["why"]) for each in told_as_head["skipped"]] == [("吴建平", "away")]
    assert [each["name"] for each in warned.entry.data["passed_over"]] == ["吴建平"]
    assert "吴建平" in warned.entry.why and "郑晓燕" in warned.entry.why
    assert not Notice.objects.filter(person=town.village_head, kind="warn").exists()


def test_the_record_does_not_say_why_somebody_is_away(town):
    node = lead(town.report("ZZ01"))
    away(town.village_head, town.village_handler, kind="ill")
    answers = outbox.tell(node.matter, [(node, ["head"])], "warn", limits.timing(NIGHT))
    assert "ill" not in {each["why"] for row in answers for each in row["skipped"]}


class TestStandingIn:
    def test_a_deputy_acts_by_the_post_of_whoever_is_away(self, town):
        node = lead(town.report("ZF11"))
        assert not Matter.objects.visible_to(town.actor("market_handler", NIGHT)).exists()
        away(town.town_handler, town.market_handler)
        acting = town.actor("market_handler", NIGHT)
        assert Matter.objects.visible_to(acting).filter(pk=node.matter_id).exists()
        handling.sign(node.pk, by=acting, at=NIGHT)
        entry = node.matter.entries.latest("seq")
        assert (entry.kind, entry.department, entry.actor_name) == ("signed", town.enforcement, "杨丽娟")
        assert not Matter.objects.visible_to(town.actor("market_handler", NIGHT + 72 * HOUR)).exists()

    def test_a_turn_at_the_command_room_gives_its_desk_while_it_lasts(self, town):
        matter = town.report(None, text="说不清楚的事情", channel="hotline")
        on_duty(town.room, town.rescue_handler)
        seen = Matter.objects.visible_to(town.actor("rescue_handler", NIGHT))
        assert seen.filter(pk=matter.pk).exists()
        later = Matter.objects.visible_to(town.actor("rescue_handler", NIGHT + 24 * HOUR))
        assert not later.filter(pk=matter.pk).exists()

    def test_whoever_holds_no_post_any_more_stands_in_for_nobody(self, town):
        away(town.town_head, town.market_handler)
        on_duty(town.room, town.market_handler)
        Post.objects.filter(person=town.market_handler).update(valid_to="2026-06-14")
        assert town.actor("market_handler", NIGHT).posts == ()

    def test_nobody_lends_the_configuration_or_the_audit(self, town):
        away(town.administrator, town.market_handler)
        away(town.auditor, town.market_handler)
        assert [post.role for post in town.actor("market_handler", NIGHT).posts] == ["handler"]

    def test_a_stand_in_is_confided_nothing_sensitive(self, town):
        matter = town.report("ZZ18", by="police_handler")
        away(town.police_handler, town.desk)
        assert not Matter.objects.visible_to(town.actor("desk", NIGHT)).filter(pk=matter.pk).exists()
        away(town.sensitive_desk, town.town_handler)
        assert not any(post.sensitive_desk for post in town.actor("town_handler", NIGHT).posts)


def test_a_verification_goes_to_nobody_who_is_away(town):
    matter = town.report("ZF11")
    assert verifiers.verifier(matter, at=NIGHT) == (town.committee, town.grid_member)
    away(town.grid_member)
    assert verifiers.verifier(matter, at=NIGHT) == (town.committee, None)
