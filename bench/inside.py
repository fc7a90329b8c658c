"""What happens inside one request: how many queries, and where its time goes."""

import cProfile
import pstats
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from django.db import connection
from django.test import Client

from bench.driver import Request

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("organization", "matters", "dispatch", "exchange", "govflow", "desk")
PARTS = (("psycopg2", "driver"), ("django/db", "orm"), ("rest_framework", "rest"), ("django", "django"))


def look(requests, times: int = 60) -> dict:
    """Queries of a request, and milliseconds of it spent waiting for SQL and in each part of the Python."""
    client = Client(HTTP_HOST="127.0.0.1")
    for request in islice(requests, 5):
        _ask(client, request)
    counted, waited = [], [0.0]

    def measure(execute, sql, params, many, context):
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            counted[-1] += 1
            waited[0] += time.perf_counter() - begun

    begun, cpu = time.perf_counter(), time.process_time()
    with connection.execute_wrapper(measure):
        for request in islice(requests, times):
            counted.append(0)
            _ask(client, request)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    in_ms = 1000 / len(counted)
    return {
        "queries": max(counted),
        "ms": round(wall * in_ms, 2),
        "sql_ms": round(waited[0] * in_ms, 2),
        "python_ms": round((wall - waited[0]) * in_ms, 2),
        "cpu_ms": round(cpu * in_ms, 2),
        "python_by_part": _profile(client, requests, times),
    }


def _profile(client, requests, times):
    """Shares of the Python time by part, from cProfile (its own cost is spread over all)."""
    profile = cProfile.Profile()
    profile.enable()
    for request in islice(requests, times):
        _ask(client, request)
    profile.disable()
    spent = Counter()
    for (file, _line, name), (_, _, own, _, _) in pstats.Stats(profile).stats.items():
        spent[_part(file, name)] += own
    whole = sum(spent.values())
    return {part: round(own / whole, 2) for part, own in spent.most_common()}


def _part(file, name):
    if "psycopg2" in name:
        return "sql"
    if file.startswith(str(ROOT)) and "site-packages" not in file:
        room = Path(file).relative_to(ROOT).parts[0]
        return room if room in ROOMS else "other"
    return next((part for path, part in PARTS if f"site-packages/{path}" in file), "python")


def _ask(client: Client, request: Request) -> None:
    headers = {}
    for header in request.headers:
        name, _, value = header.partition(": ")
        if name == "Cookie":
            client.cookies.load(value)
        else:
            headers["HTTP_" + name.upper().replace("-", "_")] = value
    answer = client.generic(request.method, request.path, request.body, "application/json", **headers)
    if answer.status_code >= 400:
        raise SystemExit(
            f"bench: {answer.status_code} {request.method} {request.path} {answer.content[:300]!r}"
        )
