"""What people are told: notices inside the platform, messages that leave the house, and by which gateway."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch import choices
from dispatch.querysets import NoticeQuerySet, OutboxQuerySet
from matters.models import Matter
from organization.models import Department
from organization.standing import stamped


class Notice(models.Model):
    """What a person is told inside the platform; written in the transaction of its cause."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notices")
    matter = models.ForeignKey(Matter, models.CASCADE, related_name="notices")
    node = models.ForeignKey("dispatch.Node", models.CASCADE, null=True, related_name="notices")
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="Put away by the person; for their eyes only."
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_person"),
            models.Index(fields=["person", "matter", "-at"], name="notice_matter"),
            models.Index(
                fields=["person"], condition=Q(seen_at=None), name="notice_unseen"
            ),  # every page asks
        ]


class Outbox(models.Model):
    """A message that must leave the house, at least once, under one stable id.

    Holds ids only: it is rendered when sent, for whoever may then still know of it. It goes to a person, or by robot
    to the group of a unit. `mailbox` is where it arrives: medium and person or unit. Rows of one `batch` leave as one
    message under the id of the first of them, and stay together when it is tried again; `alone` ones are never folded.
    `at`, `send_after` and `sent_at` are business time; lease and retry are real time.
    """

    message_id = models.UUIDField(unique=True, default=uuid.uuid4)
    key = models.CharField(max_length=120, unique=True)
    medium = models.CharField(_("medium"), max_length=10, choices=choices.Medium)
    mailbox = models.CharField(max_length=40)
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    unit = models.ForeignKey(Department, models.CASCADE, null=True, related_name="+")
    phone = models.CharField(max_length=20, blank=True, help_text="Of a duty turn; else the person's own.")
    matter = models.ForeignKey(
        Matter,
        models.CASCADE,
        null=True,
        related_name="+",
        help_text="None: about the platform itself.",
    )
    node = models.ForeignKey("dispatch.Node", models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=20)
    alone = models.BooleanField(default=False)
    at = models.DateTimeField()
    send_after = models.DateTimeField()
    state = models.CharField(
        _("state"), max_length=8, choices=choices.SendState, default=choices.SendState.READY
    )
    attempts = models.PositiveSmallIntegerField(default=0)
    retry_at = models.DateTimeField(null=True, blank=True)
    batch = models.UUIDField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=200, blank=True, help_text="What the gateway answered, shortened.")
    said = models.TextField(blank=True, help_text="The words that left; they hold nothing of the reporter.")

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outbox")
        constraints = [
            models.CheckConstraint(
                condition=Q(medium="robot", recipient=None, unit__isnull=False)
                | (~Q(medium="robot") & Q(recipient__isnull=False, unit=None)),
                name="message_goes_to_a_person_or_by_robot_to_a_unit",
            )
        ]
        indexes = [
            models.Index(fields=["medium", "send_after"], condition=Q(state="ready"), name="outbox_ready"),
            models.Index(fields=["mailbox"], condition=Q(state="ready"), name="outbox_mailbox"),
            models.Index(fields=["batch"], condition=Q(state="ready"), name="outbox_batch"),
        ]

    @property
    def number(self) -> str:
        return self.matter.number if self.matter else ""

    @property
    def outer_id(self) -> uuid.UUID:
        """The id the message goes out under: the same at every try."""
        return self.batch or self.message_id


class ChannelSetting(models.Model):
    """A gateway we write to by HTTP: the district's for text messages and calls, a unit's own for its group's robot.

    The secret is never here: `secret` names where the server finds it, an environment variable `CHANNEL_SECRET_...`
    or the file `CHANNEL_SECRET_..._FILE` names. In address, headers and body stand placeholders: {to} {text}
    {title} {id} {secret}. A message is delivered when the status is one of `good_status` and, if `ok_field` is
    given, that field of the JSON answer is `ok_value`.
    """

    medium = models.CharField(_("medium"), max_length=10, choices=choices.Medium)
    unit = models.ForeignKey(
        Department, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("department")
    )
    url = models.CharField(_("address"), max_length=400)
    headers = models.JSONField(_("headers"), default=dict, blank=True)
    secret = models.CharField(_("name of the secret"), max_length=60, blank=True)
    body_format = models.CharField(
        _("format"), max_length=4, choices=choices.BodyFormat, default=choices.BodyFormat.JSON
    )
    body = models.JSONField(_("body"))
    good_status = models.JSONField(_("status of success"), default=list, blank=True)
    ok_field = models.CharField(_("field of the answer"), max_length=60, blank=True)
    ok_value = models.CharField(_("its value of success"), max_length=60, blank=True)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        triggers = stamped()
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        constraints = [
            models.UniqueConstraint(
                fields=["medium"], condition=Q(active=True, unit=None), name="one_gateway_for_a_medium"
            ),
            models.UniqueConstraint(
                fields=["unit"], condition=Q(active=True, unit__isnull=False), name="one_robot_for_a_unit"
            ),
            models.CheckConstraint(
                condition=(Q(medium="robot") & Q(unit__isnull=False))
                | (Q(medium__in=["sms", "voice"]) & Q(unit=None)),
                name="a_robot_is_a_units_and_no_other_gateway",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_medium_display()} {self.unit or ''}".strip()


class Endpoint(models.Model):
    """How a gateway does: after several failures in a row it is left alone until `closed_until` (real time)."""

    name = models.CharField(primary_key=True, max_length=40)
    failures = models.PositiveSmallIntegerField(default=0)
    closed_until = models.DateTimeField(null=True, blank=True)
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("endpoint")
        verbose_name_plural = _("endpoints")


class Pace(models.Model):
    """When a mailbox may next get an ordinary message (business time); whoever sends one holds this row."""

    mailbox = models.CharField(primary_key=True, max_length=40)
    free_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pace")
        verbose_name_plural = _("paces")
