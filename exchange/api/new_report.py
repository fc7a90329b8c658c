"""A report as another system sends it."""

from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from dispatch import reporting
from exchange.api.bodies import Photos, Remark, Sentence
from exchange.api.fields import Body, ByCode, UnitField, areas, categories, channels
from matters.choices import Urgency
from organization.coordinates import CONVERSIONS

PHONE = RegexValidator(
    r"^(\+?[0-9][0-9 \-]{2,17}[0-9])?$", _("A phone number has digits, spaces and hyphens only.")
)


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
    category = ByCode(rows=categories, required=False, allow_null=True)
    area = ByCode(rows=areas, required=False, allow_null=True)
    location = Location(required=False, allow_null=True)
    channel = ByCode(rows=channels)
    urgency = serializers.ChoiceField(choices=Urgency.choices, default=Urgency.NORMAL)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True)
    reply_by = serializers.DateTimeField(required=False, allow_null=True)
    reporter = ReporterContact(required=False, allow_null=True)
    about = About(required=False, allow_null=True)
    handled = Handled(required=False, allow_null=True)
    external_id = serializers.CharField(max_length=80, required=False, allow_null=True, default=None)
    attachments = Photos()


def new_matter(sent: dict) -> reporting.NewMatter:
    """What was sent, as the entrance takes it."""
    place = sent.pop("location", None) or {}
    reporter = sent.pop("reporter", None) or {}
    about, handled = sent.pop("about", None) or {}, sent.pop("handled", None) or {}
    photos = tuple(sent.pop("attachments"))
    point = None
    if "lon" in place:
        point = reporting.Point(place["lon"], place["lat"], place["crs"], place.get("accuracy_m"))
    return reporting.NewMatter(
        **sent,
        point=point,
        address=place.get("address", ""),
        reporter_name=reporter.get("name", ""),
        reporter_phone=reporter.get("phone", ""),
        about=about.get("department"),
        handled_text=handled.get("text", ""),
        attachments=photos,
    )
