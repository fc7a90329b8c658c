"""Filters of the list of matters: the words of the REST list, so that every figure of the board can link here."""

from django import forms
from django.utils.translation import gettext_lazy as _

from desk.pages import places
from matters.choices import OPEN, Status
from matters.models import Category
from organization.choices import Level
from organization.models import Area

YES_NO = [("", "---"), ("1", "1"), ("0", "0")]
OPEN_WORD = "open"


class MatterFilter(forms.Form):
    """What is not understood is left out and said."""

    q = forms.CharField(label=_("Number or words"), required=False, max_length=80)
    status = forms.MultipleChoiceField(
        label=_("Status"), required=False, choices=[(OPEN_WORD, _("Not closed")), *Status.choices]
    )
    category = forms.ModelChoiceField(
        Category.objects.all(), label=_("Category"), required=False, to_field_name="code"
    )
    area = forms.CharField(label=_("Place"), required=False, max_length=15)
    level = forms.ChoiceField(label=_("Level"), required=False, choices=[("", _("All")), *Level.choices])
    overdue = forms.ChoiceField(label=_("Overdue only"), required=False, choices=YES_NO)
    escalated = forms.ChoiceField(
        label=_("Escalated only"), required=False, choices=[*YES_NO, *Level.choices]
    )
    due_before = forms.DateTimeField(label=_("Due before"), required=False)
    due_from = forms.DateTimeField(required=False)
    reported_after = forms.DateTimeField(required=False)
    reported_before = forms.DateTimeField(required=False)
    department = forms.IntegerField(required=False)
    platform = forms.SlugField(required=False)
    channel = forms.SlugField(required=False)
    as_of = forms.DateTimeField(required=False)
    exactly = forms.ChoiceField(required=False, choices=YES_NO)

    def clean_status(self):
        chosen = self.cleaned_data["status"]
        return list(OPEN) if OPEN_WORD in chosen else chosen

    def clean_area(self):
        code = self.cleaned_data["area"]
        if not code:
            return None
        area = Area.objects.current().filter(code=code).first()
        if area is None:
            raise forms.ValidationError(_("There is no such place."))
        return area

    def sifted(self, rows, at):
        """The rows that pass every filter given; `as_of` is the moment of the figure that was opened."""
        self.is_valid()
        at = self.cleaned_data.get("as_of") or at
        for name, value in self.cleaned_data.items():
            if value not in (None, "", []) and name in SIEVES:
                rows = SIEVES[name](rows, value, at)
        if self.cleaned_data.get("exactly") == "1" and self.cleaned_data.get("area"):
            rows = rows.filter(area=self.cleaned_data["area"])
        return rows

    def area_choices(self, by):
        return places.choices(by, grids=False)


def _overdue(rows, value, at):
    late = rows.overdue(at)
    return late if value == "1" else rows.exclude(pk__in=late.values("pk"))


def _escalated(rows, value, _at):
    if value in Level:
        return rows.filter(escalated_level=value)
    return rows.filter(escalated_level__isnull=value == "0")


SIEVES = {
    "q": lambda rows, words, at: rows.containing(words),
    "status": lambda rows, chosen, at: rows.filter(status__in=chosen),
    "category": lambda rows, category, at: rows.filter(category=category),
    "area": lambda rows, area, at: rows.within(area),
    "level": lambda rows, level, at: rows.filter(level=level),
    "overdue": _overdue,
    "escalated": _escalated,
    "due_before": lambda rows, moment, at: rows.due_before(moment),
    "due_from": lambda rows, moment, at: rows.open().exclude(due_at__lt=moment),
    "reported_after": lambda rows, moment, at: rows.filter(reported_at__gte=moment),
    "reported_before": lambda rows, moment, at: rows.filter(reported_at__lt=moment),
    "department": lambda rows, pk, at: rows.filter(responsible=pk),
    "platform": lambda rows, code, at: rows.filter(category__platform__code=code),
    "channel": lambda rows, code, at: rows.filter(channel__code=code),
}
