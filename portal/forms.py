"""What residents fill in. Nothing is required but one thing to go by: a photo or a sentence."""

import re
import unicodedata
import uuid
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matters.choices import Grade, Solved
from matters.models import Category
from organization.choices import Level
from organization.models import Area

PHONE = re.compile(r"\+?\d{5,15}")
KEPT = signing.TimestampSigner(salt="portal.photos")
A_DAY = 24 * 3600


def new_key() -> str:
    return uuid.uuid4().hex


class PlaceField(forms.ModelChoiceField):
    """Villages grouped by their town; the town itself first, for those who do not know the village."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Area.objects.none(), to_field_name="code", required=False, **kwargs)

    def offer(self) -> None:
        """Read the choices (one query)."""
        self.queryset = Area.objects.current().filter(level__in=[Level.TOWN, Level.VILLAGE]).order_by("code")
        groups: dict[str, tuple[str, list[tuple[str, str]]]] = {}
        for area in self.queryset:
            if area.level == Level.TOWN:
                groups[area.path] = (
                    area.name,
                    [(area.code, gettext("%(town)s, village not known") % {"town": area})],
                )
            else:
                groups[area.lineage[1]][1].append((area.code, area.name))
        self.widget.choices = [("", gettext("I do not know; staff will find it")), *groups.values()]


class ReportForm(forms.Form):
    text = forms.CharField(
        label=_("What is it about?"), required=False, max_length=4000,
        help_text=_("One sentence is enough: what you saw, and since when."),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
    )  # fmt: skip
    area = PlaceField(label=_("Where is it?"))
    address = forms.CharField(
        label=_("Road, building or landmark"), required=False, max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Mobile phone"), required=False, max_length=20,
        help_text=_(
            "Only for the unit in charge to reach you and for you to look up the progress; you may leave it out."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "inputmode": "tel"}),
    )  # fmt: skip
    name = forms.CharField(
        label=_("How may we call you?"), required=False, max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )  # fmt: skip
    lon = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    lat = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    accuracy = forms.FloatField(required=False, min_value=0, widget=forms.HiddenInput)
    category = forms.ModelChoiceField(
        Category.objects.filter(active=True), to_field_name="code", required=False, widget=forms.HiddenInput
    )
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    kept = forms.CharField(required=False, widget=forms.HiddenInput)
    website = forms.CharField(required=False, label=_("Leave this empty"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["area"].offer()  # type: ignore[attr-defined]
        self.photos: list[uuid.UUID] = []

    def keep(self, photos: list[uuid.UUID]) -> None:
        """Photos that were uploaded stay with the form when it comes back: their ids, signed, in a hidden field."""
        self.photos = photos
        self.data = self.data.copy()
        self.data["kept"] = KEPT.sign(",".join(str(each) for each in photos)) if photos else ""

    def kept_before(self) -> list[uuid.UUID]:
        try:
            words = KEPT.unsign(self.data.get("kept", ""), max_age=A_DAY)
        except signing.BadSignature:
            return []
        return [uuid.UUID(word) for word in words.split(",")]

    def clean_phone(self) -> str:
        phone = re.sub(r"[\s()-]", "", plain(self.cleaned_data["phone"]))
        if phone and not PHONE.fullmatch(phone):
            raise ValidationError(
                _("This is not a phone number. Correct it, or leave it empty."), code="phone"
            )
        return phone

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Leave the last field empty and send the form again."), code="robot")
        return ""


class LookUpForm(forms.Form):
    number = forms.CharField(
        label=_("Matter number"), max_length=24, help_text=_("Such as 2026-00123; it is on your receipt."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )  # fmt: skip
    phone = forms.CharField(
        label=_("Last four digits of your phone"), max_length=8,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip

    def clean_number(self) -> str:
        return re.sub(r"[‐-―\s]", "-", plain(self.cleaned_data["number"]))

    def clean_phone(self) -> str:
        return plain(self.cleaned_data["phone"])


class RatingForm(forms.Form):
    solved = forms.ChoiceField(
        label=_("Is the problem solved?"), widget=forms.RadioSelect,
        choices=[(Solved.YES, _("Yes, solved")), (Solved.PARTLY, _("Partly")), (Solved.NO, _("No, not solved"))],
        error_messages={"required": _("Choose whether the problem is solved.")},
    )  # fmt: skip
    grade = forms.TypedChoiceField(
        label=_("How satisfied are you?"), widget=forms.RadioSelect, coerce=int, empty_value=None, required=False,
        choices=Grade.choices,
    )  # fmt: skip
    text = forms.CharField(
        label=_("What is still missing? (you may leave it out)"), required=False, max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip


def plain(text: str) -> str:
    """Full-width digits and letters as plain ones, without spaces around."""
    return unicodedata.normalize("NFKC", text).strip()
