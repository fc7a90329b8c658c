"""What a report may refer to: places, units, categories, and the published responsibility list."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django_filters import filters
from django_filters.rest_framework import FilterSet
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch.models import Responsibility
from exchange.api import rows
from exchange.api.views.door import Listing
from exchange.filters import Code, within
from matters.models import Category
from organization import clock
from organization.models import Area, Department

AREAS = Area.objects.current()


class AreaFilters(FilterSet):
    area = Code(rows=AREAS, field_name="path", method=within)
    q = filters.CharFilter(method="by_words", max_length=60)
    at = filters.DateFilter(method="on")

    class Meta:
        model = Area
        fields: list[str] = []

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(Q(name__icontains=value) | Q(code__startswith=value))

    def on(self, queryset: QuerySet, name: str, value: date) -> QuerySet:
        return queryset


class DepartmentFilters(AreaFilters):
    area = Code(rows=AREAS, field_name="area__path", method=within)

    class Meta:
        model = Department
        fields: list[str] = []


class CategoryFilters(FilterSet):
    q = filters.CharFilter(method="by_words", max_length=60)

    class Meta:
        model = Category
        fields: list[str] = []

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(name__icontains=value) | Q(code__startswith=value) | Q(keywords__contains=[value])
        )


class LineFilters(AreaFilters):
    """`area`: what answers at this place, from its own lines up to the district's, and what is said below it."""

    area = Code(rows=AREAS, method="at_place")

    class Meta:
        model = Responsibility
        fields: list[str] = []

    def at_place(self, queryset: QuerySet, name: str, value: Area) -> QuerySet:
        return queryset.filter(Q(area__path__in=value.lineage) | Q(area__path__startswith=value.path))

    def by_words(self, queryset: QuerySet, name: str, value: str) -> QuerySet:
        return queryset.filter(
            Q(category__name__icontains=value) | Q(category__code__startswith=value) | Q(code=value)
        )


class Catalogue(Listing):
    """Rows in force on the day of `at`, today by itself."""

    orderings = ("code",)

    def on(self) -> date:
        text = self.request.query_params.get("at", "")
        try:
            return date.fromisoformat(text)
        except ValueError:  # nothing given, or the filter has already refused it
            return clock.day_of(self.at)


class Areas(Catalogue):
    serializer_class = rows.AreaRow
    filterset_class = AreaFilters

    def rows(self) -> QuerySet:
        return Area.objects.valid_on(self.on()).select_related("parent")

    @extend_schema(operation_id="areas_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request)


class Departments(Catalogue):
    serializer_class = rows.DepartmentRow
    filterset_class = DepartmentFilters

    def rows(self) -> QuerySet:
        return Department.objects.valid_on(self.on()).for_list()

    @extend_schema(operation_id="departments_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request)


class Categories(Catalogue):
    serializer_class = rows.CategoryRow
    filterset_class = CategoryFilters

    def rows(self) -> QuerySet:
        return Category.objects.filter(active=True).select_related("platform")

    @extend_schema(operation_id="categories_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request)


class Responsibilities(Catalogue):
    serializer_class = rows.LineRow
    filterset_class = LineFilters

    def rows(self) -> Any:
        return Responsibility.objects.in_force(self.on()).for_list()

    @extend_schema(operation_id="responsibilities_list")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().get(request)
