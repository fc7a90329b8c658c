"""What will happen when, for each running step of a matter, and how its due moment came about."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from dispatch import limits, policies, preview
from dispatch.choices import Action, Lateness, SpanKind
from dispatch.clocks import ClockSpan
from dispatch.models import Node
from dispatch.preview import Sight
from exchange import schema
from exchange.api.answer import Answer
from exchange.api.answers import Moment, Number, Text, Unit
from exchange.api.views.door import Door
from matters.models import Matter
from organization.choices import Scope


class LimitAnswer(Answer):
    amount = Number()
    unit = Text()


class DayNotCounted(Answer):
    date = serializers.DateField()
    reason = Text()


class SpanAnswer(Answer):
    kind = serializers.ChoiceField(choices=SpanKind.choices)
    began_at = Moment()
    ended_at = Moment(allow_null=True)
    limit = LimitAnswer(allow_null=True)
    why = Text()


class ClockAnswer(Answer):
    """`limit_ends_at`: by the limit alone; `due_at`: with holds, extensions and what is left of the promise."""

    start = Moment()
    limit = LimitAnswer()
    limit_ends_at = Moment()
    due_at = Moment()
    provisional = serializers.BooleanField()
    shortened_by_promise = serializers.BooleanField()
    counted = serializers.ListField(child=serializers.JSONField())
    skipped = DayNotCounted(many=True)
    spans = SpanAnswer(many=True)


class RungAnswer(Answer):
    """`names` only for who may know them: who was told, or would be told now. `to`: who gets it on a hand-up."""

    state = serializers.ChoiceField(choices=["fired", "skipped", "next", "later"])
    action = serializers.ChoiceField(choices=Action.choices)
    at = Moment()
    planned_at = Moment()
    tells = serializers.ListField(child=Text())
    names = serializers.ListField(child=Text())
    to = Unit(allow_null=True)
    stops_by = Text()
    late_by_s = Number()
    cause = serializers.ChoiceField(choices=Lateness.choices, allow_blank=True)


class StepAnswer(Answer):
    node = Number()
    department = Unit()
    clock = ClockAnswer()
    ladder = RungAnswer(many=True)


class Ladder(Door):
    scopes = {"GET": Scope.READ}

    @extend_schema(
        operation_id="matters_ladder",
        responses={200: StepAnswer(many=True), **schema.problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        matter = get_object_or_404(Matter.objects.visible_to(self.actor).for_file(), number=number)
        nodes = list(matter.nodes.running().for_file().prefetch_related("rungs", "spans"))
        for node in nodes:
            node.matter = matter
        named, timing = policies.may_know_who_is_told(matter, nodes, self.actor), limits.timing(self.at)
        return Response([_step(matter, node, nodes, timing, named=named) for node in nodes])


def _step(
    matter: Matter, node: Node, nodes: list[Node], timing: limits.Timing, *, named: bool
) -> dict[str, Any]:
    rungs = sorted(node.rungs.all(), key=lambda rung: rung.number)
    sights = preview.of_node(matter, node, nodes, rungs, timing, named=named)
    clock = preview.clock_of(node)
    return StepAnswer(
        {
            "node": node.pk,
            "department": node.department,
            "clock": {
                **clock,
                "counted": [_day(each) for each in clock["counted"]],
                "skipped": [{"date": on.isoformat(), "reason": reason} for on, reason in clock["skipped"]],
                "spans": [_span(span) for span in clock["spans"]],
            },
            "ladder": [_rung(sight) for sight in sights],
        }
    ).data


def _day(counted: Any) -> Any:
    """A date, or a stretch of working hours."""
    if isinstance(counted, dict):
        return {name: moment.isoformat() for name, moment in counted.items()}
    return counted.isoformat()


def _span(span: ClockSpan) -> dict[str, Any]:
    names = ("kind", "began_at", "ended_at", "why")
    limit = span.limit if span.amount else None
    return {**{name: getattr(span, name) for name in names}, "limit": limit}


def _rung(sight: Sight) -> dict[str, Any]:
    step, rung = sight.step, sight.rung
    return {
        "state": "skipped" if rung and rung.skipped else step.state,
        "action": step.action,
        "at": step.at,
        "planned_at": rung.planned_at if rung else step.at,
        "tells": [] if rung and rung.skipped else list(step.tells),
        "names": list(sight.names),
        "to": sight.to,
        "stops_by": str(step.stops_by),
        "late_by_s": rung.late_by if rung else 0,
        "cause": rung.cause if rung else "",
    }
