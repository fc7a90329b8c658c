"""Nodes: the one queue of whatever has a time limit, and the verbs of a unit on its own step."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import calling, handling
from dispatch.models import Node
from exchange import schema
from exchange.api import answers, bodies
from exchange.api.fields import LARGEST_ID
from exchange.api.views.door import Door, Listing
from exchange.filters import NodeFilters
from exchange.idempotency import once
from organization import catalogue, standing
from organization.choices import Scope
from organization.statements import Given, Kept, Once

_seen = Kept()
_listed: Once[Node] = Once(
    lambda: (
        Node.objects.select_related("matter", "assignee")
        .defer("matter__search", "matter__salt", "matter__text", "assignee__password")
        .filter(pk=Given("pk"))
        .annotate(stamp=catalogue.STAMP)
    )
)


class Nodes(Listing):
    scopes = {"GET": Scope.READ}
    serializer_class = answers.ListedNode
    filterset_class = NodeFilters
    orderings = ("next_alarm_at",)

    def rows(self) -> QuerySet:
        return Node.objects.visible_to(self.actor).for_list()

    @extend_schema(operation_id="nodes_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request)


class NodeVerb(Door):
    """One verb of a node: read the fields, call the verb, answer with the node."""

    scopes = {"POST": Scope.REPORT}
    verb: ClassVar[Callable[..., Node]]
    body: ClassVar[type[bodies.Step]]

    @once
    def post(self, request: Request, pk: int) -> Response:
        fields = self.read(self.body)
        known = _seen.of(
            self.actor.reach, lambda: Node.objects.visible_to(self.actor).filter(pk=Given("pk")).only("pk")
        )
        if pk > LARGEST_ID or not known.first(pk=pk):
            raise Http404
        type(self).verb(pk, **fields, by=self.actor, at=self.at)
        node = _listed.all(pk=pk)[0]
        node.department = catalogue.units(standing.known(node.stamp))[node.department_id]
        return Response(answers.ListedNode(node).data)


VERBS: dict[str, tuple[Callable[..., Node], type[bodies.Step]]] = {
    "sign": (handling.sign, bodies.Sign),
    "assign": (handling.assign, bodies.Assign),
    "contact": (handling.contact, bodies.Contact),
    "progress": (handling.progress, bodies.Progress),
    "hand_in": (handling.hand_in, bodies.HandIn),
    "send_back": (handling.send_back, bodies.SendBack),
    "acknowledge": (calling.acknowledge, bodies.Acknowledge),
}


def verb_view(name: str) -> Callable[..., Any]:
    verb, body = VERBS[name]
    described = extend_schema(
        operation_id=f"nodes_{name}",
        description=verb.__doc__,
        request=body,
        responses={200: answers.ListedNode, **schema.problems(400, 403, 404, 409, 422)},
        parameters=[schema.IDEMPOTENCY_KEY],
    )
    title = name.title().replace("_", "")
    view: type[Door] = type(f"Node{title}", (NodeVerb,), {"verb": staticmethod(verb), "body": body})
    return extend_schema_view(post=described)(view).as_view()
