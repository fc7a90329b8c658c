"""What lists may be asked for. A value that cannot be understood is an error, never silently everything."""

import re
from functools import cached_property
from typing import Any

from django import forms
from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django_filters import filters
from django_filters.constants import EMPTY_VALUES
from django_filters.fields import IsoDateTimeField
from django_filters.rest_framework import FilterSet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ErrorDetail, ValidationError

from dispatch.choices import NodeStatus
from dispatch.models import Node
from matters.choices import OPEN, Status
from matters.models import Category, Channel, Matter
from organization.choices import Level
from organization.models import Area, Department, Platform
from organization.statements import Given, Statement

FLAGS = {"true": True, "1": True, "false": False, "0": False}


class FlagField(forms.Field):
    def to_python(self, value: Any) -> bool | None:
        if value in self.empty_values:
            return None
        if (text := str(value).lower()) not in FLAGS:
            raise forms.ValidationError(_("Write true or false."), code="invalid")
        return FLAGS[text]


@extend_schema_field(OpenApiTypes.BOOL)
class Flag(filters.Filter):
    field_class = FlagField


class ForgivingMoment(IsoDateTimeField):
    def to_python(self, value: Any) -> Any:
        """A plus that was not escaped arrives as a space."""
        return super().to_python(
            re.sub(r" (\d\d:?\d\d)$", r"+\1", value.strip()) if isinstance(value, str) else value
        )


@extend_schema_field(OpenApiTypes.DATETIME)
class Moment(filters.IsoDateTimeFilter):
    field_class = ForgivingMoment


class UnitField(forms.CharField):
    """A unit by its code or its id."""

    def clean(self, value: Any) -> Department | None:
        text = super().clean(value)
        if not text:
            return None
        wanted = Q(code=text)
        if text.isascii() and text.isdigit() and len(text) < 19:
            wanted |= Q(pk=int(text))
        unit = Department.objects.filter(wanted).first()
        if unit is None:
            raise forms.ValidationError(_("No unit has this code or id."), code="unknown")
        return unit


@extend_schema_field(OpenApiTypes.STR)
class Unit(filters.Filter):
    field_class = UnitField


class CodeField(forms.CharField):
    """A row of the catalogue by its code."""

    def __init__(self, *, rows: QuerySet, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.rows = rows

    @cached_property
    def statement(self) -> Statement:
        return Statement(self.rows.filter(code=Given("code")))

    def clean(self, value: Any) -> Model | None:
        text = super().clean(value)
        if not text:
            return None
        found = self.statement.first(code=text)
        if found is None:
            raise forms.ValidationError(_("There is nothing with this code."), code="invalid_choice")
        return found


@extend_schema_field(OpenApiTypes.STR)
class Code(filters.Filter):
    field_class = CodeField


class Choices(filters.BaseInFilter, filters.ChoiceFilter):
    """One or more of the words, with commas between."""


def within(queryset: QuerySet, name: str, area: Area) -> QuerySet:
    return queryset.filter(**{f"{name}__startswith": area.path})


def cleaned(filterset: type[FilterSet], sent: QueryDict) -> dict[str, Any]:
    """The values of those filters that were asked for, checked by their own fields. Raises ValidationError.

    The form of all thirteen would be made, copied and bound for each page.
    """
    values, errors = {}, {}
    for name in [name for name in filterset.base_filters if name in sent]:
        field = filterset.base_filters[name].field
        try:
            value = field.clean(field.widget.value_from_datadict(sent, {}, name))
        except forms.ValidationError as error:
            errors[name] = [
                ErrorDetail(each.message % (each.params or ()), each.code) for each in error.error_list
            ]
        else:
            values |= {} if value in EMPTY_VALUES else {name: value}
    if errors:
        raise ValidationError(errors)
    return values


class MatterFilters(FilterSet):
    status = Choices(choices=Status.choices)
    level = Choices(choices=Level.choices)
    area = Code(rows=Area.objects.current(), field_name="area_path", method=within)
    category = Code(rows=Category.objects.all())
    platform = Code(rows=Platform.objects.all(), field_name="category__platform")
    department = Unit(field_name="responsible")
    channel = Code(rows=Channel.objects.all())
    overdue = Flag(method="by_overdue")
    escalated = Flag(field_name="escalated_level", lookup_expr="isnull", exclude=True)
    due_before = Moment(method="by_due")
    reported_after = Moment(field_name="reported_at", lookup_expr="gte")
    reported_before = Moment(field_name="reported_at", lookup_expr="lt")
    q = filters.CharFilter(method="by_words", max_length=100)
    at: Any = Given("at")

    class Meta:
        model = Matter
        fields: list[str] = []

    def by_overdue(self, queryset: Any, name: str, value: bool) -> QuerySet:
        at = self.at
        return queryset.overdue(at) if value else queryset.exclude(status__in=OPEN, soonest_due_at__lt=at)

    def by_due(self, queryset: Any, name: str, value: Any) -> QuerySet:
        return queryset.due_before(value)

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet:
        return queryset.containing(value)


class NodeFilters(FilterSet):
    mine = Flag(method="by_mine")
    department = Unit(field_name="department")
    status = Choices(choices=NodeStatus.choices)
    overdue = Flag(method="by_overdue")
    due_before = Moment(method="by_due")

    class Meta:
        model = Node
        fields: list[str] = []

    def filter_queryset(self, queryset: Any) -> QuerySet:
        """Without a status the queue: what runs, which is what has an alarm (and an index)."""
        found = super().filter_queryset(queryset)
        return (
            found if self.form.cleaned_data["status"] else found.running().filter(next_alarm_at__isnull=False)
        )

    def by_mine(self, queryset: Any, name: str, value: bool) -> QuerySet:
        return queryset.waiting_for(self.request.parser_context["view"].actor) if value else queryset

    def by_overdue(self, queryset: Any, name: str, value: bool) -> QuerySet:
        late = Node.objects.overdue(self.request.parser_context["view"].at)
        return queryset.filter(pk__in=late) if value else queryset.exclude(pk__in=late)

    def by_due(self, queryset: Any, name: str, value: Any) -> QuerySet:
        return queryset.due_before(value)
