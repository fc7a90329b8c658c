"""How much time a step has: the line's limits, else the district's default policy in force that day."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery

from dispatch import laddering
from dispatch.ladder_rows import Ladder
from dispatch.laddering import HOURS_A_DAY, Rules, is_short
from dispatch.models import Responsibility, TimePolicy
from organization import clock, standing, workdays
from organization.calendar import Limit, Unit, WorkingCalendar, due_at
from organization.catalogue import STAMP
from organization.choices import Level
from organization.statements import Given, Once

__all__ = ["Timing", "added", "is_short", "shared", "timing"]

LADDERS = ArraySubquery(Ladder.objects.values("pk"))  # a handful; which of them are stored
_in_force: Once[Any] = Once(
    lambda: (
        TimePolicy.objects.filter(effective_from__lte=Given("day"))
        .annotate(calendar=workdays.LATEST, stamp=STAMP, stored=LADDERS)
        .order_by("-effective_from")[:1]
    )
)
ASSISTING_SHARE = 0.8


@dataclass(frozen=True)
class Timing:
    """What every limit of one act is counted with: the moment, the calendar and the policy of that day.

    `known` is what the process has read of the list, of units and of their people since one of them last changed.
    """

    at: datetime
    calendar: WorkingCalendar
    policy: TimePolicy
    known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)
    stored: frozenset[int] = frozenset()  # keys of the ladders that are there

    def due(self, limit: Limit, start: datetime | None = None) -> datetime:
        """When `limit` from `start` (default: now) runs out."""
        return due_at(self.calendar, start or self.at, limit)

    def stage(self, name: str, urgency: str) -> Limit:
        """The default limit of a stage, such as `sign`, for an urgency."""
        stage = self.policy.stages[name]
        return Limit.parse(stage.get(urgency, stage["normal"]))

    def ladder(self, line: Responsibility | None, urgency: str, level: str) -> Rules:
        """The line's own ladder, else the default one of level and urgency."""
        own = line.ladder if line else None
        key = ("ladder", bool(own), line.pk if line and own else self.policy.pk, level, urgency)
        if key not in self.known:
            rungs = laddering.chosen(own, self.policy.ladders, level=level, urgency=urgency)
            self.known[key] = laddering.kept(Rules(rungs))
        rules: Rules = self.known[key]
        return rules

    def of_level(self, level: str, line: Responsibility | None) -> Limit:
        """The limit of a level that takes a matter over: the shorter of the line's and the level's."""
        own = self.policy.levels.get(level)
        limits = [line.limit] if line else []
        if own:
            limits.append(Limit.parse(own))
        return self.shortest(limits or [Limit.parse(self.policy.levels[Level.TOWN])])

    def shortest(self, limits: Iterable[Limit], start: datetime | None = None) -> Limit:
        return min(limits, key=lambda limit: self.due(limit, start))


def timing(at: datetime) -> Timing:
    """Calendar and policy for the moment (one small query)."""
    policy = _in_force.first(day=clock.day_of(at))
    if policy is None:
        raise TimePolicy.DoesNotExist("No time policy is in force; load one before the first report.")
    return Timing(
        at,
        workdays.version(policy.calendar),
        policy,
        standing.known(policy.stamp),
        frozenset(policy.stored),
    )


def as_of(timing: Timing, at: datetime) -> Timing:
    """The same calendar with the moment and the policy of an earlier act (policies are read once)."""
    if "policies" not in timing.known:
        timing.known["policies"] = list(TimePolicy.objects.order_by("-effective_from"))
    policies, day = timing.known["policies"], clock.day_of(at)
    policy = next((each for each in policies if each.effective_from <= day), timing.policy)
    return replace(timing, at=at, policy=policy)


def shared(limit: Limit, share: float = ASSISTING_SHARE) -> Limit:
    """A share of a limit in whole numbers: 5 WD -> 4 WD, 1 WD -> 6 WH, 4 WH -> 3 WH, 2 H -> 96 M."""
    if (limit.amount * share).is_integer():
        return Limit(int(limit.amount * share), limit.unit)
    if limit.unit in (Unit.WD, Unit.WH):
        hours = limit.amount * (HOURS_A_DAY if limit.unit == Unit.WD else 1)
        return Limit(max(1, int(hours * share)), Unit.WH)
    if limit.unit == Unit.D:
        return Limit(max(1, int(limit.amount * share)), Unit.D)
    minutes = limit.amount * (60 if limit.unit == Unit.H else 1)
    return Limit(max(1, int(minutes * share)), Unit.M)


def added(first: Limit, second: Limit) -> Limit:
    """Two limits run one after the other, in one figure when their units agree."""
    return Limit(first.amount + second.amount, first.unit) if first.unit == second.unit else second
