"""Whether the broker answers; a dead one stops no deadline."""

import redis
from django.conf import settings


def ping() -> str:
    """Why it does not answer, or nothing."""
    try:
        with redis.Redis.from_url(settings.BROKER_URL, socket_timeout=2, socket_connect_timeout=2) as client:
            client.ping()
    except (redis.RedisError, OSError) as error:
        return f"does not answer: {type(error).__name__}"
    return ""
