"""What is answered of the timeline, of contacts and photos, and to whoever holds the private link."""

from rest_framework import serializers

from exchange.api.answer import Answer
from exchange.api.answers import Moment, Named, Number, Text, Unit
from matters.choices import Status
from matters.masking import name as masked_name
from matters.models import Entry
from organization.choices import ActorKind, Level


class ActorAnswer(Answer):
    kind = serializers.ChoiceField(choices=ActorKind.choices, source="actor_kind")
    name = serializers.SerializerMethodField()

    def get_name(self, entry: Entry) -> str:
        return masked_name(entry.actor_name) if entry.actor_kind == ActorKind.REPORTER else entry.actor_name


class EntryAnswer(Answer):
    seq = Number()
    kind = Text()
    at = Moment()
    actor = ActorAnswer(source="*")
    department = Unit(allow_null=True)
    text = Text()
    why = Text()
    public = serializers.BooleanField()
    data = serializers.DictField()  # type: ignore[assignment]
    digest = Text()


class Revealed(Answer):
    field = serializers.ChoiceField(choices=["name", "phone"])
    value = Text()


class Uploaded(Answer):
    id = serializers.UUIDField()
    sha256 = Text()
    kind = Text()
    size = Number()


class PublicEntry(Answer):
    kind = Text()
    at = Moment()
    department = Text(allow_null=True)
    text = Text()


class PublicProgress(Answer):
    """What the private link shows: no person, no words of the report, no place finer than the town."""

    number = Text()
    status = serializers.ChoiceField(choices=Status.choices)
    level = serializers.ChoiceField(choices=Level.choices)
    round = Number()
    category = Named(allow_null=True)
    reported_at = Moment()
    promise_at = Moment(allow_null=True)
    closed_at = Moment(allow_null=True)
    department = Text(allow_null=True)
    may_rate = serializers.BooleanField()
    entries = PublicEntry(many=True)
