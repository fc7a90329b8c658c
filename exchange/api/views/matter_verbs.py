"""One address for each verb of a matter."""

from collections.abc import Callable
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import answering, night, triage
from exchange import schema
from exchange.api import answers, bodies, matter_file
from exchange.api.views.door import Door
from exchange.idempotency import once
from matters.models import Matter
from organization.choices import Scope


class MatterVerb(Door):
    """One verb of a matter: read the fields, call the verb, answer with the file."""

    scopes = {"POST": Scope.REPORT}
    verb: ClassVar[Callable[..., Matter]]
    body: ClassVar[type[bodies.Step]]

    @once
    def post(self, request: Request, number: str) -> Response:
        fields = self.read(self.body)
        matter = type(self).verb(matter_file.visible(self.actor, number), **fields, by=self.actor, at=self.at)
        return Response(matter_file.acted_on(self, matter.pk))


VERBS: dict[str, tuple[Callable[..., Matter], type[bodies.Step]]] = {
    "accept": (triage.accept, bodies.Step),
    "dispatch": (triage.dispatch, bodies.Dispatch),
    "correct": (triage.correct, bodies.Correct),
    "decline": (triage.decline, bodies.DeclineMatter),
    "look": (night.look, bodies.Look),
    "verify": (answering.verify, bodies.Verify),
    "rate": (answering.rate, bodies.Rate),
    "reopen": (answering.reopen, bodies.Say),
    "comment": (answering.comment, bodies.Comment),
}


def verb_view(name: str) -> Callable[..., Any]:
    verb, body = VERBS[name]
    described = extend_schema(
        operation_id=f"matters_{name}",
        description=verb.__doc__,
        request=body,
        responses={200: answers.MatterFile, **schema.problems(400, 403, 404, 409, 422)},
        parameters=[schema.IDEMPOTENCY_KEY],
    )
    view: type[Door] = type(
        f"Matter{name.title()}", (MatterVerb,), {"verb": staticmethod(verb), "body": body}
    )
    return extend_schema_view(post=described)(view).as_view()
