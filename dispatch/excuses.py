"""Time the platform lost is the platform's: an outage is given back to every deadline whose window it overlapped."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from dispatch import recount
from dispatch.announcing import Cause
from dispatch.choices import SpanKind
from dispatch.clocks import ClockSpan, Outage
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.moves import Move
from dispatch.querysets import NodeQuerySet
from matters import timeline
from matters.models import Matter
from organization import clock, rows


def overlapped(nodes: NodeQuerySet, outage: Outage) -> NodeQuerySet:
    """Steps that ran during the outage with something still to come when it began."""
    ahead = Q(due_at__gt=outage.began_at) | Q(escalate_at__gt=outage.began_at)
    return nodes.filter(ahead, opened_at__lt=outage.ended_at)


def excuse(matter: Matter, outage: Outage, timing: Timing) -> list[Move]:
    """Give the lost time back to the matter's steps and its promise, once. The caller holds the matter's lock."""
    if ClockSpan.objects.filter(matter=matter, outage=outage).exists():
        return []
    spans = [
        span(outage, timing, matter=matter, node=node)
        for node in overlapped(Node.objects.filter(matter=matter).running(), outage)
    ]
    if spans and matter.promise_at and matter.promise_at > outage.began_at:
        spans.append(span(outage, timing, matter=matter, node=None))
    rows.insert(spans)
    return recount.recount(matter, timing, cause(outage))


def span(outage: Outage, timing: Timing, *, matter: Matter, node: Node | None) -> ClockSpan:
    """The interval an outage is in a clock's ledger: from its beginning, or the opening of the step."""
    began_at = max(outage.began_at, node.opened_at) if node else max(outage.began_at, matter.reported_at)
    return ClockSpan(
        matter=matter, node=node, kind=SpanKind.OUTAGE, began_at=began_at, ended_at=outage.ended_at,
        outage=outage, why=outage.why[:200], calendar_version=timing.calendar.version,
    )  # fmt: skip


@timeline.official
def _words(outage: Outage) -> str:
    words = _("The platform was away from %(from)s to %(to)s: %(why)s.")
    return words % {"from": _moment(outage.began_at), "to": _moment(outage.ended_at), "why": outage.why}


def cause(outage: Outage) -> Cause:
    return Cause(_words(outage), {"outage": outage.pk})


def _moment(at: datetime) -> str:
    return at.astimezone(clock.ZONE).strftime("%m-%d %H:%M")
