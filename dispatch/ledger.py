"""The ledger of a step's clock: when it ran, when it was held, what was added. Nothing edits a due moment elsewhere.

`Ledger` is pure: it maps a moment counted without interruptions to the moment at which it really falls. The verbs only
write intervals; `recount` derives what follows from them. Holding for some working time and resuming leaves exactly as
much time as there was: in working hours it equals a clock that started so much later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from dispatch.choices import SpanKind
from dispatch.clocks import ClockSpan
from dispatch.limits import Timing
from dispatch.models import Node
from matters.models import Matter
from matters.refusals import Refused
from organization import rows
from organization.calendar import (
    WORKING,
    Limit,
    WorkingCalendar,
    due_at,
    plus_working_minutes,
    working_minutes,
)

STILL = (SpanKind.HOLD, SpanKind.OUTAGE)


@dataclass(frozen=True)
class Ledger:
    """Intervals of one clock, in the order in which they began, and the kind of time its limit is counted in."""

    calendar: WorkingCalendar
    unit: str
    spans: Sequence[ClockSpan] = ()

    def extended(self, due: datetime) -> datetime:
        """A due moment with everything that was added to its limit."""
        for span in self.spans:
            if span.kind == SpanKind.EXTENSION:
                due = due_at(self.calendar, due, span.limit)
        return due

    def reached(
        self, moment: datetime, *, since: datetime | None = None, with_grace: bool = False
    ) -> datetime:
        """When a moment counted without interruptions really falls; `since` leaves out what began before it."""
        for span in self.spans:
            if since is not None and span.began_at < since:
                continue
            if span.kind in STILL and span.began_at < moment:
                moment = self._after(span, moment)
            elif span.kind == SpanKind.GRACE and with_grace and moment <= span.began_at:
                moment = due_at(self.calendar, span.began_at, span.limit)
        return moment

    def lost(self, span: ClockSpan) -> float:
        """Minutes that did not count, in the limit's own kind of time."""
        ended_at = span.ended_at or span.began_at
        if self.unit in WORKING:
            return working_minutes(self.calendar, span.began_at, ended_at)
        return (ended_at - span.began_at).total_seconds() / 60

    def _after(self, span: ClockSpan, moment: datetime) -> datetime:
        calendar = self.calendar
        if self.unit in WORKING:
            later = plus_working_minutes(calendar, moment, self.lost(span))
        else:
            later = calendar.aware(
                calendar.local(moment) + ((span.ended_at or span.began_at) - span.began_at)
            )
        return max(later, span.ended_at or later) if span.kind == SpanKind.HOLD else later


def of(matter: Matter) -> list[ClockSpan]:
    """Every interval of the matter that moves a moment, in the order in which they began (one query)."""
    return list(ClockSpan.objects.filter(~Q(kind=SpanKind.RUN), matter=matter).order_by("began_at", "pk"))


def start(nodes: Iterable[Node]) -> None:
    """The clocks of these steps run from their opening (one statement)."""
    rows.insert(
        [
            ClockSpan(
                matter_id=node.matter_id,
                node_id=node.pk,
                kind=SpanKind.RUN,
                began_at=node.opened_at,
                calendar_version=node.calendar_version,
            )
            for node in nodes
        ]
    )


def hold(node: Node, timing: Timing, *, until: datetime, why: str = "") -> None:
    """The clock stands from now until a known moment. The caller holds the locks and recounts. Raises Refused."""
    open_run = _run(node, timing.at)
    if open_run is None:
        raise Refused(_("The clock already stands."), code="already_held")
    open_run.ended_at = timing.at
    open_run.save(update_fields=["ended_at"])
    rows.insert([
        _span(node, SpanKind.HOLD, timing, ended_at=until, why=why),
        _span(node, SpanKind.RUN, timing, began_at=until),
    ])  # fmt: skip
    _with_promise(node, SpanKind.HOLD, timing, ended_at=until, why=why)


def resume(node: Node, timing: Timing) -> None:
    """The clock runs again sooner than was said. The caller holds the locks and recounts. Raises Refused."""
    spans = ClockSpan.objects.filter(matter=node.matter_id, ended_at__gt=timing.at, began_at__lte=timing.at)
    held = spans.filter(node=node, kind=SpanKind.HOLD).first()
    if held is None or held.ended_at is None:
        raise Refused(_("The clock is not held."), code="not_held")
    until = held.ended_at
    spans.filter(Q(node=node) | Q(node=None, began_at=held.began_at), kind=SpanKind.HOLD).update(
        ended_at=timing.at
    )
    runs = ClockSpan.objects.filter(matter=node.matter_id, node=node, kind=SpanKind.RUN)
    runs.filter(began_at=until).update(began_at=timing.at)


def extend(node: Node, timing: Timing, *, limit: Limit, why: str = "") -> None:
    """Time added after due. The caller holds the locks and recounts."""
    added = {"amount": limit.amount, "unit": limit.unit, "why": why}
    rows.insert([_span(node, SpanKind.EXTENSION, timing, **added)])
    _with_promise(node, SpanKind.EXTENSION, timing, **added)


def _with_promise(node: Node, kind: SpanKind, timing: Timing, **facts: Any) -> None:
    """What the lead is granted moves the promise too."""
    if node.is_lead:
        rows.insert([_span(None, kind, timing, matter_id=node.matter_id, **facts)])


def _run(node: Node, at: datetime) -> ClockSpan | None:
    """The interval in which the clock runs now."""
    runs = ClockSpan.objects.filter(matter=node.matter_id, node=node, kind=SpanKind.RUN)
    return runs.filter(began_at__lte=at, ended_at=None).first()


def _span(node: Node | None, kind: SpanKind, timing: Timing, **facts: Any) -> ClockSpan:
    given: dict[str, Any] = {"began_at": timing.at, **facts}
    if node:
        given["matter_id"] = node.matter_id
    return ClockSpan(node=node, kind=kind, calendar_version=timing.calendar.version, **given)
