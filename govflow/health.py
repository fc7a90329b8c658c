"""Whether this process lives (/healthz), may take work (/readyz), and in what state the engine is (/metrics).

Answered before everything else, so that a probe by address needs no host name, session or certificate. Readiness
asks the heartbeat row, not a process list: a sweeper that hangs looks alive to every other test."""

import hmac
import time
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from audit import broker, vitals
from audit.vitals import Vitals
from govflow import metrics as figures

Answer = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response
        self.addresses: dict[str, Answer] = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.addresses.get(request.path_info, self.get_response)(request)


def healthz(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"status": "ok"})


def readyz(request: HttpRequest) -> HttpResponse:
    reasons = {
        name: why
        for name, why in (("database", database()), ("broker", broker.ping()), ("sweep", sweep()))
        if why
    }
    status = "unavailable" if reasons else "ok"
    return JsonResponse({"status": status, "reasons": reasons}, status=503 if reasons else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_metrics(request):
        return HttpResponse(status=404)
    started = time.monotonic()
    state = _vitals()
    lines = [f"govflow_database_up {int(state is not None)}"]
    lines.append(f"govflow_database_seconds {time.monotonic() - started:.6f}")
    lines.append(f"govflow_broker_up {int(not broker.ping())}")
    lines.extend(figures.text(state) if state else [])
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


def may_read_metrics(request: HttpRequest) -> bool:
    """With a token whoever holds it; without one only this machine, and never through a proxy."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), settings.METRICS_TOKEN.encode())
    return (
        request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1") and "X-Forwarded-For" not in request.headers
    )


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("select 1")
    except (DatabaseError, InterfaceError) as error:
        return f"does not answer: {type(error).__name__}"
    return ""


def sweep() -> str:
    """Whether something still rings what is due: the freshest heartbeat counts, of whichever loop."""
    try:
        ages = [beat.age for beat in vitals.beats() if not beat.is_relay]
    except (DatabaseError, InterfaceError):
        ages = []
    if not ages:
        return "no sweep has run"
    freshest = min(ages)
    limit = settings.SWEEP_FRESH_SECONDS
    return f"last sweep {freshest:.0f} s ago, limit {limit} s" if freshest > limit else ""


def _vitals() -> Vitals | None:
    try:
        return vitals.read()
    except (DatabaseError, InterfaceError):
        return None
