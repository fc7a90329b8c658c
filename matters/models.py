"""What was asked, and what became of it."""

import secrets
import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matters import choices
from matters.protection import INSERT_ONLY
from matters.querysets import AttachmentQuerySet, EntryQuerySet, MatterQuerySet
from organization.choices import ActorKind, Level
from organization.models import ApiClient, Area, Department, Platform
from organization.standing import stamped


def new_token() -> str:
    """The reporter's private link; 128 bits cannot be guessed."""
    return secrets.token_urlsafe(16)


def new_salt() -> bytes:
    return secrets.token_bytes(16)


class Category(models.Model):
    """An entry of the catalogue of what may be reported."""

    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=60)
    platform = models.ForeignKey(Platform, models.PROTECT, related_name="categories")
    major = models.CharField(_("major class"), max_length=40)
    keywords = ArrayField(
        models.CharField(max_length=20), default=list, blank=True, verbose_name=_("keywords")
    )
    scope_note = models.CharField(_("what it covers"), max_length=200, blank=True)
    sensitive = models.BooleanField(_("sensitive"), default=False)
    emergency = models.BooleanField(_("emergency"), default=False)
    route = models.CharField(_("route"), max_length=16, choices=choices.Route, default=choices.Route.ORDINARY)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        triggers = stamped()
        verbose_name = _("category")
        verbose_name_plural = _("categories")

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    """Where reports come from."""

    code = models.CharField(_("code"), max_length=16, unique=True)
    name = models.CharField(_("name"), max_length=40)

    class Meta:
        triggers = stamped()
        verbose_name = _("channel")
        verbose_name_plural = _("channels")

    def __str__(self) -> str:
        return self.name


class Matter(models.Model):
    """One thing reported; it has one promise to the outside.

    `revision` rises with status, unit, assignee or due moment. `entry_count` and `head` are the end of
    the timeline's hash chain, so that the next entry needs no look-up under the matter's lock.
    """

    number = models.CharField(_("number"), max_length=16, unique=True)
    token = models.CharField(max_length=32, unique=True, default=new_token, editable=False)
    revision = models.PositiveIntegerField(default=1)
    status = models.CharField(
        _("status"), max_length=12, choices=choices.Status, default=choices.Status.REPORTED
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    level = models.CharField(_("level"), max_length=10, choices=Level)
    escalated_level = models.CharField(max_length=10, choices=Level, null=True, blank=True)
    urgency = models.CharField(
        _("urgency"), max_length=10, choices=choices.Urgency, default=choices.Urgency.NORMAL
    )
    sensitive = models.BooleanField(_("sensitive"), default=False)

    text = models.TextField(_("what happened"), max_length=4000, blank=True)
    title = models.CharField(_("title"), max_length=120)
    handled_text = models.TextField(_("done on the spot"), max_length=2000, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="matters")
    channel = models.ForeignKey(Channel, models.PROTECT, related_name="matters")
    external_id = models.CharField(max_length=80, null=True, blank=True)
    about_department = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="+")

    area = models.ForeignKey(Area, models.PROTECT, related_name="matters", verbose_name=_("place"))
    area_path = models.CharField(max_length=80)
    address = models.CharField(_("address"), max_length=200, blank=True)
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    accuracy_m = models.FloatField(null=True, blank=True)
    source_point = models.JSONField(null=True, blank=True, help_text="As sent: {lon, lat, crs}.")

    client = models.ForeignKey(ApiClient, models.PROTECT, null=True, blank=True, related_name="matters")
    reported_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="reports"
    )
    occurred_at = models.DateTimeField(_("occurred"), null=True, blank=True)
    reported_at = models.DateTimeField(_("reported"))
    reply_by = models.DateTimeField(_("reply by, as the source asks"), null=True, blank=True)
    promise_at = models.DateTimeField(_("promised"), null=True, blank=True)
    promise_near_for = models.DateTimeField(null=True, blank=True, help_text="The promise said to be near.")
    promise_missed_for = models.DateTimeField(
        null=True, blank=True, help_text="The promise said to be missed."
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True, help_text="Of the running lead.")
    soonest_due_at = models.DateTimeField(
        null=True, blank=True, help_text="Of all running nodes with a limit."
    )
    first_due_at = models.DateTimeField(null=True, blank=True, help_text="As first told.")
    responsible = models.ForeignKey(Department, models.PROTECT, null=True, blank=True, related_name="turns")
    turn_since = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    ending = models.CharField(max_length=12, choices=choices.Ending, blank=True)

    search = SearchVectorField(null=True, editable=False)
    entry_count = models.PositiveIntegerField(default=0)
    head = models.CharField(max_length=64, blank=True)
    salt = models.BinaryField(default=new_salt, editable=False)

    objects = MatterQuerySet.as_manager()

    class Meta:
        verbose_name = _("matter")
        verbose_name_plural = _("matters")
        constraints = [
            models.UniqueConstraint(fields=["client", "external_id"], name="same_external_id_same_matter"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=False, status="closed")
                | (Q(closed_at=None) & ~Q(status="closed")),
                name="closed_exactly_when_closed",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["dispatched", "verifying", "callback"])
                | Q(responsible__isnull=False),
                name="open_matter_has_a_unit",
            ),
        ]
        indexes = [
            models.Index(fields=["-reported_at", "-id"], name="matter_newest"),  # /matters/ without a filter
            models.Index(fields=["area_path", "-reported_at"], name="matter_place"),  # within(area)
            models.Index(fields=["responsible", "-reported_at"], name="matter_unit"),  # taken by(unit)
            models.Index(  # board and lists of what is open
                fields=["status", "due_at"],
                condition=Q(status__in=["reported", "dispatched", "verifying", "callback"]),
                name="matter_open",
            ),
            models.Index(fields=["category", "-reported_at"], name="matter_category"),
            models.Index(fields=["reported_by", "-reported_at"], name="matter_reporter"),
            GinIndex(fields=["search"], name="matter_search"),  # containing(words)
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.status in choices.OPEN


class Reporter(models.Model):
    """Who reported, kept apart from the matter so that it is read only on purpose."""

    matter = models.OneToOneField(Matter, models.CASCADE, primary_key=True, related_name="reporter")
    name = models.CharField(_("name"), max_length=60, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)

    class Meta:
        verbose_name = _("reporter")
        verbose_name_plural = _("reporters")


class Participation(models.Model):
    """A unit (or a person a node was given to) that takes or took part, hence may read."""

    matter = models.ForeignKey(Matter, models.CASCADE, related_name="participations")
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, related_name="participations"
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="participations"
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("participation")
        verbose_name_plural = _("participations")
        constraints = [
            models.CheckConstraint(
                condition=Q(department__isnull=False, person=None) | Q(department=None, person__isnull=False),
                name="participation_of_a_unit_or_a_person",
            ),
            models.UniqueConstraint(
                fields=["matter", "department"],
                condition=Q(department__isnull=False),
                name="unit_takes_part_once",
            ),
            models.UniqueConstraint(
                fields=["matter", "person"], condition=Q(person__isnull=False), name="person_takes_part_once"
            ),
        ]
        indexes = [
            models.Index(fields=["department", "matter"], name="participation_unit"),
            models.Index(fields=["person", "matter"], name="participation_person"),
        ]


class Entry(models.Model):
    """One line of the timeline. Inserted, never changed; only `timeline.record` makes one.

    `text`, `why` and `actor_name` may hold personal words: they lie beside the chain, which carries only
    their salted commitments, so that they can be erased by law without breaking it.
    """

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="entries")
    seq = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=10, choices=ActorKind)
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=60, blank=True)
    department = models.ForeignKey(Department, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    why = models.TextField(blank=True)
    public = models.BooleanField(default=False)
    data = models.JSONField(default=dict)
    commitments = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [models.UniqueConstraint(fields=["matter", "seq"], name="entry_seq_once")]
        indexes = [models.Index(fields=["kind", "at"], name="entry_kind")]
        triggers = INSERT_ONLY

    def __str__(self) -> str:
        return f"{self.matter_id}#{self.seq} {self.kind}"


class Attachment(models.Model):
    """A photo, re-encoded and without EXIF. Bound to one matter when the report or answer is stored."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter = models.ForeignKey(Matter, models.PROTECT, null=True, blank=True, related_name="attachments")
    entry_seq = models.PositiveIntegerField(null=True, blank=True)
    owner_kind = models.CharField(max_length=10, choices=ActorKind)
    owner_id = models.BigIntegerField(null=True)
    kind = models.CharField(max_length=10, default="photo")
    media_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    file = models.FileField(upload_to="attachments/%Y/%m/%d")
    taken_lon = models.FloatField(null=True, blank=True)
    taken_lat = models.FloatField(null=True, blank=True)
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")


class Rating(models.Model):
    """What the reporter said of the outcome of one round."""

    matter = models.ForeignKey(Matter, models.PROTECT, related_name="ratings")
    round = models.PositiveSmallIntegerField()
    solved = models.CharField(max_length=6, choices=choices.Solved)
    grade = models.PositiveSmallIntegerField(null=True, blank=True, choices=choices.Grade)
    text = models.TextField(max_length=1000, blank=True)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rating")
        verbose_name_plural = _("ratings")
        constraints = [
            models.UniqueConstraint(fields=["matter", "round"], name="one_rating_a_round"),
            models.CheckConstraint(
                condition=Q(grade=None) | Q(grade__range=(1, 5)), name="grade_from_1_to_5"
            ),
        ]


class Receipt(models.Model):
    """The answer a request with an Idempotency-Key got, kept 30 days since field phones may be offline for days."""

    sender = models.CharField(max_length=40)
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)
    matter = models.ForeignKey(Matter, models.CASCADE, null=True, related_name="+")
    status_code = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("idempotency receipt")
        verbose_name_plural = _("idempotency receipts")
        constraints = [models.UniqueConstraint(fields=["sender", "key"], name="receipt_once")]
        indexes = [models.Index(fields=["created_at"], name="receipt_age")]
