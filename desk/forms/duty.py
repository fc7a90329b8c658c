"""Forms of rosters and absences. People are written by name or login, with the names of the place as suggestions."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from organization import clock, duty, roster_file
from organization.choices import Away, Slot
from organization.models import Post
from organization.refusals import Invalid

MOST_BYTES = 200_000
MOST_NAMES = 300


class Moment(forms.DateTimeField):
    """A local moment, chosen in the browser's own calendar."""

    def __init__(self, **kwargs):
        shown = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
        super().__init__(widget=shown, input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **kwargs)


def who(label, **kwargs):
    """A person by name or login; the browser offers the names of the page's list `people`."""
    box = forms.TextInput(attrs={"list": "people", "autocomplete": "off"})
    return forms.CharField(label=label, max_length=60, widget=box, **kwargs)


class People:
    """Mixin: finds whoever is meant among `posts`; `names` are what the page suggests."""

    posts = Post.objects.none()

    @property
    def names(self):
        found = {post.person.name: post for post in self.posts[:MOST_NAMES]}
        return [(name, post.department.short_name if post.department else "") for name, post in found.items()]

    def meant(self, name):
        words = self.cleaned_data[name].strip()
        if not words:
            return None
        found = {post.person for post in self.posts if words in (post.person.name, post.person.username)}
        try:
            return roster_file.one(found, words, field=name)
        except Invalid as refusal:
            raise forms.ValidationError(refusal.messages) from refusal


class TurnForm(People, forms.Form):
    slot = forms.ChoiceField(label=gettext_lazy("Duty"), choices=Slot, widget=forms.RadioSelect)
    person = who(gettext_lazy("Who"))
    deputy = who(gettext_lazy("Deputy"), required=False)
    from_at = Moment(label=gettext_lazy("Begins"))
    to_at = Moment(label=gettext_lazy("Ends"))
    phone = forms.CharField(
        label=gettext_lazy("Duty phone"), required=False, max_length=20,
        help_text=gettext_lazy("Calls and text messages of this turn go to this number; empty: the person's own."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )  # fmt: skip

    def __init__(self, *args, unit, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.posts = duty.candidates(unit.area, at=at).order_by("department__sort_key", "pk")

    def clean_person(self):
        return self.meant("person")

    def clean_deputy(self):
        return self.meant("deputy")


class AbsenceForm(People, forms.Form):
    """Who is away; somebody else than oneself only for those who may say so."""

    person = who(gettext_lazy("Who"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Reason"), choices=Away, widget=forms.RadioSelect)
    from_at = Moment(label=gettext_lazy("Begins"))
    to_at = Moment(label=gettext_lazy("Ends"))
    deputy = who(gettext_lazy("Deputy"), required=False)

    def __init__(self, *args, by, at, **kwargs):
        super().__init__(*args, **kwargs)
        self.by, self.at = by, at
        self.posts = colleagues(by, at=at)
        self.fields["person"].help_text = _("Empty: yourself.")
        self.fields["deputy"].help_text = _(
            "Acts by your posts while you are away, and is told in your place."
        )
        if not keeps(by):
            del self.fields["person"]

    def clean_person(self):
        return self.meant("person")

    def clean_deputy(self):
        return self.meant("deputy")

    def act(self):
        facts = {name: self.cleaned_data[name] for name in ("kind", "from_at", "to_at", "deputy")}
        person = self.cleaned_data.get("person") or self.by.person
        return duty.enter_absence(person=person, **facts, by=self.by, at=self.at)


class ImportForm(forms.Form):
    """A file, or the cells of a spreadsheet pasted; what was looked at comes back as text to be entered."""

    file = forms.FileField(label=gettext_lazy("CSV file"), required=False)
    text = forms.CharField(
        label=gettext_lazy("Or paste the cells here"), required=False, strip=False, max_length=MOST_BYTES,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )  # fmt: skip

    def clean(self):
        data = super().clean()
        if file := data.get("file"):
            data["text"] = _text_of(file)
        if not data.get("text", "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste the lines."))
        return data


def _text_of(file):
    if file.size > MOST_BYTES:
        raise forms.ValidationError({"file": _("This file is larger than 200 KB.")})
    raw = file.read()
    if raw.startswith((b"PK", b"\xd0\xcf")):
        words = _("This is a workbook. Save it as CSV, or copy its cells and paste them below.")
        raise forms.ValidationError({"file": words})
    for code in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(code)
        except UnicodeDecodeError:
            continue
    raise forms.ValidationError({"file": _("This file is no text. Save it as CSV.")})


def keeps(by):
    """Whether the person enters absences of others somewhere."""
    return any(post.role in ("head", "dispatcher", "administrator") for post in by.posts)


def colleagues(by, *, at):
    """Posts of the people who work in the widest place of one's posts, or everywhere for who sets up the platform."""
    areas = [post.area or (post.department and post.department.area) for post in by.posts]
    areas = sorted(filter(None, areas), key=lambda area: len(area.path))
    if not areas:
        everybody = Post.objects.filter(person__is_active=True).valid_on(clock.day_of(at))
        return everybody.select_related("person", "department").order_by("pk")
    return duty.candidates(_place(areas[0]), at=at).order_by("department__sort_key", "pk")


def _place(area):
    """A grid's people are those of its village."""
    return area.parent if area.level == "grid" and area.parent else area
