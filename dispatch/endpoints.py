"""The breaker: a gateway that fails several times in a row is left alone for a while, then asked with one message."""

from datetime import datetime, timedelta

from django.db.models import F

from dispatch.choices import Medium
from dispatch.models import Endpoint, Outbox
from organization import clock

FAILURES = 3
SHORTEST, LONGEST = 10, 60  # seconds: an emergency may be waiting behind it


def name(row: Outbox) -> str:
    """Each robot is a gateway of its own; the other media have one."""
    return row.mailbox if row.medium == Medium.ROBOT else row.medium


def closed(now: datetime) -> list[str]:
    """Names that are left alone now."""
    return list(Endpoint.objects.filter(closed_until__gt=now).values_list("name", flat=True))


def room(medium: str, now: datetime) -> int:
    """How many messages of the medium may be tried: none while it is closed, one when it opens again."""
    state = Endpoint.objects.filter(name=medium, failures__gte=FAILURES).first()
    if state is None:
        return 1_000_000
    return 0 if state.closed_until and state.closed_until > now else 1


def answered(name: str) -> None:
    Endpoint.objects.filter(name=name, failures__gt=0).update(failures=0, closed_until=None, error="")


def failed(name: str, why: str) -> bool:
    """Count a failure; True when the gateway is now left alone."""
    Endpoint.objects.bulk_create([Endpoint(name=name)], ignore_conflicts=True)
    Endpoint.objects.filter(name=name).update(failures=F("failures") + 1, error=why[:300])
    failures = Endpoint.objects.values_list("failures", flat=True).get(name=name)
    if failures < FAILURES:
        return False
    pause = timedelta(seconds=min(LONGEST, SHORTEST * 2 ** min(failures - FAILURES, 6)))
    Endpoint.objects.filter(name=name).update(closed_until=clock.real_now() + pause)
    return True
