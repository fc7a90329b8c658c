"""Whether this process lives (/healthz), may take work (/readyz), and in what state the engine is (/metrics).

Answered before everything else, so that a probe by address needs no host name, session or certificate. Readiness
asks the heartbeat row, not a process list: a sweeper that hangs looks alive to every other test."""

import hmac
import time
from collections.abc import Callable

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from dispatch.models import SweepHeartbeat

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
        name: why for name, why in (("database", database()), ("broker", broker()), ("sweep", sweep())) if why
    }
    status = "unavailable" if reasons else "ok"
    return JsonResponse({"status": status, "reasons": reasons}, status=503 if reasons else 200)


def metrics(request: HttpRequest) -> HttpResponse:
    if not may_read_metrics(request):
        return HttpResponse(status=404)
    started = time.monotonic()
    lines = [f"govflow_database_up {int(not database())}"]
    lines.append(f"govflow_database_seconds {time.monotonic() - started:.6f}")
    lines.append(f"govflow_broker_up {int(not broker())}")
    lines.extend(
        f'govflow_sweep_age_seconds{{name="{name}"}} {age:.1f}' for name, age in sweep_ages().items()
    )
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
    except DatabaseError as error:
        return f"does not answer: {type(error).__name__}"
    return ""


def broker() -> str:
    try:
        with redis.Redis.from_url(settings.BROKER_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return f"does not answer: {type(error).__name__}"
    return ""


def sweep() -> str:
    ages = sweep_ages()
    if not ages:
        return "no sweep has run"
    freshest = min(ages.values())
    limit = settings.SWEEP_FRESH_SECONDS
    return f"last sweep {freshest:.0f} s ago, limit {limit} s" if freshest > limit else ""


def sweep_ages() -> dict[str, float]:
    try:
        now = timezone.now()
        return {row.name: (now - row.beat_at).total_seconds() for row in SweepHeartbeat.objects.all()}
    except DatabaseError:
        return {}
