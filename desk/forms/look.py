"""The one decision of the night."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.forms.base import VerbForm, sentence
from dispatch import night


class Look(VerbForm):
    """Two buttons, each its own answer; nothing else is decided at night."""

    done = _("Decided.")
    help = _("Decide only this now: is it an emergency, or can it wait for the working day?")
    emergency = forms.ChoiceField(
        label=_("What is it?"), choices=[("yes", _("An emergency: call at once")), ("no", _("It can wait"))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    text = sentence(_("Why"), required=False, rows=2)
    button = pgettext_lazy("button", "Decide")

    def act(self):
        emergency = self.cleaned_data["emergency"] == "yes"
        return night.look(self.target.pk, emergency=emergency, **self.given("text"), **self.always)
