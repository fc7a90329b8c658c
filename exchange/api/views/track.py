"""The reporter's private link: progress without any person in it, and the rating."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import answering
from dispatch.models import Node
from exchange import schema, throttling
from exchange.api import bodies, entry_answers
from exchange.api.views.door import Door
from exchange.idempotency import once
from matters import masking
from matters.choices import Kind
from matters.models import Matter
from organization.actors import Actor
from organization.choices import ActorKind


class Track(Door):
    """The link is the proof; whoever asks is not asked who they are."""

    authentication_classes: list = []
    permission_classes: list = []
    throttle_classes = [throttling.Tracks]

    @extend_schema(
        operation_id="track",
        auth=[],
        responses={200: entry_answers.PublicProgress, **schema.problems(404, 429)},
    )
    def get(self, request: Request, token: str) -> Response:
        return Response(progress_of(get_object_or_404(_linked(), token=token)))


class TrackRate(Door):
    authentication_classes: list = []
    permission_classes: list = []
    throttle_classes = [throttling.Ratings]

    @extend_schema(
        operation_id="track_rate",
        auth=[],
        request=bodies.RateByLink,
        responses={200: entry_answers.PublicProgress, **schema.problems(400, 404, 409, 422, 429)},
        parameters=[schema.IDEMPOTENCY_KEY],
    )
    @once
    def post(self, request: Request, token: str) -> Response:
        fields = self.read(bodies.RateByLink)
        matter = get_object_or_404(_linked(), token=token)
        contact = getattr(matter, "reporter", None)
        answering.rate(matter.pk, **fields, by=Actor.reporter(contact.name if contact else ""), at=self.at)
        return Response(progress_of(_linked().get(pk=matter.pk)))


def progress_of(matter: Any) -> dict:
    entries = matter.entries.public().for_timeline()
    shown = {
        **{
            name: getattr(matter, name)
            for name in ("number", "status", "level", "round", "reported_at", "closed_at")
        },
        "category": None if matter.sensitive else matter.category,
        "promise_at": matter.promise_at,
        "department": matter.responsible and matter.responsible.name,
        "may_rate": matter.asked,
        "entries": [_public(entry) for entry in entries],
    }
    return entry_answers.PublicProgress(shown).data


def _linked() -> QuerySet:
    asked = Node.objects.running().filter(matter=OuterRef("pk"), asks=True)
    return Matter.objects.select_related("category", "responsible", "reporter").annotate(asked=Exists(asked))


def _public(entry: Any) -> dict:
    """The words of the report and of the reporter stay out; numbers in an officer's words are masked."""
    own = entry.kind == Kind.REPORTED or entry.actor_kind == ActorKind.REPORTER
    return {
        "kind": entry.kind,
        "at": entry.at,
        "department": entry.department and entry.department.name,
        "text": "" if own else masking.text(entry.text),
    }
