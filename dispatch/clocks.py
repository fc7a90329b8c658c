"""What the clock of a step keeps: when it ran, was held or was given time. Due moments follow from it."""

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from dispatch.choices import Action, JobState, SpanKind
from matters.models import Matter
from organization.calendar import Limit


class MomentRange(Func):
    """`tstzrange(from, to)` with an open end."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


class Outage(models.Model):
    """A time in which the platform was away, declared afterwards: what it lost is not the units'."""

    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"))
    why = models.CharField(_("why"), max_length=200)
    declared_by = models.CharField(_("declared by"), max_length=60)
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__gt=F("began_at")), name="outage_ends_after_it_begins"
            ),
            ExclusionConstraint(
                name="outages_are_apart",
                expressions=[
                    (MomentRange("began_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.began_at:%m-%d %H:%M}"


class ClockSpan(models.Model):
    """One interval of a step's clock, or, without a node, of the promise of its matter.

    run: time counts from `began_at`; the last one of a step ends with the step. hold: nothing counts until `ended_at`,
    which is known when it begins. outage: the platform was away, what was lost is given back. extension: the amount
    comes after due. grace: what a change put into the past is due no sooner than the amount after `began_at`.
    """

    matter = models.ForeignKey(Matter, models.CASCADE, db_index=False, related_name="spans")
    node = models.ForeignKey("dispatch.Node", models.CASCADE, null=True, db_index=False, related_name="spans")
    kind = models.CharField(_("kind"), max_length=10, choices=SpanKind)
    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"), null=True)
    amount = models.PositiveIntegerField(_("amount"), null=True)
    unit = models.CharField(_("unit"), max_length=2, blank=True)
    why = models.CharField(_("why"), max_length=200, blank=True)
    outage = models.ForeignKey(
        Outage, models.PROTECT, null=True, blank=True, db_index=False, related_name="spans"
    )
    calendar_version = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("interval of a clock")
        verbose_name_plural = _("intervals of clocks")
        constraints = [
            ExclusionConstraint(
                name="a_clock_runs_or_is_held",
                expressions=[
                    ("node", RangeOperators.EQUAL),
                    (MomentRange("began_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind__in=["run", "hold"], node__isnull=False),
            ),
            ExclusionConstraint(
                name="an_outage_is_given_back_once",
                expressions=[
                    ("node", RangeOperators.EQUAL),
                    (MomentRange("began_at", "ended_at", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(kind="outage", node__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at")), name="span_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(kind="run")
                | Q(kind__in=["hold", "outage"], ended_at__isnull=False)
                | Q(kind__in=["extension", "grace"], amount__isnull=False, ended_at=None),
                name="span_says_how_long",
            ),
        ]
        indexes = [models.Index(fields=["matter", "began_at"], name="span_matter")]  # ledger.of(matter)

    def __str__(self) -> str:
        return f"{self.node_id or self.matter_id} {self.kind}"

    @property
    def limit(self) -> Limit:
        return Limit.parse(f"{self.amount}{self.unit}")


class PromiseRing(models.Model):
    """That the promise of a matter was said to be near or missed: once for each promise, whoever leads then."""

    matter = models.ForeignKey(Matter, models.CASCADE, db_index=False, related_name="promise_rings")
    action = models.CharField(max_length=20, choices=Action)
    promise_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("reminder of a promise")
        verbose_name_plural = _("reminders of promises")
        constraints = [
            models.UniqueConstraint(fields=["matter", "action", "promise_at"], name="a_promise_rings_once")
        ]


class RecountJob(models.Model):
    """Counting every running clock anew, matter by matter: `cursor` is the last matter counted."""

    version = models.PositiveIntegerField(_("calendar version"), null=True)
    outage = models.OneToOneField(Outage, models.PROTECT, null=True, related_name="job")
    why = models.CharField(_("why"), max_length=200, blank=True)
    state = models.CharField(max_length=8, choices=JobState, default=JobState.RUNNING)
    cursor = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(_("matters"), default=0)
    seen = models.PositiveIntegerField(_("counted"), default=0)
    moved = models.PositiveIntegerField(_("deadlines moved"), default=0)
    failed = models.PositiveIntegerField(_("failed"), default=0)
    started_by = models.CharField(max_length=60)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("recount")
        verbose_name_plural = _("recounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(version=None, outage__isnull=False) | Q(version__isnull=False, outage=None),
                name="recount_has_one_cause",
            )
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(state="running"), name="recount_running")
        ]  # work()
