"""The breaker's one row, and the record of what it did and who decided."""

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from dispatch import choices


class Breaker(models.Model):
    """Whether rungs that weigh are held. Moments are real time, but for those that are compared with alarms.

    `usual`: rungs in the busiest minute of an ordinary day. Alarms up to `counted_from` are a backlog and do not count
    as a mass; alarms up to `held_to` were held, so their lateness is the breaker's.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    state = models.CharField(
        _("state"), max_length=10, choices=choices.BreakerState, default=choices.BreakerState.CLOSED
    )
    cause = models.CharField(_("cause"), max_length=10, choices=choices.BreakerCause, blank=True)
    since = models.DateTimeField(null=True)
    release_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True, help_text="When rungs were last let through, one a second.")
    paged_at = models.DateTimeField(null=True)
    usual = models.PositiveIntegerField(default=0)
    measured_at = models.DateTimeField(null=True)
    counted_from = models.DateTimeField(null=True)
    held_to = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("breaker")
        verbose_name_plural = _("breakers")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_breaker")]


class BreakerEvent(models.Model):
    """One line of its record: what happened, by whom, and why. Never changed."""

    at = models.DateTimeField(help_text="Real time.")
    what = models.CharField(max_length=10, choices=choices.BreakerDeed)
    cause = models.CharField(max_length=10, choices=choices.BreakerCause, blank=True)
    by_name = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    why = models.CharField(max_length=300, blank=True)
    facts = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("deed of the breaker")
        verbose_name_plural = _("deeds of the breaker")
        triggers = [
            pgtrigger.Protect(name="breaker_event_kept", operation=pgtrigger.Update | pgtrigger.Delete)
        ]
