"""Every error as RFC 9457 `application/problem+json`, in the reader's language.

`code` names the error for programs; `errors` says which part of what was sent must change. `type` is the address of
its explanation for people.
"""

import logging
import uuid
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import (
    ObjectDoesNotExist,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    ValidationError,
)
from django.db import OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from matters.refusals import Invalid, NotAllowed, Refused

logger = logging.getLogger("govflow.exchange")
MEDIA_TYPE = "application/problem+json"
LOCK_NOT_AVAILABLE = "55P03"

#: status: (name in the address of the explanation, title)
TYPES = {
    400: ("invalid", gettext_lazy("What was sent cannot be taken")),
    401: ("unauthenticated", gettext_lazy("Not logged in")),
    403: ("forbidden", gettext_lazy("Not allowed")),
    404: ("not-found", gettext_lazy("Not found")),
    405: ("method", gettext_lazy("Method not allowed here")),
    406: ("not-acceptable", gettext_lazy("No such format")),
    409: ("conflict", gettext_lazy("Not possible now")),
    413: ("too-large", gettext_lazy("Too large")),
    415: ("media-type", gettext_lazy("Unsupported media type")),
    422: ("key-reused", gettext_lazy("Idempotency key used before")),
    429: ("throttled", gettext_lazy("Too many requests")),
    500: ("error", gettext_lazy("Internal error")),
    503: ("unavailable", gettext_lazy("Not available now")),
}

#: Refusals of the rooms: the most special class first.
ROOMS = ((Invalid, 400), (NotAllowed, 403), (Refused, 409), (ValidationError, 400))
DJANGO: tuple[tuple[type[Exception], int, str], ...] = (
    (Http404, 404, "not_found"),
    (ObjectDoesNotExist, 404, "not_found"),
    (PermissionDenied, 403, "forbidden"),
    (RequestDataTooBig, 413, "too_large"),
    (SuspiciousOperation, 400, "bad_request"),
)
TOO_LARGE = "too_large"


class Conflict(exceptions.APIException):
    status_code = 409
    default_code = "conflict"


class InFlight(Conflict):
    default_code = "in_flight"
    wait = 1


class KeyReused(exceptions.APIException):
    status_code = 422
    default_code = "key_reused"


def body(status: int, code: str, detail: str, errors: list[dict] | None = None) -> dict:
    name, title = TYPES.get(status, TYPES[400 if status < 500 else 500])
    return {
        "type": f"/developers/#{name}",
        "title": str(title),
        "status": status,
        "detail": detail,
        "code": code,
        "errors": errors or [],
    }


def handler(exc: Exception, context: dict) -> Response:
    """Django REST framework's exception handler."""
    for answer in (_of_rooms, _of_framework, _of_django, _of_database):
        if (response := answer(exc)) is not None:
            return response
    return _unexpected(exc, context)


def not_found(request: HttpRequest, **_kwargs: Any) -> JsonResponse:
    """For addresses below /api/ that no view answers."""
    problem = body(404, "not_found", _("There is nothing at this address."))
    return JsonResponse(problem, status=404, content_type=MEDIA_TYPE)


def _of_rooms(exc: Exception) -> Response | None:
    for kind, status in ROOMS:
        if isinstance(exc, kind):
            code, detail = getattr(exc, "code", None) or "invalid", " ".join(exc.messages)
            pointer = f"/{exc.field}" if isinstance(exc, Invalid) and exc.field else ""
            errors = [{"pointer": pointer, "code": code, "detail": detail}]
            return _problem(413 if status == 400 and code == TOO_LARGE else status, code, detail, errors)
    return None


def _of_framework(exc: Exception) -> Response | None:
    if not isinstance(exc, exceptions.APIException):
        return None
    if isinstance(exc, serializers.ValidationError):
        errors = list(_flat(exc.detail, ""))
        return _problem(400, errors[0]["code"] if errors else "invalid", _summary(errors), errors)
    response = _problem(exc.status_code, _code_of(exc), str(exc.detail))
    if header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = header
    if hasattr(exc, "wait"):
        response["Retry-After"] = str(max(1, round(exc.wait or 1)))
    return response


def _of_django(exc: Exception) -> Response | None:
    details = {404: _("There is nothing at this address."), 413: _("The body is too large.")}
    for kind, status, code in DJANGO:
        if isinstance(exc, kind):
            return _problem(status, code, details.get(status, _("The request is malformed or not allowed.")))
    return None


def _of_database(exc: Exception) -> Response | None:
    if not isinstance(exc, OperationalError):
        return None
    if getattr(exc.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE:
        response = _problem(409, "busy", _("Somebody else is changing this right now. Try again."))
    else:
        logger.error("the database did not answer", exc_info=exc)
        response = _problem(503, "unavailable", _("The platform cannot answer at the moment. Try again."))
    response["Retry-After"] = "2"
    return response


def _unexpected(exc: Exception, context: dict) -> Response:
    instance = f"urn:uuid:{uuid.uuid4()}"
    logger.error("unexpected error %s in %s", instance, context.get("view"), exc_info=exc)
    response = _problem(
        500, "error", _("Something went wrong on our side. Quote the instance when you report it.")
    )
    response.data["instance"] = instance
    return response


def _problem(status: int, code: str, detail: str, errors: list[dict] | None = None) -> Response:
    return Response(body(status, code, detail, errors), status=status, content_type=MEDIA_TYPE)


def _code_of(exc: exceptions.APIException) -> str:
    codes = exc.get_codes()
    return codes if isinstance(codes, str) else exc.default_code


def _flat(detail: Any, pointer: str) -> Iterator[dict]:
    """Nested messages as rows with the JSON pointer (RFC 6901) of what they speak of."""
    if isinstance(detail, dict):
        for key, below in detail.items():
            step = str(key).replace("~", "~0").replace("/", "~1")
            yield from _flat(below, pointer if key == "non_field_errors" else f"{pointer}/{step}")
    elif isinstance(detail, list):
        for place, below in enumerate(detail):
            nested = isinstance(below, dict | list)
            yield from _flat(below, f"{pointer}/{place}" if nested else pointer)
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}


def _summary(errors: list[dict]) -> str:
    if len(errors) == 1:
        return f"{errors[0]['pointer']}: {errors[0]['detail']}".removeprefix(": ")
    return _("%(count)d parts of what was sent cannot be taken.") % {"count": len(errors)}
