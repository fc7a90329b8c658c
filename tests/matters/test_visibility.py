"""Who may know of what, as one table."""

import datetime as dt

import pytest

from matters.models import Matter, Participation
from organization.actors import Actor
from organization.models import Post

MATTERS = {
    "own grid": ("ZZ07", "grid"),
    "own village": ("ZZ07", "grid2"),
    "sibling village": ("ZZ07", "sibling_grid"),
    "own town": ("ZZ07", "town1"),
    "other town": ("ZZ07", "other_grid"),
    "district": ("ZZ07", "district"),
    "secret": ("ZZ18", "grid"),  # sensitive; the police post holds it
    "other secret": ("ZZ18", "other_grid"),
}
# who: what they may know of, and nothing else. The enforcement team takes part in `own town` only.
TABLE = {
    "grid_member": {"own grid"},
    "second_grid_member": {"own village"},
    "sibling_grid_member": {"sibling village"},
    "village_head": {"own grid", "own village"},
    "village_handler": {"own grid", "own village"},
    "sibling_village_head": {"sibling village"},
    "town_handler": {"own town"},
    "town_head": {"own town"},
    "rescue_handler": set(),
    "police_handler": {"secret"},
    "police_head": {"secret"},
    "market_handler": set(),
    "desk": {"own grid", "own village", "sibling village", "own town"},
    "town_supervisor": {"own grid", "own village", "sibling village", "own town"},
    "sensitive_desk": {"secret"},
    "other_desk": {"other town"},
    "other_town_handler": set(),
    "other_grid_member": {"other town"},
    "other_village_head": {"other town"},
    "bureau_handler": set(),
    "bureau_head": set(),
    "police_bureau_head": set(),
    "district_desk": {"own grid", "own village", "sibling village", "own town", "other town", "district"},
    "district_supervisor": {
        "own grid",
        "own village",
        "sibling village",
        "own town",
        "other town",
        "district",
    },
    "auditor": set(MATTERS),
    "administrator": set(),
}


@pytest.fixture
def matters(town):
    sensor = Actor.rule("sensor")
    made = {
        name: town.register(category, area=getattr(town, place), by=sensor)
        for name, (category, place) in MATTERS.items()
    }
    take_part(town, made["own town"], department=town.enforcement)
    take_part(town, made["secret"], department=town.police)
    return made


def take_part(town, matter, until=None, **of):
    Participation.objects.create(matter=matter, since=town.now, until=until, **of)


def known(actor, matters):
    seen = set(Matter.objects.visible_to(actor))
    assert seen <= set(matters.values())
    return {name for name, matter in matters.items() if matter in seen}


@pytest.mark.parametrize("who", TABLE)
def test_everybody_knows_of_exactly_what_their_post_gives_them(town, matters, who):
    assert known(town.actor(who), matters) == TABLE[who]


def test_the_table_names_the_whole_cast(town):
    assert set(town.people) - set(TABLE) == {"market_head", "rescue_head", "other_town_head", "district_head"}


def test_a_rule_of_the_platform_knows_of_everything_and_a_reporter_of_nothing(town, matters):
    assert known(Actor.rule("sweep"), matters) == set(MATTERS)
    assert known(Actor.reporter("王女士"), matters) == set()


@pytest.mark.parametrize(
    ("place", "seen"),
    [
        ("district", {"own grid", "own village", "sibling village", "own town", "other town", "district"}),
        ("town1", {"own grid", "own village", "sibling village", "own town"}),
        ("village", {"own grid", "own village"}),
        ("town2", {"other town"}),
    ],
)
def test_another_system_knows_of_its_area_and_of_nothing_sensitive(town, matters, place, seen):
    client, _key = town.client(area=getattr(town, place))
    assert known(Actor.of_client(client), matters) == seen


def test_a_part_that_has_ended_still_reads(town, matters):
    take_part(town, matters["other town"], until=town.now, department=town.enforcement)
    assert known(town.actor("town_handler"), matters) == {"own town", "other town"}


def test_a_person_given_a_node_reads_it_wherever_it_is(town, matters):
    take_part(town, matters["sibling village"], person=town.grid_member)
    take_part(town, matters["other secret"], person=town.grid_member)
    assert known(town.actor("grid_member"), matters) == {"own grid", "sibling village", "other secret"}


def test_a_bureaus_head_reads_what_its_stations_take_part_in_unless_sensitive(town, matters):
    take_part(town, matters["own grid"], department=town.market)
    take_part(town, matters["other town"], department=town.other_police)
    assert known(town.actor("bureau_head"), matters) == {"own grid"}
    assert known(town.actor("bureau_handler"), matters) == set()
    assert known(town.actor("police_bureau_head"), matters) == {"other town"}


def test_holding_a_sensitive_matter_is_for_the_unit_and_not_for_the_room_around_it(town, matters):
    take_part(town, matters["other secret"], department=town.other_room)
    assert known(town.actor("other_desk"), matters) == {"other town"}
    take_part(town, matters["other secret"], department=town.other_committee)
    assert known(town.actor("other_village_head"), matters) == {"other town", "other secret"}


def test_who_reported_something_ordinary_can_follow_it_and_something_sensitive_not(town):
    ordinary = town.register("ZZ07", area=town.other_grid)
    secret = town.register("ZZ18", area=town.grid)
    assert known(town.actor("grid_member"), {"ordinary": ordinary, "secret": secret}) == {"ordinary"}


@pytest.mark.parametrize(
    ("unit", "blind"),
    [
        ("enforcement", {"town_handler", "town_head"}),
        ("committee", {"village_head", "village_handler"}),
        ("room", {"desk", "town_supervisor"}),
        ("centre", {"district_desk", "district_supervisor"}),
    ],
)
def test_a_matter_about_a_unit_is_never_shown_to_it(town, matters, unit, blind):
    watched = "own grid" if unit == "committee" else "own town"
    knew = {who for who in TABLE if watched in known(town.actor(who), matters)}
    Matter.objects.filter(pk=matters[watched].pk).update(about_department=getattr(town, unit))
    knows = {who for who in TABLE if watched in known(town.actor(who), matters)}
    assert knew - knows == blind
    assert "auditor" in knows


@pytest.mark.parametrize(
    "who", ["grid_member", "village_head", "town_handler", "desk", "sensitive_desk", "auditor"]
)
def test_an_expired_post_shows_nothing(town, matters, who):
    Post.objects.filter(person__username=who).update(valid_to=dt.date(2026, 6, 14))
    assert known(town.actor(who), matters) == set()
    assert known(town.actor(who, at=town.at("2026-06-14 23:59")), matters) == TABLE[who]
    assert known(town.actor(who, at=town.at("2026-06-15 00:01")), matters) == set()


def test_a_post_that_begins_tomorrow_shows_nothing_today(town, matters):
    Post.objects.filter(person=town.desk).update(valid_from=dt.date(2026, 6, 16))
    assert known(town.actor("desk"), matters) == set()


def test_two_posts_show_the_union_of_both(town, matters):
    Post.objects.create(
        person=town.grid_member,
        role="dispatcher",
        department=town.other_room,
        area=town.town2,
        valid_from="2020-01-01",
    )
    assert known(town.actor("grid_member"), matters) == {"own grid", "other town"}


def test_an_administrator_with_another_post_knows_what_that_post_gives(town, matters):
    Post.objects.create(
        person=town.administrator, role="handler", department=town.committee, valid_from="2020-01-01"
    )
    assert known(town.actor("administrator"), matters) == TABLE["village_handler"]


def test_a_code_that_only_begins_alike_is_not_inside(town):
    """Town 99010600 would begin like town 990106001 if paths had no separators."""
    matter = town.register()
    Matter.objects.filter(pk=matter.pk).update(area_path="/990106/9901060011/")
    assert not Matter.objects.visible_to(town.actor("desk")).exists()
    assert not Matter.objects.within(town.town1).exists()


@pytest.mark.parametrize("who", ["client", "desk", "auditor", "village_head", "sensitive_desk"])
def test_no_scope_reaches_into_a_code_that_only_begins_like_its_own(town, who):
    matter = town.register()
    roots = {"auditor": town.district, "village_head": town.village}
    root = roots.get(who, town.town1)
    alike = f"{root.path.rstrip('/')}7/"  # as if the next code were one digit longer
    Matter.objects.filter(pk=matter.pk).update(
        area_path=alike, reported_by=None, sensitive=who == "sensitive_desk"
    )
    reader = Actor.of_client(town.client(area=root)[0]) if who == "client" else town.actor(who)
    assert not Matter.objects.visible_to(reader).filter(pk=matter.pk).exists()
    Matter.objects.filter(pk=matter.pk).update(area_path=root.path)
    assert Matter.objects.visible_to(reader).filter(pk=matter.pk).exists()


def test_one_question_is_one_query(town, matters, django_assert_num_queries):
    actor = town.actor("police_bureau_head")
    with django_assert_num_queries(1):
        list(Matter.objects.visible_to(actor))
