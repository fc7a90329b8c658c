"""The ladders that steps were opened with, as they then were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from dispatch import ladder_checks


class Ladder(models.Model):
    """A list of rungs that never changes: its key is made of its content, so the steps of a line share one row."""

    id = models.BigIntegerField(primary_key=True)
    rungs = models.JSONField(_("rungs"), validators=[ladder_checks.check])

    class Meta:
        verbose_name = _("ladder")
        verbose_name_plural = _("ladders")
