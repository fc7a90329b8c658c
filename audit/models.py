"""What the last audits found; kept for the check page, since whoever looks was not there when it ran."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditRun(models.Model):
    """One pass over all rules, in real time. `rules`: [{"name", "breaches", "seconds"}]; `lines`: the first."""

    at = models.DateTimeField(db_index=True)
    seconds = models.FloatField()
    breaches = models.PositiveIntegerField()
    rules = models.JSONField(default=list)
    lines = models.JSONField(default=list)

    class Meta:
        verbose_name = _("audit run")
        verbose_name_plural = _("audit runs")
