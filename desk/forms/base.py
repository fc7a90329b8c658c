"""What forms of verbs share: hidden revision, the call, and a refusal shown beside what was typed."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matters.refusals import NotAllowed, Refused

#: Rooms name the part that must change by the verb's word; the form may call it otherwise.
FIELDS = {"attachments": "photos", "location": "area"}


class VerbForm(forms.Form):
    """A small form that calls one verb. `button` is the one primary button, `done` what is said afterwards."""

    button: str = ""
    done: str = gettext_lazy("Saved.")
    help: str = ""
    takes_photos = False

    revision = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, target, by, at, photos=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.target, self.by, self.at, self.photos = target, by, at, list(photos)
        self.initial.setdefault("revision", target.revision)
        if self.takes_photos:
            self.fields["photos"] = forms.FileField(required=False, label=_("Photos"))
        self.prepare()

    def prepare(self):
        """Choices that depend on the matter or the node."""

    def act(self):
        """Call the verb; its refusals rise."""
        raise NotImplementedError

    @property
    def always(self):
        """What every verb takes."""
        return {"by": self.by, "at": self.at, "revision": self.cleaned_data.get("revision")}

    def given(self, *names):
        """Of what was typed, the parts that go to the verb under the same name."""
        return {name: self.cleaned_data[name] for name in names}

    @property
    def attachments(self):
        return tuple(photo.pk for photo in self.photos)


def refuse(form, refusal):
    """Show a refusal beside the field it names, else above the form; returns the status of the answer."""
    field = getattr(refusal, "field", None)
    field = FIELDS.get(field, field)
    form.add_error(field if field in form.fields else None, refusal)
    if isinstance(refusal, NotAllowed):
        return 403
    return 409 if isinstance(refusal, Refused) else 200


def sentence(label, *, required=True, rows=3, **kwargs):
    """A text field of a few lines, kept as typed."""
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(
        label=label, required=required, max_length=2000, widget=area, strip=False, **kwargs
    )
