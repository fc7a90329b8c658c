"""What may be sent: explicit fields, each with its length, range or choices. The contract names them."""

from typing import Any

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from dispatch.choices import Decline, Reason
from exchange.api.fields import Body, ByCode, PersonField, UnitField
from matters.choices import Solved, Urgency
from matters.models import Category, Channel
from organization.geometry import CONVERSIONS
from organization.models import Area

PHONE = RegexValidator(
    r"^(\+?[0-9][0-9 \-]{2,17}[0-9])?$", _("A phone number has digits, spaces and hyphens only.")
)
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


class Location(Body):
    lon = serializers.FloatField(min_value=-180, max_value=180, required=False)
    lat = serializers.FloatField(min_value=-90, max_value=90, required=False)
    address = Remark(max_length=200)
    accuracy_m = serializers.FloatField(min_value=0, max_value=1_000_000, required=False, allow_null=True)
    crs = serializers.ChoiceField(choices=list(CONVERSIONS), default="wgs84")

    def validate(self, attrs: dict) -> dict:
        for given, missing in (("lon", "lat"), ("lat", "lon")):
            if given in attrs and missing not in attrs:
                raise serializers.ValidationError({missing: [_("A point has both lon and lat.")]}, "required")
        return attrs


class ReporterContact(Body):
    name = Remark(max_length=60)
    phone = serializers.CharField(
        max_length=20, required=False, allow_blank=True, default="", validators=[PHONE]
    )


class About(Body):
    department = UnitField()


class Handled(Body):
    text = Sentence()


class NewReport(Body):
    text = Remark(max_length=4000)
    title = Remark(max_length=120)
    category = ByCode(queryset=Category.objects.filter(active=True), required=False, allow_null=True)
    area = ByCode(queryset=Area.objects.current(), required=False, allow_null=True)
    location = Location(required=False, allow_null=True)
    channel = ByCode(queryset=Channel.objects.all())
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.NORMAL)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    reply_by = serializers.DateTimeField(required=False, allow_null=True)
    reporter = ReporterContact(required=False, allow_null=True)
    about = About(required=False, allow_null=True)
    handled = Handled(required=False, allow_null=True)
    external_id = serializers.CharField(max_length=80, required=False, allow_null=True, default=None)
    attachments = Photos()


class Reveal(Body):
    field = serializers.ChoiceField(choices=["name", "phone"])
    reason = Sentence(max_length=200)


class Step(Body):
    """What every verb may be told: the revision that was read, so that a stale step is refused."""

    revision = serializers.IntegerField(required=False, min_value=1, max_value=2**31 - 1)


class Dispatch(Step):
    department = UnitField()
    assisting = serializers.ListField(child=UnitField(), required=False, max_length=20)
    category = ByCode(queryset=Category.objects.filter(active=True), required=False)
    urgency = serializers.ChoiceField(choices=Urgency.choices, required=False)
    text = Remark()


class Correct(Step):
    category = ByCode(queryset=Category.objects.filter(active=True), required=False)
    area = ByCode(queryset=Area.objects.current(), required=False)
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
    attachments = Photos()


class HandIn(Say):
    attachments = Photos()


class SendBack(Step):
    reason = serializers.ChoiceField(choices=Reason.choices)
    text = Sentence()
