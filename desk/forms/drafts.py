"""A draft of a line: what a civil servant would write on paper, no codes and no JSON."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from desk.forms.base import sentence
from desk.pages import line_words, units
from dispatch import drafting
from dispatch.choices import ListKind
from matters.models import Category
from organization import sheets
from organization.calendar import Limit, Unit
from organization.choices import Level
from organization.models import Area, Department

UNITS = [
    (Unit.WD, lazy("working days")), (Unit.WH, lazy("working hours")), (Unit.D, lazy("days")),
    (Unit.H, lazy("hours")), (Unit.M, lazy("minutes")),
]  # fmt: skip
SAME = (
    "list_kind",
    "legal_basis",
    "standard",
    "liability",
    "limit_amount",
    "limit_unit",
    "first_response",
    "total",
)


class LimitField(forms.CharField):
    """A limit such as 4WH, or nothing."""

    def __init__(self, **kwargs):
        help_text = lazy("Such as 4WH, 1WD, 30M; empty for none.")
        super().__init__(required=False, max_length=8, help_text=help_text, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        try:
            return str(Limit.parse(text)) if text else ""
        except ValueError as error:
            raise forms.ValidationError(_("Write an amount and a unit: 5WD, 4WH, 3D, 2H or 15M.")) from error


class DraftForm(forms.Form):
    """`line` is the draft that is open, or the line in force that the draft begins with."""

    category = forms.ModelChoiceField(Category.objects.filter(active=True), label=lazy("Category"))
    area = forms.ModelChoiceField(Area.objects.none(), label=lazy("Area it holds for"))
    list_kind = forms.ChoiceField(label=lazy("List"), choices=ListKind, widget=forms.RadioSelect)
    lead = forms.ChoiceField(label=lazy("Lead unit"), required=False)
    assisting = forms.MultipleChoiceField(
        label=lazy("Assisting units"), required=False, widget=forms.SelectMultiple(attrs={"size": 8})
    )
    outside = forms.CharField(
        label=lazy("Assisting parties outside the administration"), required=False, max_length=300,
        help_text=lazy("Such as the property firm; separate several by a comma."),
    )  # fmt: skip
    above_town = forms.ChoiceField(label=lazy("Takes over in the town"), required=False)
    above_district = forms.ChoiceField(label=lazy("Takes over in the district"), required=False)
    limit_amount = forms.IntegerField(label=lazy("Time limit"), min_value=1, max_value=999)
    limit_unit = forms.ChoiceField(label=lazy("counted in"), choices=UNITS)
    first_response = LimitField(label=lazy("First response within"))
    total = LimitField(label=lazy("Promise to the reporter within"))
    legal_basis = sentence(lazy("Legal basis"), required=False, rows=2)
    standard = sentence(lazy("Handling standard"), required=False)
    liability = sentence(lazy("Liability"), required=False, rows=2)
    change = forms.CharField(label=lazy("What changes, and why"), max_length=300)

    def __init__(self, *args, line=None, open_draft=False, **kwargs):
        super().__init__(*args, **kwargs)
        self.line, self.open_draft = line, open_draft
        names = line_words.Names()
        offices = [(f"{level}:{office}", names.office(level, office)) for level, office in names.offices]
        bureaus = Department.objects.current().filter(level=Level.DISTRICT).order_by("sort_key", "code")
        self.fields["lead"].choices = [
            ("", _("Nobody (not on the lists)")), ("grid:CWH", names.office(Level.GRID, "CWH")),
            (_("Office at the matter's place"), offices),
            (_("One unit"), [(str(unit.pk), unit.name) for unit in bureaus]),
        ]  # fmt: skip
        self.fields["assisting"].choices = offices
        for level in ("town", "district"):
            self.fields[f"above_{level}"].choices = [("", _("As usual")), *_of_level(level, names)]
        self.fields["category"].widget.choices = units.category_choices(empty=_("Choose a category"))
        self.fields["area"].queryset = Area.objects.current().exclude(level=Level.GRID).order_by("path")
        if line:
            self.initial = {**_initial(line, open_draft), **self.initial}

    def words(self):
        """The words of the line, as `drafting` takes them."""
        facts = self.cleaned_data
        lead = facts["lead"]
        level, _colon, office = lead.partition(":") if ":" in lead else ("", "", "")
        outside = [name.strip() for name in facts["outside"].replace("，", ",").split(",") if name.strip()]
        return {name: facts[name] for name in SAME} | {
            "lead_department": Department.objects.get(pk=lead) if lead.isdecimal() else None,
            "lead_level": level,
            "lead_office": office,
            "assisting": [_reference(each) for each in facts["assisting"]] + [{"external": name} for name in outside],
            "above": {each: facts[f"above_{each}"] for each in ("town", "district") if facts[f"above_{each}"]},
        }  # fmt: skip

    def act(self, *, by, at):
        facts = self.cleaned_data
        if self.open_draft:
            return drafting.change(self.line.pk, words=self.words(), change=facts["change"], by=by, at=at)
        return drafting.draft(
            category=facts["category"], area=facts["area"], words=self.words(), change=facts["change"], by=by, at=at
        )  # fmt: skip


class ListFile(forms.Form):
    """The list as a spreadsheet."""

    file = forms.FileField(
        label=lazy("Spreadsheet of the list (XLSX or CSV)"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file.size > sheets.MOST_BYTES:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB. Send fewer rows, or save it without pictures."),
                params={"most": sheets.MOST_BYTES // 2**20},
            )
        return file


class Publish(forms.Form):
    effective_from = forms.DateField(
        label=lazy("In force from"), widget=forms.DateInput(attrs={"type": "date"})
    )


def _of_level(level, names):
    return [(office, name) for (each, office), name in names.offices.items() if each == level]


def _reference(value):
    level, _colon, office = value.partition(":")
    return {"level": level, "office": office}


def _initial(line, open_draft):
    inside = [each for each in line.assisting if "external" not in each]
    office = f"{line.lead_level}:{line.lead_office}" if line.lead_level else ""
    return {name: getattr(line, name) for name in SAME} | {
        "category": line.category_id,
        "area": line.area_id,
        "lead": str(line.lead_department_id or office),
        "assisting": [f"{each['level']}:{each.get('office', '')}" for each in inside],
        "outside": _(", ").join(each["external"] for each in line.assisting if "external" in each),
        "above_town": line.above.get("town", ""),
        "above_district": line.above.get("district", ""),
        "change": line.change if open_draft else "",
    }
