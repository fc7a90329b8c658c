"""The file read with compiled statements says what models read the long way say, to everybody who may see it."""

from types import SimpleNamespace

import pytest
from django.http import Http404
from rest_framework.test import APIRequestFactory

from dispatch import handling, reporting, routing
from dispatch.models import Responsibility
from exchange.api import matter_file
from matters.models import Matter
from organization.actors import Actor
from tests.town import at

pytestmark = pytest.mark.django_db

NOW = at("2026-06-24 10:00")


@pytest.fixture
def told(town):
    matters = [town.report("ZZ07", reporter_name="欧阳晓晨", reporter_phone="14100009876")]
    matters += [
        town.report(code, area=place) for code, place in (("ZZ18", town.grid), ("XX91", town.other_grid))
    ]
    matters.append(town.report("ZF11", area=town.other_grid, about=town.other_enforcement))
    lead = matters[0].nodes.get(part="lead")
    head = town.actor("village_head")
    handling.sign(lead.pk, by=head, at=at("2026-06-15 10:00"))
    handling.assign(lead.pk, assignee=town.grid_member, by=head, at=at("2026-06-15 10:00"))
    return matters


def view(actor):
    return SimpleNamespace(actor=actor, at=NOW, request=APIRequestFactory().get("/"))


def long_way(actor, matter):
    found = Matter.objects.for_file().get(pk=matter.pk)
    nodes = list(found.nodes.select_related("department", "assignee").order_by("pk"))
    return matter_file.answered(view(actor), found, nodes, routing.latest(found))


def test_everybody_reads_the_files_they_may_see_and_no_others(town, told):
    client, _key = town.client()
    read = set()
    for actor in [*(town.actor(who) for who in town.people), Actor.of_client(client)]:
        for matter in told:
            if Matter.objects.visible_to(actor).filter(pk=matter.pk).exists():
                assert matter_file.seen(view(actor), matter.number) == long_way(actor, matter)
                assert matter_file.visible(actor, matter.number) == matter.pk
                read.add(matter.pk)
            else:
                for ask in (
                    lambda: matter_file.seen(view(actor), matter.number),
                    lambda: matter_file.visible(actor, matter.number),
                ):
                    with pytest.raises(Http404):
                        ask()
    assert read == {matter.pk for matter in told}


def test_whoever_acted_reads_what_became_of_it(town, told):
    actor = town.actor("desk")
    assert matter_file.acted_on(view(actor), told[0].pk) == long_way(actor, told[0])


def test_the_answer_to_a_report_is_the_file_as_it_then_stands(town):
    client, _key = town.client()
    by = Actor.of_client(client)
    for code in ("ZZ07", "XX91", None):
        new = town.new(code, text="充电桩冒烟", reporter_name="欧阳晓晨", reporter_phone="14100009876")
        made = reporting.report_whole(new, by=by, at=town.now)
        answer = matter_file.answered(view(by), made.matter, made.nodes, made.routing)
        assert answer == matter_file.acted_on(view(by), made.matter.pk)


def test_a_staged_limit_is_read_with_its_moments(hotline, town):
    Responsibility.objects.filter(code="ZF01").update(
        stages=[{"name": "责令停工", "limit": "4WH"}, {"name": "立案查处", "limit": "7WD"}]
    )
    matter = town.report("ZF01")
    answer = hotline.get(f"/matters/{matter.number}")
    assert answer.status_code == 200
    lead = next(node for node in answer.json()["nodes"] if node["part"] == "lead")
    assert [stage["name"] for stage in lead["stages"]] == ["责令停工", "立案查处"]
    assert lead["stages"][0]["due_at"] == "2026-06-15T14:30:00+08:00"
    assert lead["stages"][0]["done_at"] is None
