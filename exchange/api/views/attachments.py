"""A photo, kept apart until a report or an answer names it."""

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange import schema, throttling
from exchange.api import entry_answers
from exchange.api.fields import Body
from exchange.api.views.door import Door
from exchange.idempotency import once
from exchange.parsers import UploadParser
from matters import attachments
from organization.choices import Scope


class Upload(Body):
    file = serializers.FileField(max_length=255)


class Attachments(Door):
    scopes = {"POST": Scope.REPORT}
    parser_classes = [UploadParser]
    throttle_classes = [throttling.Uploads]

    @extend_schema(
        operation_id="attachments_upload",
        request={"multipart/form-data": Upload},
        responses={201: entry_answers.Uploaded, **schema.problems(400, 413, 415, 422, 429)},
        parameters=[schema.IDEMPOTENCY_KEY],
    )
    @once
    def post(self, request: Request) -> Response:
        upload = self.read(Upload)["file"]
        photo = attachments.store(upload, by=self.actor, at=self.at)
        return Response(entry_answers.Uploaded(photo).data, status=201)
