"""The notices of one person: theirs alone, and what they have looked at is nobody else's business."""

from datetime import datetime

from dispatch.models import Notice
from matters.models import Matter
from organization.actors import Actor

MOST = 100  # counted no further


def unseen(by: Actor) -> int:
    """How many the person has not put away, up to MOST."""
    return Notice.objects.of(by.person).unseen()[:MOST].count() if by.person else 0


def see(*, matter: Matter | None = None, by: Actor, at: datetime) -> int:
    """Put the person's own notices away: of one matter, or all."""
    if by.person is None:
        return 0
    mine = Notice.objects.of(by.person).unseen()
    return (mine.filter(matter=matter) if matter else mine).update(seen_at=at)
