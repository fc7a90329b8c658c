"""A cache that may die without taking the site down.

While Valkey is away each process keeps a small cache of its own, so that limits on guessed passwords still count,
and asks Valkey again only after a pause: a dead host must not add its time-out to every request.
"""

import time
from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.exceptions import RedisError

PAUSE_SECONDS = 5.0


def _or_local(name: str) -> Callable[..., Any]:
    def call(self: "ForgivingClient", *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self.away_until:
            try:
                return getattr(Counting, name)(self, *args, **kwargs)
            except (RedisError, OSError):
                self.away_until = time.monotonic() + PAUSE_SECONDS
        return getattr(self.local, name)(*args, **kwargs)

    return call


class Counting(RedisCacheClient):
    @cached_property
    def counter(self) -> Any:
        return self.get_client(write=True)

    def count(self, key: str, seconds: int) -> int:
        """One more, in one round trip; the count is forgotten after so many seconds without another."""
        both = self.counter.pipeline(transaction=False)
        both.incr(key)
        both.expire(key, seconds)
        counted: int = both.execute()[0]
        return counted


class CountingLocally(LocMemCache):
    def count(self, key: str, seconds: int) -> int:
        self.add(key, 0, seconds)
        return self.incr(key)


class ForgivingClient(Counting):
    away_until = 0.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.local = CountingLocally("govflow-while-the-cache-is-away", {})

    add = _or_local("add")
    get = _or_local("get")
    set = _or_local("set")
    touch = _or_local("touch")
    delete = _or_local("delete")
    get_many = _or_local("get_many")
    has_key = _or_local("has_key")
    incr = _or_local("incr")
    count = _or_local("count")
    set_many = _or_local("set_many")
    delete_many = _or_local("delete_many")
    clear = _or_local("clear")


class ForgivingCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._class = ForgivingClient

    def count(self, key: str, seconds: int) -> int:
        """How often this key was counted, this time included."""
        client: Any = self._cache
        return client.count(self.make_and_validate_key(key), seconds)
