"""Which installation a database belongs to, and each time a person let a copy of it send messages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Home(models.Model):
    """The one installation whose relay may send: its token lies beside the database in GOVFLOW_HOME.

    `database` is the server's own identifier and the number of the database on it; a dump that is loaded elsewhere,
    or again, has others. `restored` is the value of RESTORED that a person has answered for.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.CharField(max_length=64)
    database = models.CharField(max_length=64)
    restored = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_home")]


class Release(models.Model):
    """A person said that this copy may send; kept for ever."""

    at = models.DateTimeField(_("at"))
    by = models.CharField(_("who"), max_length=60)
    why = models.CharField(_("why"), max_length=300)
    held = models.CharField(_("what held it"), max_length=40)
    older_than = models.DateTimeField(_("dropped what was to leave before"), null=True)
    dropped = models.PositiveIntegerField(_("dropped"))
    waiting = models.PositiveIntegerField(_("left to send"))

    class Meta:
        verbose_name = _("release of the outbox")
        verbose_name_plural = _("releases of the outbox")
