"""The board's figures are what its lists hold, for whoever looks, at a constant price."""

import datetime as dt

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from assessment import board
from assessment.policies import may_see_board
from matters.choices import OPEN, Status
from matters.models import Matter
from organization.choices import Level

NAMES = ("open", "due_today", "overdue")


def shape(matter, **facts):
    Matter.objects.filter(pk=matter.pk).update(**facts)
    return matter


@pytest.fixture
def stock(town):
    """Ten open matters of every kind in two towns, one closed, one sensitive, one of no known place."""
    now = town.now
    hour, day = dt.timedelta(hours=1), dt.timedelta(days=1)
    for number in range(4):
        matter = town.register(area=town.grid)
        late = number == 1
        due = now - hour if late else now + (hour if number == 2 else 3 * day)
        shape(matter, status=Status.DISPATCHED, responsible=town.committee, due_at=due, soonest_due_at=due)
    assisting_late = town.register(area=town.sibling_village)
    shape(assisting_late, status=Status.DISPATCHED, responsible=town.enforcement, due_at=now + 2 * day,
          soonest_due_at=now - day)  # fmt: skip
    for number in range(3):
        matter = town.register(area=town.other_grid)
        shape(matter, status=Status.VERIFYING, responsible=town.other_room, due_at=now - day, soonest_due_at=now - day,
              escalated_level=Level.DISTRICT if number else Level.TOWN)  # fmt: skip
    shape(
        town.register(area=town.district),
        status=Status.REPORTED,
        due_at=now + hour,
        soonest_due_at=now + hour,
    )
    callback = town.register(area=town.grid2)
    shape(callback, status=Status.CALLBACK, responsible=town.room, due_at=None, soonest_due_at=None)
    shape(town.register(area=town.grid), status=Status.CLOSED, closed_at=now, responsible=town.committee)
    secret = town.register("ZZ18", area=town.grid)
    shape(
        secret,
        status=Status.DISPATCHED,
        responsible=town.police,
        due_at=now - hour,
        soonest_due_at=now - hour,
    )
    return town


def overview(town, who="district_supervisor", area=None):
    return board.overview(town.actor(who), area=area or town.district, at=town.now)


def figures(found):
    yield from (getattr(found, name) for name in NAMES)
    yield from found.escalated.values()
    for part in found.parts:
        yield from (part.open, part.due_today, part.overdue, part.escalated)
    for step in found.steps:
        yield from (step.total, *step.states.values())


def test_the_figures_are_those_of_the_matters(stock):
    found = overview(stock)
    assert [getattr(found, name).value for name in NAMES] == [10, 2, 5]
    assert {level: figure.value for level, figure in found.escalated.items()} == {"town": 1, "district": 2}


@pytest.mark.parametrize("who", ["district_supervisor", "auditor", "desk", "town_head"])
def test_every_figure_equals_the_list_it_opens(stock, who):
    from desk.forms.filters import MatterFilter

    by = stock.actor(who)
    for figure in figures(board.overview(by, area=stock.district, at=stock.now)):
        query = QueryDict(figure.query)
        rows = MatterFilter(query).sifted(Matter.objects.visible_to(by), stock.now)
        assert rows.count() == figure.value, figure.query
        assert query["as_of"] == stock.now.isoformat()


def test_each_figure_says_how_it_is_computed(stock):
    assert all(figure.how for figure in figures(overview(stock)))


def test_parts_and_steps_add_up_to_the_whole(stock):
    found = overview(stock)
    assert sum(part.open.value for part in found.parts) == found.open.value
    assert sum(step.total.value for step in found.steps) == found.open.value
    for step in found.steps:
        assert sum(figure.value for figure in step.states.values()) == step.total.value


def test_towns_stand_in_order_of_code_and_what_lies_in_none_comes_last(stock):
    found = overview(stock)
    assert [part.area for part in found.parts] == [stock.town1, stock.town2, stock.district]
    assert [part.is_rest for part in found.parts] == [False, False, True]
    assert [part.overdue.value for part in found.parts] == [2, 3, 0]


def test_a_sensitive_matter_is_counted_only_for_those_who_may_see_it(stock):
    assert overview(stock).overdue.value == 5
    assert overview(stock, "auditor").overdue.value == 6
    assert overview(stock, "desk").overdue.value == 2


def test_a_town_desk_counts_its_town_by_village(stock):
    found = overview(stock, "desk", stock.town1)
    assert found.open.value == 6
    assert [part.area for part in found.parts] == [stock.village, stock.sibling_village]


def test_the_board_costs_the_same_for_one_matter_and_for_many(town):
    def price():
        by = town.actor("district_supervisor")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            overview_ = board.overview(by, area=town.district, at=town.now)
            assert overview_.steps
        return len(queries)

    town.register()
    one = price()
    for area in (town.grid, town.other_grid, town.sibling_village):
        town.register(area=area)
    assert price() == one <= 2


def test_midnight_belongs_to_the_day_it_ends(town):
    midnight = town.at("2026-06-16 00:00")
    shape(town.register(), due_at=midnight, soonest_due_at=midnight)
    assert overview(town).due_today.value == 1


def test_closed_matters_are_not_counted(stock):
    assert {step.status for step in overview(stock).steps} == set(OPEN)


@pytest.mark.parametrize(
    ("who", "may"),
    [("district_supervisor", True), ("desk", True), ("auditor", True), ("town_head", True),
     ("grid_member", False), ("town_handler", False), ("administrator", False)],
)  # fmt: skip
def test_the_board_is_for_those_who_steer(town, who, may):
    assert may_see_board(town.actor(who)) is may
