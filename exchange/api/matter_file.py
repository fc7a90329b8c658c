"""The whole file of a matter, read with three statements that are compiled once; its names come from what stands."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import Http404

from dispatch import ladders, policies
from dispatch.models import Node, Routing
from exchange.api import answers
from matters import catalogue
from matters.models import Matter
from organization import catalogue as places
from organization import standing
from organization.actors import Actor
from organization.statements import Given, Kept, Once

_seen, _seen_ids = Kept(), Kept()
_acted_on: Once[Matter] = Once(
    lambda: Matter.objects.filter(pk=Given("pk")).for_answer().annotate(stamp=places.STAMP)
)
_nodes: Once[Node] = Once(
    lambda: (
        Node.objects.filter(matter=Given("matter"))
        .select_related("assignee")
        .defer("assignee__password")
        .order_by("pk")
    )
)
_latest: Once[Routing] = Once(
    lambda: (
        Routing.objects.filter(matter=Given("matter"))
        .select_related("line")
        .only("outcome", "reason", "matched", "runner_up", "proposals", "line__code", "line__version")
        .order_by("-pk")[:1]
    )
)


def visible(actor: Actor, number: str) -> int:
    """The id of a matter the actor may know of. Raises Http404."""
    statement = _seen_ids.of(actor.reach, lambda: _numbered(actor).values_list("pk", named=True))
    if row := statement.first(number=number):
        return row.pk
    raise Http404


def seen(view: Any, number: str) -> dict:
    """The file of a matter the actor may know of. Raises Http404."""
    statement = _seen.of(
        view.actor.reach, lambda: _numbered(view.actor).for_answer().annotate(stamp=places.STAMP)
    )
    if matter := statement.first(number=number):
        return _read(view, matter)
    raise Http404


def acted_on(view: Any, pk: int) -> dict:
    """The file as whoever has just acted on it sees it."""
    return _read(view, _acted_on.all(pk=pk)[0])


def answered(view: Any, matter: Any, nodes: Sequence[Node], why: Routing | None) -> dict:
    """The file of what was read or has just been made."""
    matter.known_nodes, matter.why = nodes, why
    lead = next((node for node in nodes if node.is_running and node.is_lead), None)
    matter.next_rung = ladders.next_rung(lead) if lead else None
    matter.proposals = why.proposals if why else []
    context = {"request": view.request, "actor": view.actor, "at": view.at, "contact": _contact(view.actor)}
    return answers.MatterFile(matter, context=context).data


def _numbered(actor: Actor) -> Any:
    return Matter.objects.visible_to(actor).filter(number=Given("number"))


def _read(view: Any, matter: Any) -> dict:
    known = standing.known(matter.stamp)
    units = places.units(known)
    catalogue.name(matter, known)
    nodes = _nodes.all(matter=matter.pk)
    for node in nodes:
        node.department = units[node.department_id]
    return answered(view, matter, nodes, _latest.first(matter=matter.pk))


def _contact(actor: Actor) -> Callable[[Any], bool]:
    return lambda matter: policies.may_know_contact(matter, matter.known_nodes, actor)
