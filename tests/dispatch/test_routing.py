"""Where a report goes by the responsibility list, and why."""

import datetime as dt

import pytest

from dispatch import limits, proposals, responsibility, routing, triage
from dispatch.models import Responsibility
from organization.models import Area, Department, Post
from tests.dispatch.walking import kinds, lead
from tests.town import at

pytestmark = pytest.mark.django_db


def another_line(pattern, **changes):
    """A line like the pattern, with what differs."""
    fields = [field.attname for field in Responsibility._meta.concrete_fields if not field.primary_key]
    return Responsibility.objects.create(**{name: getattr(pattern, name) for name in fields} | changes)


def test_the_line_of_the_most_specific_area_wins_and_the_wider_one_is_the_runner_up(town):
    another_line(town.lines["ZF01"], code="ZF01-WH", area_id=town.town1.pk, lead_office="YJZ")

    matter = town.report("ZF01")
    routed = matter.routings.get()
    assert (lead(matter).department, routed.line.code) == (town.rescue, "ZF01-WH")
    assert (routed.runner_up["department"], routed.runner_up["line"]) == (town.enforcement.name, "ZF01")
    assert "ZF01" in routed.runner_up["reason"]
    assert lead(town.report("ZF01", area=town.other_grid)).department == town.other_enforcement


def test_the_line_in_force_that_day_counts_and_its_version_is_kept(town):
    Responsibility.objects.filter(code="ZF01").update(effective_to=dt.date(2026, 7, 1))
    another_line(town.lines["ZF01"], version=2, effective_from=dt.date(2026, 7, 1), lead_office="YJZ")

    before = town.report("ZF01", at=at("2026-06-30 23:59"))
    after = town.report("ZF01", at=at("2026-07-01 00:00"))
    assert (lead(before).department, before.routings.get().line.version) == (town.enforcement, 1)
    assert (lead(after).department, after.routings.get().line.version) == (town.rescue, 2)


def test_the_runner_up_is_the_first_assisting_unit_with_the_reason(town):
    routed = town.report("ZZ07").routings.get()
    assert routed.runner_up["department"] == town.rescue.name
    assert routed.runner_up["reason"]
    assert town.report("ZF11").routings.get().runner_up is None, "nobody else is named"


def test_what_was_matched_is_kept_with_the_matter(town):
    matched = town.report("ZZ07").routings.get().matched
    assert matched == {
        "category": {"code": "ZZ07", "name": town.categories["ZZ07"].name},
        "area": {"code": town.district.code, "name": town.district.name},
        "place": {"code": town.grid.code, "name": town.grid.name},
    }


def in_tray(matter, unit, reason):
    node, routed = lead(matter), matter.routings.get()
    return (matter.status, node.kind, node.department, routed.outcome, routed.reason) == (
        "reported", "triage", unit, "tray", reason,
    )  # fmt: skip


def test_without_a_line_it_lies_in_the_towns_tray(town):
    Responsibility.objects.filter(code="ZF01").update(effective_to=dt.date(2026, 2, 1))
    assert in_tray(town.report("ZF01"), town.room, "no_line")


def test_without_the_unit_it_lies_in_the_towns_tray(town):
    matter = town.report("ZZ14")
    assert in_tray(matter, town.room, "no_unit")
    assert matter.routings.get().line.code == "ZZ14"


def test_what_the_list_forbids_lies_in_the_tray(town):
    Responsibility.objects.filter(code="JG01").update(
        lead_office="ZFDW"
    )  # assist list: not a town's own unit
    assert in_tray(town.report("JG01"), town.room, "list_forbids")


@pytest.mark.parametrize(
    ("kind", "unit", "forbidden"),
    [
        ("basic", "enforcement", False), ("basic", "committee", False), ("basic", "market", False),
        ("assist", "enforcement", True), ("assist", "committee", True), ("assist", "market", False),
        ("assist", "market_bureau", False),
        ("reclaimed", "enforcement", True), ("reclaimed", "committee", True), ("reclaimed", "market", True),
        ("reclaimed", "market_bureau", False),
    ],
)  # fmt: skip
def test_the_kind_of_list_decides_who_may_lead(town, kind, unit, forbidden):
    from dispatch.responsibility import forbids

    assert forbids(Responsibility(list_kind=kind), getattr(town, unit)) is forbidden


def test_a_matter_about_the_unit_that_would_lead_lies_in_the_tray(town):
    assert in_tray(town.report("ZF11", about=town.enforcement), town.room, "recused")


def test_a_matter_about_the_command_room_itself_goes_to_the_districts(town):
    matter = town.report(None, text="指挥室的人不接电话", about=town.room)
    assert in_tray(matter, town.centre, "no_category")


def test_a_matter_about_an_assisting_unit_is_not_sent_to_it(town):
    matter = town.report("ZZ07", about=town.rescue)
    assert [node.department for node in matter.nodes.all()] == [town.committee]


def test_a_place_without_a_town_lies_in_the_districts_tray(town):
    assert in_tray(town.report("ZF01", area=town.district), town.centre, "no_unit")


def test_a_line_led_by_the_grid_opens_at_the_village_committee_for_the_grid_member(town):
    matter = town.report("BM11")
    node = lead(matter)
    assert (node.department, node.assignee, node.level, matter.level) == (
        town.committee,
        town.grid_member,
        "grid",
        "grid",
    )


def test_without_a_grid_member_that_day_the_committee_has_it_itself(town):
    Post.objects.filter(person=town.grid_member).update(valid_to=dt.date(2026, 6, 14))
    matter = town.report("BM11")
    assert (lead(matter).department, lead(matter).assignee, matter.level) == (town.committee, None, "village")


def test_outside_parties_are_named_as_text(town):
    matter = town.report("JG06")
    dispatched = matter.entries.get(kind="dispatched")
    assert dispatched.data["outside"] == ["维保单位"]
    assert set(matter.nodes.values_list("department", flat=True)) == {
        town.market_bureau.pk,
        town.committee.pk,
    }


def test_a_line_may_name_its_unit_directly(town):
    Responsibility.objects.filter(code="ZF11").update(lead_department=town.enforcement_bureau)
    assert lead(town.report("ZF11")).department == town.enforcement_bureau


def test_a_unit_that_has_been_dissolved_is_not_chosen(town):
    Department.objects.filter(pk=town.enforcement.pk).update(valid_to=dt.date(2026, 5, 31))
    assert in_tray(town.report("ZF11"), town.room, "no_unit")


def test_it_dispatches_by_itself_only_above_the_set_confidence(town):
    sure = town.report(None, text="飞线充电的电瓶车进楼了")
    assert (sure.status, sure.category.code, lead(sure).department) == ("dispatched", "ZZ07", town.committee)
    assert kinds(sure) == ["reported", "dispatched"]

    unsure = town.report(None, text="有人飞线充电")
    assert unsure.routings.get().proposals[0]["confidence"] == 0.67
    assert in_tray(unsure, town.room, "no_category")


@pytest.mark.parametrize("text", ["法院判了 仲裁 部队 纪委", "精神病 发病 没吃药"])
def test_what_is_sensitive_or_not_for_dispatching_is_never_dispatched_by_its_words(town, text):
    matter = town.report(None, text=text)
    assert matter.routings.get().proposals[0]["confidence"] == 1.0
    assert in_tray(matter, town.room, "no_category")


def test_at_most_three_categories_are_proposed_with_the_words_that_matched(town):
    proposed = proposals.propose("邻居堆放杂物，楼道飞线充电，工地半夜打桩，还有违建")
    assert [(each["code"], each["words"]) for each in proposed] == [
        ("ZF11", ["工地", "打桩", "半夜"]), ("ZZ01", ["邻居", "堆放"]), ("ZZ07", ["飞线", "充电"]),
    ]  # fmt: skip
    assert sum(each["confidence"] for each in proposed) < 1
    assert proposals.propose("今天天气不错") == []


def test_the_newest_routing_is_what_the_file_shows(town):
    matter = town.report(None, text="有人飞线充电")
    triage.correct(
        matter.pk, category=town.categories["ZZ07"], text="按关键词", by=town.actor("desk"), at=town.now
    )
    assert (routing.latest(matter).outcome, routing.latest(matter).line.code) == ("dispatched", "ZZ07")
    assert matter.routings.count() == 2


def test_deciding_only_reads(town, django_assert_num_queries):
    matter = town.register("ZZ07")
    timing = limits.timing(town.now)
    routing.decide(matter, timing)  # the list and the units are read once, until one of them changes
    with django_assert_num_queries(0):
        decision = routing.decide(matter, timing)
    assert (decision.unit, decision.assisting) == (town.committee, [town.rescue])


def test_a_grid_of_a_village_without_a_committee_lies_in_the_tray(town):
    village = Area.objects.create(
        code="990106001300", name="新村", level="village", parent=town.town1, path=f"{town.town1.path}990106001300/",
        valid_from=dt.date(2026, 1, 1),
    )  # fmt: skip
    assert in_tray(town.report("ZZ07", area=village), town.room, "no_unit")


def test_a_unit_with_a_planned_end_day_leads_until_that_day_and_not_after(town):
    town.enforcement.valid_to = at("2026-06-30 00:00").date()
    town.enforcement.save()

    assert lead(town.report("ZF11", at=at("2026-06-30 10:00"))).department == town.enforcement
    matter = town.report("ZF11", at=at("2026-07-01 10:00"))
    assert (lead(matter).kind, matter.routings.get().reason) == ("triage", "no_unit")


def test_the_list_in_memory_answers_as_the_database_would(town):
    """For every category and place: the line in force, the most specific first; a line of a wider area, one not yet in
    force and one that has ended included."""
    line = town.lines["ZZ07"]
    for n, (area, begins, ends) in enumerate(
        [(town.town1, dt.date(2020, 1, 1), None), (town.village, dt.date(2027, 1, 1), None),
         (town.grid, dt.date(2020, 1, 1), dt.date(2026, 6, 15)),
         (town.grid2, dt.date(2020, 1, 1), dt.date(2026, 6, 16))]
    ):  # fmt: skip
        another_line(line, code=f"MORE{n}", area_id=area.pk, effective_from=begins, effective_to=ends)
    timing = limits.timing(town.now)
    day, many = town.now.date(), 0
    for category in town.categories.values():
        for area in Area.objects.all():
            stored = list(Responsibility.objects.in_force(day).answering(category, area))
            kept = responsibility.lines_for(category, area, at=town.now, known=timing.known)
            assert kept == stored
            assert [(each.category, each.area) for each in kept] == [
                (each.category, each.area) for each in stored
            ]
            many += len(stored) > 1
    assert many


def test_the_units_in_memory_are_those_of_the_place_and_those_a_line_names(town):
    town.enforcement.valid_to = town.now.date() - dt.timedelta(days=1)
    town.enforcement.save()
    for area in (town.grid, town.village, town.town1, town.other_grid, town.district):
        units = responsibility.Units(area, list(town.lines.values()), at=town.now)._all
        day = town.now.date()
        around = Department.objects.valid_on(day).filter(area__path__in=area.lineage)
        assert set(units) <= set(around) and town.enforcement not in units
        assert {unit for unit in around if unit.kind in ("command", "self_governing")} <= set(units)
        assert {unit.office for unit in units} >= {"SJS"} & {unit.office for unit in around}
