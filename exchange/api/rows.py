"""Rows of the catalogue."""

from rest_framework import serializers

from dispatch.choices import ListKind
from dispatch.models import Responsibility
from exchange.api import answers
from organization.choices import Level


class AreaRow(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()
    level = serializers.ChoiceField(choices=Level.choices)
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True)  # type: ignore[assignment]
    path = serializers.CharField()


class DepartmentRow(answers.ResponsibleUnit):
    short_name = serializers.CharField()
    office = serializers.CharField()
    platform = answers.Named(allow_null=True)


class CategoryRow(answers.Named):
    platform = answers.Named()
    major = serializers.CharField()
    keywords = serializers.ListField(child=serializers.CharField())
    scope_note = serializers.CharField()
    sensitive = serializers.BooleanField()
    emergency = serializers.BooleanField()


class LineRow(serializers.Serializer):
    line = serializers.CharField(source="code")
    version = serializers.IntegerField()
    category = answers.Named()
    area = answers.Named()
    list_kind = serializers.ChoiceField(choices=ListKind.choices)
    lead = serializers.SerializerMethodField()
    assisting = serializers.ListField(child=serializers.DictField())
    legal_basis = serializers.CharField()
    standard = serializers.CharField()
    limit = answers.Length(source="*")
    first_response = serializers.CharField()
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True)

    def get_lead(self, line: Responsibility) -> dict[str, str]:
        """The unit by code and name, or the office and level that is looked up at the matter's place."""
        if line.lead_department:
            return {"code": line.lead_department.code, "name": line.lead_department.name}
        return {"level": line.lead_level, "office": line.lead_office}
