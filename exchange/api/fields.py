"""How other systems name our things: by code, or by id where we gave one out."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from matters.models import Category, Channel
from organization.models import Area, Department, Person
from organization.statements import Given, Statement

LARGEST_ID = 2**63 - 1
ID_OR_NAME = {"oneOf": [{"type": "integer"}, {"type": "string", "maxLength": 60}]}


class Body(serializers.Serializer):
    """A body as it is sent: a field that is not known is an error, so that nothing is lost in silence."""

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            unknown = sorted(str(name) for name in data if name not in self.fields)
            message = serializers.ErrorDetail(str(_("This field is not known.")), "unknown_field")
            errors = {name: [message] for name in unknown}
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            found: Any = error.detail
            raise serializers.ValidationError({**found, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value


@extend_schema_field({"type": "string", "maxLength": 64})
class ByCode(serializers.Field):
    """One of `rows`, a function so that the statement is compiled once and not copied with each serializer."""

    default_error_messages = {
        "does_not_exist": _("There is nothing with the code “{value}”."),
        "invalid": _("A code is a string."),
    }

    def __init__(self, *, rows: Callable[[], QuerySet], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    def run_validation(self, data: Any = serializers.empty) -> Any:
        return super().run_validation(None if data == "" else data)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        found = _coded(self.rows).first(code=data[:64])
        if found is None:
            self.fail("does_not_exist", value=data[:64])
        return found


@cache
def _coded(rows: Callable[[], QuerySet]) -> Statement:
    return Statement(rows().filter(code=Given("code")))


def categories() -> QuerySet:
    """Those that may be given to a matter."""
    return Category.objects.filter(active=True).select_related("platform")


def areas() -> QuerySet:
    return Area.objects.current()


def channels() -> QuerySet:
    return Channel.objects.all()


@extend_schema_field(ID_OR_NAME)
class UnitField(serializers.Field):
    """A living unit by its id or its code."""

    default_error_messages = {"unknown": _("No unit has the code or id “{value}”.")}

    def to_internal_value(self, data: Any) -> Department:
        found = Department.objects.current().select_related("area").filter(_named(data, "code")).first()
        if found is None:
            self.fail("unknown", value=data)
        return found


@extend_schema_field(ID_OR_NAME)
class PersonField(serializers.Field):
    """An active person by id or username."""

    default_error_messages = {"unknown": _("No person has the username or id “{value}”.")}

    def to_internal_value(self, data: Any) -> Person:
        found = Person.objects.filter(_named(data, "username"), is_active=True).first()
        if found is None:
            self.fail("unknown", value=data)
        return found


def _named(data: Any, column: str) -> Q:
    if isinstance(data, int) and not isinstance(data, bool):
        return Q(pk=data) if 0 < data <= LARGEST_ID else Q(pk__in=[])
    if isinstance(data, str) and data and "\0" not in data and len(data) <= 60 and data.isprintable():
        return Q(**{column: data})
    return Q(pk__in=[])
