"""What may be sent: explicit fields, each with its length, range or choices. The contract names them."""

from typing import Any

from rest_framework import serializers

from dispatch.choices import Decline, Reason
from exchange.api.fields import Body, ByCode, PersonField, UnitField, areas, categories
from matters.choices import Solved, Urgency

MOST_PHOTOS = 20


class Sentence(serializers.CharField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=kwargs.pop("max_length", 2000), **kwargs)


class Remark(Sentence):
    """A sentence that may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_blank=True, default="", **kwargs)


class Photos(serializers.ListField):
    def __init__(self, **kwargs: Any) -> None:
        child = serializers.UUIDField()
        super().__init__(child=child, required=False, default=list, max_length=MOST_PHOTOS, **kwargs)


class Reveal(Body):
    field = serializers.ChoiceField(choices=["name", "phone"])
    reason = Sentence(max_length=200)


class Step(Body):
    """What every verb may be told: the revision that was read, so that a stale step is refused."""

    revision = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Dispatch(Step):
    department = UnitField()
    assisting = serializers.ListField(child=UnitField(), required=False, max_length=20)
    category = ByCode(rows=categories, required=False)
    urgency = serializers.ChoiceField(choices=Urgency.choices, required=False)
    text = Remark()


class Correct(Step):
    category = ByCode(rows=categories, required=False)
    area = ByCode(rows=areas, required=False)
    urgency = serializers.ChoiceField(choices=Urgency.choices, required=False)
    sensitive = serializers.BooleanField(required=False)
    text = Sentence()


class DeclineMatter(Step):
    reason = serializers.ChoiceField(choices=Decline.choices)
    text = Sentence()


class Verify(Step):
    solved = serializers.BooleanField()
    text = Remark()


class RateByLink(Body):
    """Whoever holds the link has read no revision."""

    solved = serializers.ChoiceField(choices=Solved.choices)
    grade = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=5)
    text = Remark(max_length=1000)


class Rate(Step, RateByLink):
    pass


class Say(Step):
    text = Sentence()


class Comment(Say):
    public = serializers.BooleanField(default=False)


class Sign(Step):
    how = Remark(max_length=20)


class Assign(Step):
    assignee = PersonField()


class Contact(Step):
    reached = serializers.BooleanField()
    how = Sentence(max_length=40)
    text = Remark()


class Progress(Comment):
    stage = Remark(max_length=60)
    attachments = Photos()


class HandIn(Say):
    attachments = Photos()


class SendBack(Step):
    reason = serializers.ChoiceField(choices=Reason.choices)
    text = Sentence()


class Acknowledge(Step):
    """Without `on_word_of` the person who asks has it; with it, that person said so, from `phone` if it is known."""

    on_word_of = PersonField(required=False)
    phone = Remark(max_length=20)
    text = Remark()


class Look(Step):
    emergency = serializers.BooleanField()
    text = Remark()
