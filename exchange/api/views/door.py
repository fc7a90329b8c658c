"""What all addresses of the API share: who asks, when, what they sent, and how a list is answered."""

import threading
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django_filters.rest_framework import DjangoFilterBackend, FilterSet
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.api.fields import Body
from exchange.authentication import client_of, is_known
from exchange.pagination import Keyset
from exchange.parsers import StrictJSONParser
from exchange.permissions import HasScope
from organization import clock, people
from organization.actors import Actor


class Kept(threading.local):
    """Bodies of a thread: the fields of a serializer are copied for each new one, which takes longer than checking."""

    def __init__(self) -> None:
        self.bodies: dict[type[Body], Body] = {}


_kept = Kept()


class AlwaysJSON(BaseContentNegotiation):
    def select_parser(self, request: Request, parsers: Any) -> Any:
        return next(
            (each for each in parsers if request.content_type.split(";")[0].lower() == each.media_type), None
        )

    def select_renderer(self, request: Request, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class Door(APIView):
    http_method_names = ["get", "head", "post"]
    permission_classes = [HasScope]
    parser_classes = [StrictJSONParser]
    content_negotiation_class = AlwaysJSON
    scopes: ClassVar[dict[str, str]] = {}

    @cached_property
    def at(self) -> Any:
        return clock.now()

    @cached_property
    def actor(self) -> Actor:
        if client := client_of(self.request):
            return Actor.of_client(client)
        user: Any = self.request.user
        return people.actor(user, at=self.at) if is_known(self.request) else Actor.reporter()

    def read(self, body: type[Body]) -> dict:
        """The fields that were sent, checked. Raises ValidationError."""
        data = self.request.data
        kept = _kept.bodies.get(body)
        if kept is None:
            kept = _kept.bodies[body] = body()
        try:
            return dict(kept.run_validation(data))
        except ValidationError:  # once more, for its words
            sent = body(data=data)
            sent.is_valid(raise_exception=True)
            return dict(sent.validated_data)

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class Listing(Door, ListAPIView):
    """A page of rows. `orderings` are the orders it offers, the first by itself."""

    filter_backends = [DjangoFilterBackend]
    pagination_class = Keyset
    orderings: tuple[str, ...] = ("pk",)
    filterset_class: ClassVar[type[FilterSet]]

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self._only_known(request)
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self.get_serializer(rows, many=True).data)

    def rows(self) -> QuerySet:
        raise NotImplementedError

    def get_queryset(self) -> QuerySet:
        """The schema asks without a person: the serializer alone tells it the columns."""
        model = self.filterset_class._meta.model
        return model._default_manager.none() if getattr(self, "swagger_fake_view", False) else self.rows()

    def _only_known(self, request: Request) -> None:
        known = {"cursor", "limit", *self.filterset_class.base_filters}
        if len(self.orderings) > 1:
            known.add("ordering")
        errors: dict[str, list[str]] = {}
        for name, values in request.query_params.lists():
            if name not in known:
                names = {"names": ", ".join(sorted(known))}
                errors[name] = [_("This parameter is not known. Known are: %(names)s.") % names]
            elif len(values) > 1:
                errors[name] = [_("This parameter is given twice.")]
        if errors:
            raise ValidationError(errors)
