"""`/demo/clock` for scripts: by `admin` with session and CSRF, or with the key of the client `hotline`."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.parsers import JSONParser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from demo import orders, walk
from exchange.authentication import ApiKeyAuthentication
from organization import clock
from organization.models import ApiClient

MASTER, CLIENT = "admin", "hotline"


class MayMoveTime(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.user, ApiClient):
            return request.user.name == CLIENT
        return bool(request.user) and request.user.get_username() == MASTER


@extend_schema(exclude=True)
class Clock(APIView):
    authentication_classes = [ApiKeyAuthentication, SessionAuthentication]
    permission_classes = [MayMoveTime]
    parser_classes = [JSONParser]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not settings.DEMO:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: Request) -> Response:
        alarm = walk.next_alarm()
        return Response({"now": clock.now(), "next_alarm_at": alarm and alarm.astimezone(clock.ZONE)})

    def post(self, request: Request) -> Response:
        walked = orders.carry_out(request.data)
        return Response({"now": walked.now, "fired": walked.fired, "walked": walked.walked})
