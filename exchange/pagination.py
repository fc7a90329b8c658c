"""Keyset pages: `?cursor=&limit=` -> {"results", "next", "previous"}. Nothing is counted, nothing is skipped over.

A cursor is the place of the row a page begins after (or ends before), so pages stay whole while rows are added.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.db.models import F, Field, Model, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from organization.statements import Given

DEFAULT, MOST = 50, 200


@dataclass(frozen=True)
class Place:
    """Where a page begins: after the row with this value and id, or, going back, before it."""

    order: str
    value: Any
    pk: Any
    back: bool = False

    def __str__(self) -> str:
        value = self.value if isinstance(self.value, int | None) else str(self.value)
        facts = json.dumps([self.order, value, self.pk, self.back], separators=(",", ":"))
        return urlsafe_b64encode(facts.encode()).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str, order: str, column: Field) -> "Place":
        try:
            kept, value, pk, back = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            known = kept == order and type(pk) is int and abs(pk) < 2**63 and type(back) is bool
            place = cls(order, None if value is None else column.to_python(value), pk, back)
        except (ValueError, TypeError, ModelError, RecursionError) as error:
            raise _refusal("cursor", _("This cursor is not known.")) from error
        if not known or (place.value is None and not column.null):
            raise _refusal("cursor", _("This cursor belongs to another list."))
        return place


class Keyset(BasePagination):
    """The view names its orders (`orderings`, the first is the default), each a column with or without a minus."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list:
        self.open(queryset.model, request, view.orderings)
        return self.keep(list(self._from(queryset, self.place)[: self.size + 1]))

    def open(self, model: type[Model], request: Request, orderings: tuple[str, ...]) -> None:
        """Read which page is asked for. Raises ValidationError."""
        self.request, self.order = request, _order(request, orderings)
        self.name, self.down = self.order.lstrip("-"), self.order.startswith("-")
        self.column: Field = model._meta.get_field(self.name)
        self.place: Place | None = None
        if cursor := request.query_params.get("cursor"):
            self.place = Place.parse(cursor, self.order, self.column)
        self.size = _limit(request)

    @property
    def shape(self) -> tuple:
        """What the statement of a page depends on, beside the values of `told`."""
        place = self.place and (self.place.value is None, self.place.back)
        return self.order, self.size, place

    @property
    def told(self) -> dict[str, Any]:
        return {"place": self.place.value, "place_pk": self.place.pk} if self.place else {}

    def unfilled(self, queryset: QuerySet) -> QuerySet:
        """The page with its place left open, to be filled from `told`."""
        place = self.place
        if place:
            value = None if place.value is None else Given("place", self.column)
            place = Place(place.order, value, Given("place_pk"), place.back)
        return self._from(queryset, place)[: self.size + 1]

    def keep(self, rows: list) -> list:
        """The rows to show; one more was read to know whether there are more."""
        self.more, rows = len(rows) > self.size, rows[: self.size]
        self.rows = rows[::-1] if self.place and self.place.back else rows
        return self.rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self._link(False), "previous": self._link(True)})

    def get_schema_operation_parameters(self, view: Any) -> list[dict]:
        found = [
            {"name": "cursor", "in": "query", "schema": {"type": "string"}},
            {
                "name": "limit",
                "in": "query",
                "schema": {"type": "integer", "default": DEFAULT, "maximum": MOST},
            },
        ]
        if len(view.orderings) > 1:
            schema = {"type": "string", "enum": list(view.orderings), "default": view.orderings[0]}
            found.append({"name": "ordering", "in": "query", "schema": schema})
        return found

    def get_paginated_response_schema(self, schema: dict) -> dict:
        link = {"type": ["string", "null"], "format": "uri"}
        properties = {"results": schema, "next": link, "previous": link}
        return {"type": "object", "properties": properties, "required": list(properties)}

    def _from(self, queryset: QuerySet, place: Place | None) -> QuerySet:
        back = bool(place and place.back)
        down = self.down != back
        if place:
            queryset = queryset.filter(self._beyond(place, down))
        column, nulls = F(self.name), {}
        if self.column.null:  # unknown moments come last, whichever way round
            nulls = {"nulls_first": True} if back else {"nulls_last": True}
        by = column.desc(**nulls) if down else column.asc(**nulls)
        return queryset.order_by(by, "-pk" if down else "pk")

    def _beyond(self, place: Place, down: bool) -> Q:
        way = "lt" if down else "gt"
        further = Q(**{f"pk__{way}": place.pk})
        unknown = Q(**{f"{self.name}__isnull": True})
        if place.value is None:
            return unknown & further | (~unknown if place.back else Q(pk__in=[]))
        # the first half alone bounds the index scan
        known = Q(**{f"{self.name}__{way}e": place.value}) & (
            Q(**{f"{self.name}__{way}": place.value}) | further
        )
        return known | unknown if self.column.null and not place.back else known

    def _link(self, back: bool) -> str | None:
        came_from = self.place is not None and self.place.back is not back
        going_on = self.more and (self.place is not None and self.place.back) is back
        if not self.rows or not (came_from or going_on):
            return None
        row = self.rows[0 if back else -1]
        place = Place(self.order, getattr(row, self.column.attname), row.pk, back)
        return replace_query_param(self.request.build_absolute_uri(), "cursor", str(place))


def _order(request: Request, orderings: tuple[str, ...]) -> str:
    order = request.query_params.get("ordering") or orderings[0]
    if order not in orderings:
        raise _refusal("ordering", _("Order by one of: %(names)s.") % {"names": ", ".join(orderings)})
    return order


def _limit(request: Request) -> int:
    text = request.query_params.get("limit") or str(DEFAULT)
    if not (text.isascii() and text.isdigit()) or int(text[:6]) < 1:
        raise _refusal("limit", _("A limit is a whole number from 1 to %(most)d.") % {"most": MOST})
    return min(int(text[:6]), MOST)


def _refusal(name: str, message: str) -> ValidationError:
    return ValidationError({name: [message]})
