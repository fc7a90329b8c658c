"""While the database is away a page says so and asks to come back: 503, never a bare 500."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.defaults import server_error

LOCK_NOT_AVAILABLE = "55P03"
SOON = "5"  # seconds


def broken(request: HttpRequest) -> HttpResponse:
    """The page for whatever a view let through. It needs no database, session or user."""
    failure = sys.exc_info()[1]
    if not isinstance(failure, OperationalError | InterfaceError):
        return server_error(request)
    is_busy = getattr(failure.__cause__, "pgcode", None) == LOCK_NOT_AVAILABLE
    response = render(request, "503.html", {"is_busy": is_busy}, status=409 if is_busy else 503)
    response["Retry-After"] = SOON
    response["Cache-Control"] = "no-store"
    return response
