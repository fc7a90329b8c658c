"""Letting go of what the breaker holds, or holding on, with the reason that is kept."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.base import sentence
from dispatch import letting_go


class BreakerForm(forms.Form):
    deed = forms.ChoiceField(
        label=_("What shall happen"),
        choices=[
            ("slowly", _("Let go one a second, the urgent and the oldest first")),
            ("release", _("Let go of everything now")),
            ("abort", _("Hold on until somebody lets go, while the mistake is put right")),
        ],
        initial="slowly",
        widget=forms.RadioSelect,
    )
    why = sentence(_("Why"), rows=2)

    def __init__(self, *args, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.at = by, at

    def act(self):
        facts = {"by": self.by, "at": self.at, "why": self.cleaned_data["why"][:300]}
        if self.cleaned_data["deed"] == "abort":
            return letting_go.abort(**facts)
        return letting_go.release(**facts, slowly=self.cleaned_data["deed"] == "slowly")
