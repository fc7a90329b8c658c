"""What an administrator types to change the working calendar, or to declare an outage."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organization import clock
from organization.choices import DayKind

MOMENT = "%Y-%m-%dT%H:%M"


def _date():
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def _moment():
    return forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MOMENT)


class Days(forms.Form):
    first = forms.DateField(label=_("First day"), widget=_date())
    last = forms.DateField(
        label=_("Last day"), widget=_date(), required=False, help_text=_("Empty: one day only.")
    )
    kind = forms.ChoiceField(label=_("These days are"), choices=DayKind.choices)
    name = forms.CharField(label=_("What it is called"), max_length=40)


class File(forms.Form):
    file = forms.FileField(
        label=_("The yearly notice as a CSV file"),
        help_text=_("One day a line: 2027-01-01, then off, work or half (休, 班, 半), then the name."),
    )
    confirms = forms.IntegerField(
        label=_("It is the official notice for the year"),
        required=False,
        min_value=2000,
        max_value=2100,
        help_text=_("Empty: the file only adds days."),
    )


class Year(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    confirmed = forms.TypedChoiceField(
        label=_("Official notice"),
        choices=[("yes", _("is in")), ("no", _("not yet: provisional"))],
        coerce=lambda word: word == "yes",
    )


class Publish(forms.Form):
    note = forms.CharField(
        label=_("Why it changes"), max_length=200, help_text=_("Such as the number of the notice.")
    )


class Outage(forms.Form):
    began_at = forms.DateTimeField(label=_("The platform was away from"), widget=_moment())
    ended_at = forms.DateTimeField(label=_("until"), widget=_moment())
    why = forms.CharField(label=_("Why"), max_length=200)

    def clean(self):
        """Moments are typed in local time."""
        for name in ("began_at", "ended_at"):
            if at := self.cleaned_data.get(name):
                self.cleaned_data[name] = at.astimezone(clock.ZONE)
        return self.cleaned_data
