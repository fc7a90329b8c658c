"""The board's page: for those who steer, within their own area, without ranking."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse


@pytest.fixture
def visit(client, town):
    def go(who, **query):
        client.force_login(getattr(town, who))
        return client.get(reverse("desk:board"), query)

    return go


@pytest.fixture(autouse=True)
def _some_matters(town):
    town.report("ZZ07")
    town.report("ZF11", area=town.other_grid)


@pytest.mark.parametrize(
    "who", ["district_supervisor", "district_desk", "auditor", "town_head", "bureau_head"]
)
def test_those_who_steer_see_it(visit, who):
    assert visit(who).status_code == 200


@pytest.mark.parametrize("who", ["grid_member", "town_handler"])
def test_others_are_told_who_may(visit, who):
    answer = visit(who)
    assert answer.status_code == 403
    assert answer.context["roles"]


def test_strangers_are_asked_to_sign_in(client, town):
    assert client.get(reverse("desk:board")).status_code == 302


def test_a_desk_stays_within_its_town(visit, town):
    assert visit("desk").context["area"] == town.town1
    assert visit("desk", area=town.town2.code).context["area"] == town.town1
    assert visit("desk", area=town.village.code).context["area"] == town.village


def test_every_number_is_a_link_to_its_matters(visit, client):
    page = visit("district_supervisor")
    for tile in page.context["tiles"]:
        assert client.get(tile["href"]).status_code == 200
        assert tile["how"]


def test_the_page_costs_the_same_for_few_matters_and_for_many(visit, client, town):
    def price():
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("desk:board"))
        return len(queries)

    visit("district_supervisor")
    few = price()
    for area in (town.grid2, town.other_grid2, town.sibling_grid):
        town.report("ZZ07", area=area)
    assert price() == few <= 12
