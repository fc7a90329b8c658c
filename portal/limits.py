"""How often one address may ask. A cache that fails lets people through: reporting must not stop with counting."""

import logging
from hashlib import sha256

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

logger = logging.getLogger("govflow.portal")

TEN_MINUTES = 600


def tried(name: str, who: str) -> int:
    """Count one try of `who` in a window of ten minutes from the first; 0 while the cache does not answer."""
    key = _key(name, who)
    try:
        cache.add(key, 0, TEN_MINUTES)
        return cache.incr(key)
    except Exception:  # whatever the cache client raises
        logger.warning("tries are not counted: the cache does not answer", exc_info=True)
        return 0


def tries(name: str, who: str) -> int:
    """Tries so far in the window, without counting one."""
    try:
        return cache.get(_key(name, who), 0)
    except Exception:  # whatever the cache client raises
        return 0


def address(request: HttpRequest) -> str:
    """Of the caller; a header counts only when our own proxy wrote it, and then its last word."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_PROXY else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _key(name: str, who: str) -> str:
    return f"portal:{name}:{sha256(who.encode()).hexdigest()[:32]}"
