"""Who does it, by when: the list, the nodes, their rungs and their messages."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from dispatch import alarms, choices, clocks, ladder_checks, staged  # noqa: F401  (these tables are registered here)
from dispatch.breaker_rows import Breaker, BreakerEvent
from dispatch.homes import Home, Release
from dispatch.ladder_rows import Ladder
from dispatch.outgoing import ChannelSetting, Endpoint, Notice, Outbox, Pace
from dispatch.querysets import NodeQuerySet, ResponsibilityQuerySet
from matters.choices import Part, Urgency
from matters.models import Category, Entry, Matter
from organization.calendar import Limit
from organization.choices import Level
from organization.models import Area, Department
from organization.standing import stamped

__all__ = [
    "Breaker", "BreakerEvent", "ChannelSetting", "DateRange", "Endpoint", "Escalation", "Home", "Ladder", "Node",
    "Notice", "Outbox", "Pace", "Release", "Responsibility", "Routing", "Rung", "SweepHeartbeat", "TimePolicy",
]  # fmt: skip


class DateRange(Func):
    """`daterange(from, to)` with an open end; a line is in force from the first day up to, not on, the last."""

    function = "daterange"
    output_field = DateRangeField()


def default_rings() -> dict[str, str]:
    """Every 3 minutes; after 10 the next level too, after 20 the district's leader; hourly after a day."""
    return {
        "every": "3M", "above_after": "10M", "leader_after": "20M",
        "slow_after": "24H", "slow_every": "60M", "look": "30M",
    }  # fmt: skip


class TimePolicy(models.Model):
    """The district's default limits and ladders, with effective dates.

    `stages`: {"accept": {"normal": "4WH", "urgent": "15M", "emergency": "10M"}, ...};
    `ladders`: lists of rungs (`dispatch.laddering`), {"normal": [...], "urgent": [...], "emergency": [...]}, and where
    a level differs "district.normal" beside them;
    `levels`: {"village": "5WD", "town": "5WD"}; a level without a limit takes the line's.
    `rings`: how an emergency calls until somebody answers, and by when a night report is looked at; see `rings.py`.
    `telling`: {"media": {kind: {urgency: [medium]}}, "digest": "30M"}; what it leaves out is as in `dispatch.media`.
    """

    effective_from = models.DateField(_("effective from"), unique=True)
    stages = models.JSONField(_("stages"))
    levels = models.JSONField(_("limits of the levels"))
    ladders = models.JSONField(_("ladders"), validators=[ladder_checks.check_defaults])
    rings = models.JSONField(_("rings of an emergency"), default=default_rings)
    auto_confidence = models.FloatField(_("dispatch by keywords above"), default=0.95)
    telling = models.JSONField(_("media of messages"), default=dict, blank=True)

    class Meta:
        triggers = stamped()
        verbose_name = _("time policy")
        verbose_name_plural = _("time policies")

    def __str__(self) -> str:
        return str(self.effective_from)


class Responsibility(models.Model):
    """A line of the responsibility list: category x area -> who must act, by what standard, by when.

    A published line is never edited: a change is a draft of the next version, reviewed by a second person and
    published with its own effective days (dispatch/drafting.py).
    The lead is a unit named directly, or an office of a level resolved at the matter's place.
    `assisting` and `above` are such references: {"level", "office"} or {"external": name}.
    """

    code = models.CharField(_("line"), max_length=24)
    version = models.PositiveSmallIntegerField(_("version"))
    category = models.ForeignKey(Category, models.PROTECT, related_name="responsibilities")
    area = models.ForeignKey(Area, models.PROTECT, related_name="responsibilities")
    list_kind = models.CharField(_("list"), max_length=16, choices=choices.ListKind)
    lead_department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")
    lead_level = models.CharField(_("level of the lead"), max_length=10, choices=Level, blank=True)
    lead_office = models.CharField(_("office of the lead"), max_length=12, blank=True)
    assisting = models.JSONField(_("assisting"), default=list, blank=True)
    above = models.JSONField(_("units of the levels above"), default=dict, blank=True)
    legal_basis = models.TextField(_("legal basis"), blank=True)
    standard = models.TextField(_("handling standard"), blank=True)
    liability = models.TextField(_("liability"), blank=True)
    limit_amount = models.PositiveSmallIntegerField(_("limit"))
    limit_unit = models.CharField(_("unit of the limit"), max_length=2)
    first_response = models.CharField(_("first response"), max_length=8, blank=True)
    stages = models.JSONField(_("stages"), default=list, blank=True, validators=[staged.check])
    total = models.CharField(_("promise to the reporter"), max_length=8, blank=True)
    ladder = models.JSONField(
        _("own ladder"), null=True, blank=True, validators=[ladder_checks.check_own],
        help_text=_("A list of rungs; empty: the default of the time policy."),
    )  # fmt: skip
    effective_from = models.DateField(_("effective from"))
    effective_to = models.DateField(_("effective to"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=choices.LineState, default=choices.LineState.PUBLISHED
    )
    change = models.CharField(_("what changes, and why"), max_length=300, blank=True)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    drafted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)

    objects = ResponsibilityQuerySet.as_manager()

    class Meta:
        triggers = stamped()
        verbose_name = _("responsibility")
        verbose_name_plural = _("responsibility list")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="line_version_once"),
            ExclusionConstraint(
                name="one_line_in_force",
                expressions=[
                    ("category", RangeOperators.EQUAL),
                    ("area", RangeOperators.EQUAL),
                    (DateRange("effective_from", "effective_to", RangeBoundary()), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="published"),
            ),
            models.UniqueConstraint(
                fields=["category", "area"], condition=~Q(state="published"), name="one_draft_of_a_line"
            ),
            models.CheckConstraint(
                condition=Q(state="published", published_at__isnull=False)
                | (~Q(state="published") & Q(published_at=None)),
                name="published_line_says_when",
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | Q(drafted_by=None) | ~Q(reviewed_by=F("drafted_by")),
                name="a_second_person_reviews",
            ),
            models.CheckConstraint(
                condition=~Q(list_kind="reclaimed") | ~Q(lead_level__in=["grid", "village", "town"]),
                name="reclaimed_is_never_led_by_a_town",
            ),
            models.CheckConstraint(
                condition=Q(effective_to=None) | Q(effective_to__gt=F("effective_from")),
                name="line_ends_after_it_begins",
            ),
        ]
        indexes = [models.Index(fields=["category", "area"], name="line_lookup")]  # answering(category, area)

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def limit(self) -> Limit:
        return Limit.parse(f"{self.limit_amount}{self.limit_unit}")


class Routing(models.Model):
    """Why a matter went where it went; the newest row of a matter is what its file shows."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="routings")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=choices.Outcome)
    reason = models.CharField(max_length=20, choices=choices.TrayReason, blank=True)
    line = models.ForeignKey(Responsibility, models.PROTECT, null=True, related_name="routings")
    department = models.ForeignKey(Department, models.PROTECT, related_name="+")
    matched = models.JSONField(default=dict)
    runner_up = models.JSONField(null=True)
    proposals = models.JSONField(default=list)

    class Meta:
        verbose_name = _("routing")
        verbose_name_plural = _("routings")
        indexes = [models.Index(fields=["matter", "-id"], name="routing_latest")]


class Node(models.Model):
    """Whatever has a time limit: one unit's step in a matter, with its own clock and ladder.

    `next_alarm_at` is the earliest thing still to come and the whole queue of the engine. `fired` holds the
    actions that have rung; `rung` is their count. `climbs` is false for a late unit kept on as assisting.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="nodes")
    kind = models.CharField(_("kind"), max_length=10, choices=choices.NodeKind)
    part = models.CharField(_("part"), max_length=10, choices=Part, default=Part.LEAD)
    required = models.BooleanField(_("required"), default=True)
    department = models.ForeignKey(Department, models.PROTECT, related_name="nodes")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="assigned_nodes"
    )
    level = models.CharField(max_length=10, choices=Level)
    status = models.CharField(
        _("status"), max_length=10, choices=choices.NodeStatus, default=choices.NodeStatus.OPEN
    )
    revision = models.PositiveIntegerField(default=1)
    round = models.PositiveSmallIntegerField(default=1)
    line = models.ForeignKey(Responsibility, models.PROTECT, null=True, blank=True, related_name="nodes")
    climbs = models.BooleanField(default=True)
    asks = models.BooleanField(
        default=False, help_text="A callback that waits for the reporter, not for a call."
    )

    opened_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    responded_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    limit_amount = models.PositiveSmallIntegerField()
    limit_unit = models.CharField(max_length=2)
    calendar_version = models.PositiveIntegerField()
    cut = models.BooleanField(default=False, help_text="What is left of the promise shortens its limit.")
    urgency = models.CharField(max_length=10, choices=Urgency)

    sign_due_at = models.DateTimeField(null=True, blank=True)
    first_response_due_at = models.DateTimeField(null=True, blank=True)
    returnable_until = models.DateTimeField(null=True, blank=True)
    remind_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    escalate_at = models.DateTimeField(null=True, blank=True)
    urge_at = models.DateTimeField(null=True, blank=True)
    urge_every = models.CharField(max_length=8)
    ring_at = models.DateTimeField(null=True, blank=True, help_text="The next call, until somebody answers.")
    acknowledged_at = models.DateTimeField(_("answered"), null=True, blank=True)
    look_due_at = models.DateTimeField(null=True, blank=True, help_text="By when the duty officer decides.")
    ladder = models.ForeignKey(
        Ladder, models.PROTECT, null=True, db_index=False, related_name="+",
        help_text="As it was when the step opened; steps older than this have the default.",
    )  # fmt: skip
    rest_until = models.DateTimeField(null=True, blank=True, help_text="After a late rung none comes sooner.")
    promise_near_at = models.DateTimeField(null=True, blank=True)
    promise_due_at = models.DateTimeField(null=True, blank=True)
    stages = models.JSONField(default=list, blank=True, help_text="Moments on the way: `staged.Stage`.")
    stage_near_at = models.DateTimeField(null=True, blank=True)
    stage_due_at = models.DateTimeField(null=True, blank=True)
    fired = ArrayField(models.CharField(max_length=20), default=list)
    rung = models.PositiveSmallIntegerField(default=0)
    next_action = models.CharField(max_length=20, choices=choices.Action, blank=True)
    next_alarm_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True, help_text="Real time; set after a failed firing.")
    trouble = models.CharField(max_length=300, blank=True, help_text="Why the last firing failed.")

    objects = NodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("node")
        verbose_name_plural = _("nodes")
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=["open", "signed"], next_alarm_at__isnull=False)
                | (~Q(status__in=["open", "signed"]) & Q(next_alarm_at=None)),
                name="running_node_has_an_alarm_and_no_other",
            ),
            models.UniqueConstraint(
                fields=["matter"],
                condition=Q(part="lead", status__in=["open", "signed"]),
                name="one_running_lead",
            ),
            models.UniqueConstraint(
                fields=["matter", "department", "kind"],
                condition=Q(status__in=["open", "signed"]),
                name="a_unit_has_one_running_part",
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_alarm_at"], condition=Q(next_alarm_at__isnull=False), name="node_alarm"
            ),  # sweep
            models.Index(  # waiting_for(person)
                fields=["department", "next_alarm_at"],
                condition=Q(next_alarm_at__isnull=False),
                name="node_inbox",
            ),
            models.Index(
                fields=["assignee", "next_alarm_at"],
                condition=Q(next_alarm_at__isnull=False),
                name="node_assignee",
            ),
            models.Index(fields=["matter", "opened_at"], name="node_file"),  # for_file()
            models.Index(  # stuck(): next to none
                fields=["next_alarm_at"],
                condition=Q(failures__gte=8, next_alarm_at__isnull=False),
                name="node_stuck",
            ),
            models.Index(  # on_duty_screen()
                fields=["matter"],
                condition=Q(ring_at__isnull=False, next_alarm_at__isnull=False)
                | Q(look_due_at__isnull=False, next_alarm_at__isnull=False),
                name="node_waits_for_duty",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id}/{self.pk} {self.kind}"

    @property
    def is_running(self) -> bool:
        return self.status in choices.RUNNING

    @property
    def is_lead(self) -> bool:
        return self.part == Part.LEAD

    @property
    def limit(self) -> Limit:
        return Limit.parse(f"{self.limit_amount}{self.limit_unit}")


class Rung(models.Model):
    """One firing. The unique constraints are the fence: a second effect cannot commit."""

    node = models.ForeignKey(Node, models.PROTECT, related_name="rungs")
    number = models.PositiveSmallIntegerField()
    action = models.CharField(max_length=20, choices=choices.Action)
    turn = models.PositiveSmallIntegerField(default=1)
    planned_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="After the pause that catching up must keep.")
    fired_at = models.DateTimeField()
    tells = models.JSONField(default=list)
    skipped = models.BooleanField(default=False, help_text="An emergency passed over it: written, not done.")
    late_by = models.PositiveIntegerField(
        default=0, help_text="Seconds after its planned moment; the platform's."
    )
    cause = models.CharField(max_length=12, choices=choices.Lateness, blank=True)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("rung")
        verbose_name_plural = _("rungs")
        indexes = [BrinIndex(fields=["fired_at"], name="rung_fired")]  # what is usual, lag
        constraints = [
            models.UniqueConstraint(fields=["node", "number"], name="rung_once"),
            models.UniqueConstraint(fields=["node", "action", "turn"], name="action_once"),
        ]


class Escalation(models.Model):
    """A hand-up, recorded once for its node."""

    node = models.OneToOneField(Node, models.PROTECT, related_name="escalation")
    rung = models.OneToOneField(Rung, models.PROTECT, null=True, related_name="escalation")
    successor = models.ForeignKey(Node, models.PROTECT, related_name="escalated_from")
    from_level = models.CharField(max_length=10, choices=Level)
    to_level = models.CharField(max_length=10, choices=Level)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")


class SweepHeartbeat(models.Model):
    """The latest finished pass of each sweeper, in real time; /readyz asks for its age."""

    name = models.CharField(max_length=40, primary_key=True)
    beat_at = models.DateTimeField()
    swept_to = models.DateTimeField(null=True, help_text="Business time up to which it rang what was due.")
    fired = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("sweep heartbeat")
        verbose_name_plural = _("sweep heartbeats")
