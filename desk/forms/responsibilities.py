"""The look-up of the responsibility list."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LookUp(forms.Form):
    q = forms.CharField(label=_("What is it about, or which unit"), required=False, max_length=60)

    def words(self):
        return self.cleaned_data["q"].strip() if self.is_valid() else ""
