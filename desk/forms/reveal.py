"""Asking for a contact in clear: which part, and why. The reason is kept in the timeline."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.forms.base import sentence
from dispatch import contacts


class RevealForm(forms.Form):
    field = forms.ChoiceField(
        label=_("What is needed"),
        choices=[("phone", _("Phone")), ("name", _("Name"))],
        initial="phone",
        widget=forms.RadioSelect,
    )
    reason = sentence(_("Why it is needed"), rows=2)

    def __init__(self, *args, matter, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.matter, self.by, self.at = matter, by, at

    def act(self):
        facts = self.cleaned_data
        return contacts.reveal(
            self.matter.pk, field=facts["field"], reason=facts["reason"], by=self.by, at=self.at
        )
