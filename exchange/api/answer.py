"""A serializer that only answers, by a plan made once for its class.

The framework copies every declared field for every row, which is most of the time of a list. The declarations stay the
one source of the names and of the schema; the plan reads them once and then only reads attributes.
"""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from rest_framework import serializers

from organization.clock import ZONE

Read = Callable[[Any, Any], Any]  # (serializer, instance) -> value


class Answer(serializers.Serializer):
    def to_representation(self, instance: Any) -> dict:
        return {name: read(self, instance) for name, read in plan(type(self))}


@cache
def plan(answer: type[Answer]) -> list[tuple[str, Read]]:
    """[(name, how to read it)] of a class, in the order of its declarations."""
    return [(name, _reader(name, field)) for name, field in answer._declared_fields.items()]


def _reader(name: str, field: Any) -> Read:
    if isinstance(field, serializers.SerializerMethodField):
        method = field.method_name or f"get_{name}"
        return lambda serializer, instance: getattr(serializer, method)(instance)
    source, shape = (getattr(field, "source", None) or name), _shape(field)
    if source == "*":
        return lambda serializer, instance: shape(instance)
    path = source.split(".")
    if len(path) == 1:
        return lambda serializer, instance: shape(
            instance.get(source) if type(instance) is dict else getattr(instance, source)
        )
    return lambda serializer, instance: shape(_follow(instance, path))


def _follow(instance: Any, path: list[str]) -> Any:
    for step in path:
        if instance is None:
            return None
        instance = instance.get(step) if isinstance(instance, dict) else getattr(instance, step)
    return instance


def _shape(field: Any) -> Callable[[Any], Any]:
    """How a value of the field is written; nothing stays null."""
    if isinstance(field, serializers.ListSerializer):
        one = _shape(field.child)
        return lambda rows: None if rows is None else [one(row) for row in rows]
    if isinstance(field, Answer):
        return lambda value: None if value is None else field.to_representation(value)
    if isinstance(field, serializers.ListField):
        return lambda values: None if values is None else [_plain(each) for each in values]
    if isinstance(field, serializers.DateTimeField):
        return _moment
    if isinstance(field, (serializers.CharField, serializers.ChoiceField, serializers.UUIDField)):
        return lambda value: None if value is None else str(value)
    return lambda value: value


def _plain(value: Any) -> Any:
    return value if isinstance(value, dict) else str(value)


def _moment(value: datetime | None) -> str | None:
    return None if value is None else value.astimezone(ZONE).isoformat()
