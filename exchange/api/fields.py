"""How other systems name our things: by code, or by id where we gave one out."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from organization.models import Department, Person

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
class ByCode(serializers.SlugRelatedField):
    default_error_messages = {
        "does_not_exist": _("There is nothing with the code “{value}”."),
        "invalid": _("A code is a string."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="code", **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or "\0" in data:
            self.fail("invalid")
        return super().to_internal_value(data[:64])


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
