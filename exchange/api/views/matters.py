"""Matters: report, list, file, timeline, reveal."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import contacts, policies, reporting
from exchange import schema, throttling
from exchange.api import answers, bodies, entry_answers, matter_file, matter_list
from exchange.api.new_report import NewReport, new_matter
from exchange.api.views.door import Door, Listing
from exchange.filters import MatterFilters
from exchange.idempotency import REPLAYED, once
from matters.models import Matter
from organization.choices import Scope


class Matters(Listing):
    scopes = {"GET": Scope.READ, "POST": Scope.REPORT}
    serializer_class = answers.MatterRow
    filterset_class = MatterFilters
    orderings = ("-reported_at", "reported_at", "due_at", "-due_at", "promise_at", "-promise_at")

    def get_throttles(self) -> list:
        return [throttling.Reports()] if self.request.method == "POST" else []

    @extend_schema(operation_id="matters_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        self._only_known(request)
        page: Any = self.paginator
        page.open(Matter, request, self.orderings)
        rows = matter_list.rows(self.actor, request.query_params, page, at=self.at)
        answer = matter_list.answered(
            rows,
            actor=self.actor,
            at=self.at,
            may_know=lambda row, nodes: policies.may_know_contact(row, nodes, self.actor),
            link=lambda token: request.build_absolute_uri(f"/q/{token}/"),
        )
        return page.get_paginated_response(answer)

    @extend_schema(
        operation_id="matters_report",
        request=NewReport,
        responses={201: answers.MatterFile, **schema.problems(400, 409, 422, 429)},
        parameters=[schema.IDEMPOTENCY_KEY],
    )
    @once
    def post(self, request: Request) -> Response:
        new = new_matter(self.read(NewReport))
        reported = reporting.report_whole(new, by=self.actor, at=self.at)
        matter, created = reported.matter, reported.created
        if created:
            file = matter_file.answered(self, matter, reported.nodes, reported.routing)
        else:
            file = matter_file.acted_on(self, matter.pk)
        response = Response(file, status=201)
        response["Location"] = f"/api/v1/matters/{matter.number}"
        if not created:
            response[REPLAYED] = "true"
        return response


class MatterFile(Door):
    scopes = {"GET": Scope.READ}

    @extend_schema(operation_id="matters_file", responses={200: answers.MatterFile, **schema.problems(404)})
    def get(self, request: Request, number: str) -> Response:
        return Response(matter_file.seen(self, number))


class Timeline(Door):
    scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="matters_timeline",
        responses={200: entry_answers.EntryAnswer(many=True), **schema.problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        matter = get_object_or_404(Matter.objects.visible_to(self.actor), number=number)
        return Response(entry_answers.EntryAnswer(matter.entries.for_timeline(), many=True).data)


class Reveal(Door):
    """The clear value never lies in a receipt: a repeated request is a second look, and logged as one."""

    scopes = {"POST": Scope.REVEAL}
    throttle_classes = [throttling.Reveals]
    keeps_answers = False

    @extend_schema(
        operation_id="matters_reveal",
        request=bodies.Reveal,
        responses={200: entry_answers.Revealed, **schema.problems(400, 403, 404, 409, 422, 429)},
        parameters=[schema.IDEMPOTENCY_KEY],
    )
    @once
    def post(self, request: Request, number: str) -> Response:
        return self.again(request, number)

    def again(self, request: Request, number: str) -> Response:
        fields = self.read(bodies.Reveal)
        value = contacts.reveal(matter_file.visible(self.actor, number), **fields, by=self.actor, at=self.at)
        return Response({"field": fields["field"], "value": value})
