"""The list changes only by a draft, a second person's review, and a day from which it holds."""

import datetime as dt
from contextlib import contextmanager

import pytest

from dispatch import drafting, enacting, faults
from dispatch.choices import LineState
from dispatch.models import Responsibility
from matters.refusals import Invalid, NotAllowed, Refused
from organization.models import Department

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 6, 15)
LATER = dt.date(2026, 7, 1)


@pytest.fixture
def keepers(town):
    """The administrator who drafts, and the supervisor who reviews."""
    return town.actor("administrator"), town.actor("district_supervisor")


@contextmanager
def refused(code):
    with pytest.raises(Refused) as refusal:
        yield
    assert refusal.value.code == code


def drafted(town, keepers, code="ZF11", **words):
    words = words or {"lead_level": "district", "lead_office": "ZFJ", "limit_amount": 8}
    return drafting.draft(
        category=town.categories[code], area=town.district, words=words, change="归口", by=keepers[0], at=town.now
    )  # fmt: skip


def published(town, keepers, on=TODAY, **words):
    line = drafted(town, keepers, **words)
    enacting.review(line.pk, by=keepers[1], at=town.now)
    return enacting.publish([line.pk], effective_from=on, by=keepers[0], at=town.now)[0]


def test_a_draft_answers_for_nothing(town, keepers):
    drafted(town, keepers)
    assert town.report("ZF11").responsible == town.enforcement


def test_the_next_matter_after_publication_goes_to_the_new_unit_with_the_new_version_named(town, keepers):
    before = town.report("ZF11")
    published(town, keepers)
    after = town.report("ZF11")
    assert (before.responsible, after.responsible) == (town.enforcement, town.enforcement_bureau)
    assert [matter.routings.get().line.version for matter in (before, after)] == [1, 2]


def test_a_version_for_a_later_day_leaves_the_one_in_force_until_that_day(town, keepers):
    published(town, keepers, on=LATER)
    assert town.report("ZF11").responsible == town.enforcement
    later = town.report("ZF11", at=town.at("2026-07-01 09:00"))
    assert later.responsible == town.enforcement_bureau


def test_the_earlier_version_stays_to_be_read(town, keepers):
    published(town, keepers)
    newest, oldest = enacting.versions("ZF11")
    assert (newest.version, oldest.version, oldest.effective_to) == (2, 1, TODAY)
    assert (oldest.lead_office, str(oldest.limit)) == ("ZFDW", "4WH")


def test_whoever_drafted_it_cannot_review_it(town, keepers):
    line = drafted(town, keepers)
    with pytest.raises(NotAllowed):
        enacting.review(line.pk, by=keepers[0], at=town.now)


def test_what_nobody_reviewed_cannot_be_published(town, keepers):
    line = drafted(town, keepers)
    with refused("not_reviewed"):
        enacting.publish([line.pk], effective_from=TODAY, by=keepers[0], at=town.now)
    assert Responsibility.objects.get(pk=line.pk).state == LineState.DRAFT


def test_a_reviewed_draft_that_is_changed_must_be_reviewed_again(town, keepers):
    line = drafted(town, keepers)
    enacting.review(line.pk, by=keepers[1], at=town.now)
    changed = drafting.change(line.pk, words={"limit_amount": 6}, change="再议", by=keepers[0], at=town.now)
    assert (changed.state, changed.reviewed_by) == (LineState.DRAFT, None)


@pytest.mark.parametrize("who", ["town_handler", "desk", "auditor", "grid_member"])
def test_only_an_administrator_keeps_the_list(town, keepers, who):
    with pytest.raises(NotAllowed):
        drafted(town, [town.actor(who)])


def test_a_supervisor_of_one_town_does_not_review_a_line_of_the_district(town, keepers):
    line = drafted(town, keepers)
    with pytest.raises(NotAllowed):
        enacting.review(line.pk, by=town.actor("town_supervisor"), at=town.now)


def test_one_draft_of_a_line_at_a_time(town, keepers):
    drafted(town, keepers)
    with refused("draft_is_open"):
        drafted(town, keepers)


def test_a_draft_says_what_changes_and_why(town, keepers):
    with pytest.raises(Invalid):
        drafting.draft(
            category=town.categories["ZF11"], area=town.district, words={}, change=" ", by=keepers[0], at=town.now
        )  # fmt: skip


def test_a_line_does_not_come_into_force_in_the_past(town, keepers):
    line = drafted(town, keepers)
    enacting.review(line.pk, by=keepers[1], at=town.now)
    with pytest.raises(Invalid):
        enacting.publish([line.pk], effective_from=dt.date(2026, 6, 14), by=keepers[0], at=town.now)


def test_of_several_drafts_all_are_published_or_none(town, keepers):
    good, bad = drafted(town, keepers), drafted(town, keepers, code="ZF01", limit_amount=10)
    enacting.review(good.pk, by=keepers[1], at=town.now)
    with pytest.raises(Refused):
        enacting.publish([good.pk, bad.pk], effective_from=TODAY, by=keepers[0], at=town.now)
    assert not Responsibility.objects.published().filter(version=2).exists()


def test_a_line_for_one_town_wins_there_and_only_there(town, keepers):
    line = drafting.draft(
        category=town.categories["ZF11"], area=town.town2, change="栗坪镇试行", by=keepers[0], at=town.now,
        words={"list_kind": "basic", "lead_level": "town", "lead_office": "NYB", "limit_amount": 2, "limit_unit": "WD"},
    )  # fmt: skip
    enacting.review(line.pk, by=keepers[1], at=town.now)
    enacting.publish([line.pk], effective_from=TODAY, by=keepers[0], at=town.now)
    assert line.code == "ZF11-990106100"
    assert town.report("ZF11").responsible == town.enforcement
    assert town.report("ZF11", area=town.other_grid).responsible == town.other_farming


def test_a_lead_the_list_forbids_is_not_reviewed(town, keepers):
    line = drafted(town, keepers, list_kind="assist")
    with refused("has_faults"):
        enacting.review(line.pk, by=keepers[1], at=town.now)


def test_a_unit_that_closes_before_the_line_begins_cannot_lead_it(town, keepers):
    line = drafted(town, keepers, lead_department=town.enforcement_bureau, lead_level="", lead_office="")
    enacting.review(line.pk, by=keepers[1], at=town.now)
    Department.objects.filter(pk=town.enforcement_bureau.pk).update(valid_to=dt.date(2026, 6, 20))
    with refused("has_faults"):
        enacting.publish([line.pk], effective_from=LATER, by=keepers[0], at=town.now)


def test_a_withdrawn_draft_leaves_the_line_as_it_was(town, keepers):
    line = drafted(town, keepers)
    drafting.withdraw(line.pk, by=keepers[0])
    with pytest.raises(Refused):
        enacting.review(line.pk, by=keepers[1], at=town.now)
    assert drafted(town, keepers).version == 2


def test_two_versions_are_compared_word_by_word(town, keepers):
    line = drafted(town, keepers)
    told = {each.field: (each.before, each.after) for each in drafting.differences(town.lines["ZF11"], line)}
    assert told == {
        "lead_level": ("town", "district"), "lead_office": ("ZFDW", "ZFJ"), "limit_amount": (4, 8)
    }  # fmt: skip


def kinds(town):
    return {(fault.kind, fault.category.code, fault.area.name) for fault in faults.of_list(on=TODAY)}


def test_the_list_of_the_town_has_one_known_fault(town):
    assert kinds(town) == {("no_unit", "ZZ14", "望河街道")}


def test_a_category_nobody_answers_for_is_a_gap(town):
    Responsibility.objects.filter(code="ZZ07").update(area=town.town1)
    Responsibility.objects.filter(code="JG01").update(effective_to=TODAY)
    assert {("gap", "ZZ07", "栗坪镇"), ("gap", "JG01", "云岚区")} <= kinds(town)


def test_a_unit_that_closed_and_a_forbidden_lead_are_faults(town):
    Responsibility.objects.filter(code="ZF11").update(list_kind="assist")
    Responsibility.objects.filter(code="ZF01").update(
        lead_level="", lead_office="", lead_department=town.enforcement_bureau
    )
    Department.objects.filter(pk=town.enforcement_bureau.pk).update(valid_to=dt.date(2026, 6, 1))
    assert {("forbidden", "ZF11", "云岚区"), ("closed", "ZF01", "云岚区")} <= kinds(town)
