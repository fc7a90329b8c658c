"""The page of plain rows says what models and their serializer say, for everybody and under every filter."""

import itertools

import pytest
from django.http import QueryDict
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from dispatch import handling, policies
from dispatch.models import Node
from exchange.api import answers, matter_list
from exchange.api.views.matters import Matters
from exchange.filters import MatterFilters
from exchange.pagination import Keyset
from matters.models import Matter
from organization.actors import Actor
from tests.town import at

pytestmark = pytest.mark.django_db

NOW = at("2026-06-24 10:00")  # some are late by now
ASKED = [
    "", "status=dispatched,verifying", "level=town", "overdue=true", "overdue=false", "escalated=false",
    "category=ZZ18", "platform=ZZ", "channel=hotline", "q=充电",
    "due_before=2026-06-23T09:00:00Z&overdue=true", "reported_after=2026-06-15T09:02:00%2B08:00",
]  # fmt: skip


@pytest.fixture
def told(town):
    """Matters in many places and states, sensitive and about a unit, with and without a contact."""
    places = [town.grid, town.grid2, town.sibling_grid, town.other_grid, town.town1, town.district]
    for n, (place, code) in enumerate(itertools.product(places, ["ZZ07", "ZZ18", "XX91"])):
        who = {"reporter_name": "欧阳晓晨", "reporter_phone": "14100009876"} if n % 2 else {}
        about = town.enforcement if n % 5 == 0 else None
        town.report(code, area=place, at=at(f"2026-06-15 09:{n:02d}"), about=about, **who)
    lead = Node.objects.filter(kind="handle", department=town.committee, part="lead").first()
    handling.sign(lead.pk, by=town.actor("village_head"), at=at("2026-06-15 10:00"))
    handling.assign(
        lead.pk, assignee=town.grid_member, by=town.actor("village_head"), at=at("2026-06-15 10:00")
    )
    client, _key = town.client()
    town.report(by=Actor.of_client(client), channel="hotline", at=at("2026-06-24 09:00"), external_id="1")
    return [town.actor(who) for who in town.people] + [Actor.of_client(client)]


def page(asked=""):
    keyset, request = Keyset(), Request(APIRequestFactory().get(f"/api/v1/matters?{asked}"))
    keyset.open(Matter, request, Matters.orderings)
    return keyset


def link(token):
    return f"http://testserver/q/{token}/"


def ours(actor, asked, keyset):
    rows = matter_list.rows(actor, QueryDict(asked), keyset, at=NOW)
    return matter_list.answered(
        rows,
        actor=actor,
        at=NOW,
        link=link,
        may_know=lambda row, nodes: policies.may_know_contact(row, nodes, actor),
    )


def theirs(actor, asked):
    """The long way: models, the filters' own form, the serializer."""
    rows = Matter.objects.visible_to(actor).for_list().select_related("reporter")
    filters = MatterFilters(QueryDict(asked), rows)
    filters.at = NOW
    assert filters.is_valid(), filters.errors
    context = {
        "actor": actor,
        "at": NOW,
        "request": APIRequestFactory().get("/"),
        "contact": lambda matter: policies.may_know_contact(
            matter, matter.nodes.filter(status__in=["open", "signed"]), actor
        ),
    }
    rows = filters.qs.order_by("-reported_at", "-pk")
    return [dict(answers.MatterRow(matter, context=context).data) for matter in rows]


@pytest.mark.parametrize("asked", ASKED)
def test_everybody_sees_the_same_matters_with_the_same_words(told, asked):
    seen = [theirs(actor, asked) for actor in told]
    assert any(seen) and [ours(actor, asked, page()) for actor in told] == seen


def test_contacts_and_links_are_shown_to_some_and_not_to_others(told):
    rows = [row for actor in told for row in ours(actor, "", page())]
    assert (
        {bool(row["reporter"]) for row in rows}
        == {bool(row["tracking_url"]) for row in rows}
        == {True, False}
    )


def test_a_kept_statement_never_serves_another_reach(told):
    """Asked twice over, in another order, by a person whose post was taken away in between."""
    before = {actor: ours(actor, "", page()) for actor in told}
    assert {actor: ours(actor, "", page()) for actor in reversed(told)} == before
    desk = next(actor for actor in told if actor.reach.held and actor.reach.held[0].role == "dispatcher")
    assert before[desk]
    assert ours(Actor.of_person(desk.person, ()), "", page()) == []


@pytest.mark.parametrize("order", Matters.orderings)
def test_pages_follow_one_another_in_every_order(told, order):
    actor = told[-1]
    whole = ours(actor, "", page(f"ordering={order}&limit=200"))
    seen, cursor = [], ""
    while cursor is not None:
        keyset = page(f"ordering={order}&limit=5&cursor={cursor}")
        seen += ours(actor, "", keyset)
        following = keyset._link(back=False)
        cursor = following and QueryDict(following.partition("?")[2])["cursor"]
    assert seen == whole and len(whole) > 5
