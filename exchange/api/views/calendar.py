"""When a limit runs out, with every day that was counted and every day that was not."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange import schema
from exchange.api.fields import Body, ByCode, areas
from exchange.api.views.door import Door
from organization import calendar, clock, workdays
from organization.calendar import Limit, Unit

LONGEST = 3660
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Question(Body):
    start = serializers.CharField(max_length=40, help_text="ISO 8601 moment.")
    limit = serializers.IntegerField(min_value=0, max_value=LONGEST)
    unit = serializers.ChoiceField(choices=[unit.value for unit in Unit])
    area = ByCode(rows=areas, required=False)

    def validate_start(self, value: str) -> Any:
        """A plus that was not escaped arrives as a space."""
        start = serializers.DateTimeField().run_validation(value.replace(" ", "+") if "T" in value else value)
        if not FIRST_YEAR <= start.year <= LAST_YEAR:
            raise serializers.ValidationError(_("The calendar covers the years 2000 to 2100."))
        return start.astimezone(clock.ZONE)


class SkippedDay(serializers.Serializer):
    date = serializers.DateField()
    reason = serializers.CharField()


class DueAnswer(serializers.Serializer):
    due_at = serializers.DateTimeField()
    provisional = serializers.BooleanField()
    counted = serializers.ListField(child=serializers.JSONField(), help_text="Dates, or {from, to} for WH.")
    skipped = SkippedDay(many=True)


class Deadline(Door):
    """The district has one calendar; `area` is checked and reserved for districts that will have several."""

    @extend_schema(
        operation_id="calendar_deadline",
        parameters=[Question],
        responses={200: DueAnswer, **schema.problems(400)},
    )
    def get(self, request: Request) -> Response:
        sent = Question(data=request.query_params.dict())
        sent.is_valid(raise_exception=True)
        asked = sent.validated_data
        due = calendar.due(workdays.current(), asked["start"], Limit(asked["limit"], asked["unit"]))
        answer = {
            "due_at": due.at,
            "provisional": due.provisional,
            "counted": list(due.counted),
            "skipped": [{"date": on, "reason": reason} for on, reason in due.skipped],
        }
        return Response(answer)
