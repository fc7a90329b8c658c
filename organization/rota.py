"""Who is on duty and who is away: models of the room, told apart because they hold for a time."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from organization import choices
from organization.querysets import SpanQuerySet
from organization.standing import stamped


class Span(Func):
    """`tstzrange(from, to)`: from the first moment up to, not including, the last."""

    function = "tstzrange"
    output_field = DateTimeRangeField()


_SPAN = (Span("from_at", "to_at"), RangeOperators.OVERLAPS)


class DutyTurn(models.Model):
    """A turn of duty: who answers for a unit from one moment to another, by day and by night."""

    department = models.ForeignKey(
        "organization.Department", models.PROTECT, related_name="duty_turns", verbose_name=_("unit")
    )
    slot = models.CharField(_("duty"), max_length=8, choices=choices.Slot, default=choices.Slot.OFFICER)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="duty_turns", verbose_name=_("who")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="deputy_turns",
        verbose_name=_("deputy"),
    )  # fmt: skip
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"))
    phone = models.CharField(_("phone"), max_length=20, blank=True)

    objects = SpanQuerySet["DutyTurn"].as_manager()

    class Meta:
        triggers = stamped()
        verbose_name = _("turn of duty")
        verbose_name_plural = _("duty roster")
        constraints = [
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="turn_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("person")), name="turn_has_another_as_deputy"
            ),
            ExclusionConstraint(  # also finds the turns of a unit
                name="one_on_duty_in_a_place",
                expressions=[("department", RangeOperators.EQUAL), ("slot", RangeOperators.EQUAL), _SPAN],
            ),
            ExclusionConstraint(
                name="one_turn_at_a_time", expressions=[("person", RangeOperators.EQUAL), _SPAN]
            ),
        ]
        indexes = [models.Index(fields=["to_at"], name="turn_end")]  # overlapping(first, last)

    def __str__(self) -> str:
        return f"{self.department_id} {self.from_at:%Y-%m-%d %H:%M}"


class Absence(models.Model):
    """A time in which a person is not there, and who stands in for them."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="absences", verbose_name=_("who")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=choices.Away, default=choices.Away.LEAVE)
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="deputy_absences",
        verbose_name=_("deputy"),
    )  # fmt: skip
    from_at = models.DateTimeField(_("from"))
    to_at = models.DateTimeField(_("to"))

    objects = SpanQuerySet["Absence"].as_manager()

    class Meta:
        triggers = stamped()
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(condition=Q(to_at__gt=F("from_at")), name="absence_ends_after_it_begins"),
            models.CheckConstraint(
                condition=Q(deputy=None) | ~Q(deputy=F("person")), name="absence_has_another_as_deputy"
            ),
            ExclusionConstraint(
                name="one_absence_at_a_time", expressions=[("person", RangeOperators.EQUAL), _SPAN]
            ),
        ]
        indexes = [models.Index(fields=["to_at"], name="absence_end")]  # overlapping(first, last)

    def __str__(self) -> str:
        return f"{self.person_id} {self.from_at:%Y-%m-%d %H:%M}"
