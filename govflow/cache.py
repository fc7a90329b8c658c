"""A cache that may die without taking the site down.

While Valkey is away each process keeps a small cache of its own, so that limits on guessed passwords still count,
and asks Valkey again only after a pause: a dead host must not add its time-out to every request.
"""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

PAUSE_SECONDS = 5.0


def _or_local(name: str) -> Callable[..., Any]:
    def call(self: "ForgivingClient", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.away_until:
            try:
                return getattr(RedisCacheClient, name)(self, *args, **kwargs)
            except (RedisError, OSError):
                self.away_until = time.monotonic() + PAUSE_SECONDS
        return getattr(self.local, name)(*args, **kwargs)

    return call


class ForgivingClient(RedisCacheClient):
    away_until = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.local = LocMemCache("govflow-while-the-cache-is-away", {})

    add = _or_local("add")
    get = _or_local("get")
    set = _or_local("set")
    touch = _or_local("touch")
    delete = _or_local("delete")
    get_many = _or_local("get_many")
    has_key = _or_local("has_key")
    incr = _or_local("incr")
    set_many = _or_local("set_many")
    delete_many = _or_local("delete_many")
    clear = _or_local("clear")


class ForgivingCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient
