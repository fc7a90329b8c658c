"""Refusals that can be expected. Forms show them; REST maps them by class and `code`."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class Refused(ValidationError):
    """The moment or the state does not allow it (REST: 409)."""


class NotAllowed(ValidationError):
    """None of the actor's posts allows it (REST: 403)."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or _("Your post does not allow this step here."), code="not_allowed")


class Invalid(ValidationError):
    """What was sent cannot be taken; `field` names the part that must change (REST: 400)."""

    def __init__(self, message: str, *, field: str, code: str = "invalid") -> None:
        super().__init__(message, code=code)
        self.field = field
