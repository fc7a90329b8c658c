"""Forms of the emergency mode."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.forms.base import sentence
from dispatch import modes
from matters.choices import Urgency
from matters.models import Category
from organization import clock
from organization.choices import Level, Role
from organization.models import Area, Person, Post

HOURS = [(12, _("12 hours")), (24, _("24 hours")), (72, _("3 days")), (168, _("7 days"))]
RISES = [(Urgency.EMERGENCY, Urgency.EMERGENCY.label), (Urgency.URGENT, Urgency.URGENT.label)]


class Declare(forms.Form):
    button = pgettext_lazy("button", "Declare emergency mode")

    name = forms.CharField(
        label=_("Plan"), max_length=60, help_text=_("As the plan calls it: flood response, level III.")
    )
    reason = sentence(_("Why"), rows=2)
    area = forms.ModelChoiceField(
        Area.objects.none(), label=_("Place"), to_field_name="code", empty_label=None
    )
    hours = forms.TypedChoiceField(label=_("Ends by itself after"), choices=HOURS, coerce=int, initial=24)
    urgency = forms.ChoiceField(label=_("Reports become"), choices=RISES, initial=Urgency.EMERGENCY)
    categories = forms.ModelMultipleChoiceField(
        Category.objects.filter(active=True).order_by("code"),
        label=_("Categories"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: every report of the place."),
    )  # fmt: skip
    limit = forms.CharField(
        label=_("Limit for handling"),
        required=False,
        max_length=8,
        help_text=_("Such as 2H or 30M; empty: the line's own."),
    )
    called = forms.ModelMultipleChoiceField(
        Person.objects.none(),
        label=_("Also called when it rings"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.at = by, at
        places = Area.objects.current().filter(level__in=[Level.DISTRICT, Level.TOWN]).order_by("path")
        self.fields["area"].queryset = places
        posts = Post.objects.valid_on(clock.day_of(at)).filter(
            role__in=[Role.DISPATCHER, Role.SUPERVISOR, Role.HEAD], department__level=Level.DISTRICT
        )
        people = Person.objects.filter(is_active=True, posts__in=posts).distinct().order_by("pk")
        self.fields["called"].queryset = people

    def act(self):
        facts = self.cleaned_data
        same = {name: facts[name] for name in ("name", "reason", "urgency", "categories", "limit", "called")}
        ends_at = self.at + timedelta(hours=facts["hours"])
        return modes.declare(facts["area"], **same, ends_at=ends_at, by=self.by, at=self.at)


class End(forms.Form):
    reason = sentence(_("Why it ends"), rows=2)

    def __init__(self, *args, mode, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.mode, self.by, self.at = mode, by, at

    def act(self):
        return modes.end(self.mode.pk, reason=self.cleaned_data["reason"], by=self.by, at=self.at)
