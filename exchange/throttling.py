"""Limits on how often one sender may ask: a fixed window counted in the cache, one atomic step a request.

A cache that fails lets the request through: reporting must not stop because counting does.
"""

import logging
import math
import time

from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from exchange.authentication import client_of, is_known

logger = logging.getLogger("govflow.exchange")


class Window(BaseThrottle):
    name = ""
    most = 0
    most_of_a_client: int | None = None
    seconds = 60

    def allow_request(self, request: Request, view: APIView) -> bool:
        most = (self.most_of_a_client or self.most) if client_of(request) else self.most
        turn, self.run = divmod(time.time(), self.seconds)
        return self._count(f"exchange:{self.name}:{sender(request)}:{int(turn)}") <= most

    def wait(self) -> float:
        return math.ceil(self.seconds - self.run)

    def _count(self, key: str) -> int:
        try:
            return cache.count(key, self.seconds * 2)
        except Exception:  # whatever the cache client raises
            logger.warning("requests are not counted: the cache does not answer", exc_info=True)
            return 0


class Reports(Window):
    """Enough for a city's hotline; a person never needs a tenth of it."""

    name, most, most_of_a_client = "report", 120, 6000


class Uploads(Window):
    name, most, most_of_a_client = "upload", 120, 3000


class Tracks(Window):
    """By address: one town hall or one carrier shares an address among many."""

    name, most = "track", 300


class Ratings(Window):
    name, most = "rate", 60


class Reveals(Window):
    """A quota: nobody needs a list of numbers."""

    name, most, seconds = "reveal", 60, 3600


def sender(request: Request) -> str:
    if is_known(request):
        return f"{'client' if client_of(request) else 'person'}:{request.user.pk}"
    return address(request)


def address(request: Request) -> str:
    """Of the caller; a header counts only when our own proxy wrote it, and then its last word."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")
