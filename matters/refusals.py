"""Refusals that can be expected of a matter, beside those of every room."""

from django.utils.translation import gettext_lazy as _

from organization.refusals import Invalid as Invalid
from organization.refusals import NotAllowed as NotAllowed
from organization.refusals import Refused as Refused


class Stale(Refused):
    """Somebody else was faster (REST: 409)."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has just changed this matter. Load it again."), code="stale")
