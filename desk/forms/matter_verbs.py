"""One small form for each verb of a matter."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.forms.base import VerbForm, sentence
from desk.forms.look import Look
from desk.pages import places, units
from dispatch import answering, triage
from dispatch.choices import Decline as DeclineReason
from matters.choices import Grade, Solved, Urgency
from matters.models import Category
from organization.models import Area, Department


class Accept(VerbForm):
    button, done = pgettext_lazy("button", "Accept"), _("Accepted. It is now to be dispatched.")

    def act(self):
        return triage.accept(self.target.pk, **self.always)


class Dispatch(VerbForm):
    button, done = pgettext_lazy("button", "Dispatch"), _("Dispatched.")

    department = forms.ModelChoiceField(Department.objects.current(), label=_("Lead unit"))
    assisting = forms.ModelMultipleChoiceField(
        Department.objects.current(),
        label=_("Assisting units"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    text = sentence(_("What the unit should know"), required=False, rows=2)

    def prepare(self):
        choices = units.for_matter(self.target)
        self.fields["department"].widget.choices = [("", _("Choose a unit")), *choices]
        self.fields["assisting"].widget.choices = choices

    def act(self):
        return triage.dispatch(self.target.pk, **self.given("department", "assisting", "text"), **self.always)


class Correct(VerbForm):
    button, done = pgettext_lazy("button", "Correct"), _("Corrected and dispatched again by the list.")
    help = _(
        "The matter is dispatched again by the list. The promised time stays; it does not count as a return."
    )

    category = forms.ModelChoiceField(
        Category.objects.filter(active=True), label=_("Category"), required=False, empty_label=_("Not known")
    )
    area = forms.CharField(label=_("Place"), widget=forms.Select, required=False)
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Urgency)
    sensitive = forms.BooleanField(
        label=_("Sensitive: only those who hold it and the named desk may read it"), required=False
    )
    text = sentence(_("Why it is corrected"))

    def prepare(self):
        self.fields["category"].widget.choices = units.category_choices(empty=_("Not known"))
        here = (self.target.area.code, self.target.area.name)
        options = places.choices(self.by)
        self.fields["area"].widget.choices = options if here[0] in dict(options) else [here, *options]
        matter = self.target
        self.initial |= {
            "category": matter.category_id, "area": matter.area.code,
            "urgency": matter.urgency, "sensitive": matter.sensitive,
        }  # fmt: skip

    def clean_area(self):
        return Area.objects.current().filter(code=self.cleaned_data["area"]).first()

    def act(self):
        words = self.given("category", "area", "urgency", "sensitive", "text")
        return triage.correct(self.target.pk, **words, **self.always)


class Decline(VerbForm):
    button, done = pgettext_lazy("button", "Decline"), _("Declined. The reporter is told why.")

    reason = forms.ChoiceField(label=_("Reason"), choices=DeclineReason, widget=forms.RadioSelect)
    text = sentence(
        _("What the reporter is told"),
        help_text=_("Say why, and which lawful way is open. The reporter reads this."),
    )

    def act(self):
        return triage.decline(self.target.pk, **self.given("reason", "text"), **self.always)


class Verify(VerbForm):
    """Two buttons carry the answer; a sentence is needed only when it is not solved."""

    button, done = pgettext_lazy("button", "Solved"), _("Verified. Thank you.")
    solved = forms.ChoiceField(choices=[("yes", "yes"), ("no", "no")], widget=forms.HiddenInput)
    text = sentence(_("What is not solved"), required=False, help_text=_("Needed only if it is not solved."))

    def act(self):
        return answering.verify(
            self.target.pk,
            solved=self.cleaned_data["solved"] == "yes",
            text=self.cleaned_data["text"],
            **self.always,
        )


class Rate(VerbForm):
    """The reporter answers by phone; the dispatcher writes it down."""

    button, done = pgettext_lazy("button", "Record the rating"), _("The rating is recorded.")
    solved = forms.ChoiceField(label=_("Is it solved?"), choices=Solved, widget=forms.RadioSelect)
    grade = forms.TypedChoiceField(
        label=_("How satisfied"),
        choices=Grade,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    text = sentence(_("What the reporter said"), required=False)

    def act(self):
        return answering.rate(self.target.pk, **self.given("solved", "grade", "text"), **self.always)


class Reopen(VerbForm):
    button, done = pgettext_lazy("button", "Reopen"), _("Reopened: the next round has begun.")
    text = sentence(_("Why it is taken up again"))

    def act(self):
        return answering.reopen(self.target.pk, text=self.cleaned_data["text"], **self.always)


class Comment(VerbForm):
    button, done = pgettext_lazy("button", "Add the note"), _("The note is in the timeline.")
    text = sentence(_("Note"))
    public = forms.BooleanField(label=_("The resident may read this"), required=False)

    def act(self):
        return answering.comment(self.target.pk, **self.given("text", "public"), **self.always)


FORMS = {
    "look": Look,
    "accept": Accept,
    "dispatch": Dispatch,
    "correct": Correct,
    "decline": Decline,
    "verify": Verify,
    "rate": Rate,
    "reopen": Reopen,
    "comment": Comment,
}
