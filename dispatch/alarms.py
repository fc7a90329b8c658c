"""What makes an emergency of a report besides its category: words in its text, and a mode declared for an area."""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from dispatch.clocks import MomentRange
from dispatch.querysets import ModeQuerySet
from matters.choices import Urgency
from organization.models import Area
from organization.standing import stamped


class EmergencyWord(models.Model):
    """A word that makes an emergency of a report, unless it stands there as part of one of the harmless phrases."""

    word = models.CharField(_("word"), max_length=40, unique=True)
    unless = ArrayField(
        models.CharField(max_length=40), default=list, blank=True, verbose_name=_("harmless phrases")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        triggers = stamped()
        verbose_name = _("emergency word")
        verbose_name_plural = _("emergency words")

    def __str__(self) -> str:
        return self.word


class EmergencyMode(models.Model):
    """应急状态: for a time, reports of the chosen categories in an area are emergencies, and its people are called.

    A row is the record of who declared it, why, and who ended it; it is never edited, only ended. Without categories
    every report of the area is meant. `limit` shortens the line's own. Ends by itself at `ends_at`.
    """

    area = models.ForeignKey(Area, models.PROTECT, related_name="modes", verbose_name=_("place"))
    name = models.CharField(_("plan"), max_length=60)
    reason = models.TextField(_("reason"), max_length=500)
    urgency = models.CharField(_("urgency"), max_length=10, choices=Urgency, default=Urgency.EMERGENCY)
    categories = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    limit = models.CharField(_("limit for handling"), max_length=8, blank=True)
    called = ArrayField(
        models.BigIntegerField(), default=list, blank=True, help_text="Ids of people on duty."
    )
    began_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("to"))
    began_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(_("why it was ended"), max_length=200, blank=True)

    objects = ModeQuerySet.as_manager()

    class Meta:
        triggers = stamped()
        verbose_name = _("emergency mode")
        verbose_name_plural = _("emergency modes")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("began_at")), name="mode_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("began_at"), ended_by__isnull=False),
                name="mode_is_ended_by_somebody",
            ),
            ExclusionConstraint(
                name="one_mode_in_an_area",
                expressions=[
                    ("area", RangeOperators.EQUAL),
                    (
                        MomentRange("began_at", Coalesce("ended_at", "ends_at"), RangeBoundary()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def over_at(self) -> datetime:
        """When it is over: ended by hand, or by itself."""
        return min(self.ended_at, self.ends_at) if self.ended_at else self.ends_at
