"""The report form: photo first, one sentence, one tap for the category, the place already filled in."""

from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.base import sentence
from desk.pages import chips, places
from dispatch.reporting import NewMatter, Point
from matters.choices import Urgency
from matters.models import Category, Channel
from organization.choices import Role
from organization.models import Area

USUAL_CHANNEL = {True: "grid", False: "visit"}


class ReportForm(forms.Form):
    """Nothing here is required by itself: a photo or four characters make a report."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=64)
    text = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=4000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3, "data-gf-suggests": ""}),
    )
    photos = forms.FileField(label=_("Photos"), required=False)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True),
        label=_("Category"),
        required=False,
        to_field_name="code",
        widget=forms.RadioSelect,
        empty_label=None,
    )
    other_category = forms.ModelChoiceField(
        Category.objects.filter(active=True), label=_("All categories"), required=False, to_field_name="code"
    )
    area = forms.CharField(label=_("Place"), required=False, max_length=15, widget=forms.Select)
    address = forms.CharField(label=_("Where exactly"), required=False, max_length=200)
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    accuracy = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)
    danger = forms.BooleanField(label=_("Danger now: call the duty officer at once"), required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), required=False, choices=Urgency)
    channel = forms.ModelChoiceField(
        Channel.objects.order_by("pk"), label=_("Where it came from"), required=False, to_field_name="code"
    )
    name = forms.CharField(label=_("Name of the resident"), required=False, max_length=60)
    phone = forms.CharField(label=_("Phone of the resident"), required=False, max_length=20)
    handled = sentence(
        _("Already handled on the spot: what was done"), required=False, rows=2,
        help_text=_("Filled in, the matter is closed at once; a sample is verified."),
    )  # fmt: skip

    def __init__(self, *args, by, at, photos=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.kept = by, list(photos)
        self.fields["area"].widget.choices = places.choices(by)
        everything = list(
            self.fields["category"].queryset.select_related("platform").order_by("platform__order", "code")
        )
        self.fields["other_category"].widget.choices = [
            ("", _("Left to the platform")),
            *_grouped(everything),
        ]
        self.words = {category.code: " ".join(category.keywords) for category in everything}
        offered = chips.usual(by, everything, at=at)
        self.fields["category"].widget.choices = [(each.code, each.name) for each in offered]

    @staticmethod
    def start(by, given):
        """Initial values: the person's own place, or that of the report before (`given` is the query string)."""
        area = places.usual(by)
        keep = {name: given[name] for name in ("area", "address", "lon", "lat") if given.get(name)}
        channel = USUAL_CHANNEL[any(post.role == Role.GRID_MEMBER for post in by.posts)]
        start = {
            "key": uuid4().hex,
            "area": area.code if area else "",
            "channel": channel,
            "urgency": Urgency.NORMAL,
        }
        return start | keep

    def clean_area(self):
        code = self.cleaned_data["area"]
        if not code:
            return None
        area = Area.objects.current().filter(code=code).first()
        if area is None or code not in dict(self.fields["area"].widget.choices):
            raise forms.ValidationError(_("Choose the place from the list."))
        return area

    def clean_phone(self):
        phone = self.cleaned_data["phone"].strip()
        if phone and not phone.replace("-", "").replace(" ", "").lstrip("+").isdecimal():
            raise forms.ValidationError(_("A phone number has digits only. Correct it or leave it empty."))
        return phone

    def new_matter(self):
        """What the form says, as the entrance takes it."""
        facts = self.cleaned_data
        here = facts.get("lon") is not None and facts.get("lat") is not None
        return NewMatter(
            channel=facts["channel"] or Channel.objects.order_by("pk").first(),
            text=facts["text"],
            category=facts["other_category"] or facts["category"],
            area=facts["area"],
            point=Point(facts["lon"], facts["lat"], accuracy_m=facts["accuracy"]) if here else None,
            address=facts["address"],
            urgency=Urgency.EMERGENCY if facts["danger"] else facts["urgency"] or Urgency.NORMAL,
            reporter_name=facts["name"],
            reporter_phone=facts["phone"],
            handled_text=facts["handled"],
            attachments=tuple(photo.pk for photo in self.kept),
        )

    def chips(self):
        """The six chips with the words that mark them while one types."""
        return [
            {"option": option, "words": self.words[str(option.data["value"])]} for option in self["category"]
        ]

    def more_is_open(self):
        """Whether something in the folded part was filled in or is wrong."""
        folded = ("address", "handled", "name", "phone")
        return any(self[name].value() or self.errors.get(name) for name in folded)

    def facts(self):
        """What tells this report from another sent with the same key."""
        return {
            name: str(value) for name, value in self.cleaned_data.items() if name not in ("key", "photos")
        }


def _grouped(categories):
    groups = {}
    for category in categories:
        groups.setdefault(category.platform.name, []).append((category.code, category.name))
    return list(groups.items())
