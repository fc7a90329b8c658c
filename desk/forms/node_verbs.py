"""One small form for each verb of a unit on its own node."""

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from desk.forms.base import VerbForm, sentence
from desk.pages import units
from dispatch import calling, handling
from dispatch.choices import Reason
from organization.models import Person

REACHED = [("yes", _("Reached")), ("no", _("Not reached"))]
HOW = [("phone", _("By phone")), ("visit", _("On the spot")), ("message", _("By message"))]


class Acknowledge(VerbForm):
    button, done = (
        pgettext_lazy("button", "Answer"),
        _("Answered: the calls have stopped. It must still be signed for."),
    )
    help = _(
        "Leave the name empty if you have it yourself. Name whoever said that they have it, and it is shown so."
    )

    on_word_of = forms.ModelChoiceField(
        Person.objects.none(), label=_("On the word of"), required=False, empty_label=_("I have it myself")
    )
    phone = forms.CharField(label=_("Said from the phone"), required=False, max_length=20)
    text = sentence(_("What was said"), required=False)

    def prepare(self):
        self.fields["on_word_of"].queryset = units.people_called(self.target, at=self.at)

    def act(self):
        return calling.acknowledge(self.target.pk, **self.given("on_word_of", "phone", "text"), **self.always)


class Sign(VerbForm):
    button, done = pgettext_lazy("button", "Sign"), _("Signed for. Hand it in when it is done.")

    def act(self):
        return handling.sign(self.target.pk, **self.always)


class Assign(VerbForm):
    button, done = pgettext_lazy("button", "Assign"), _("Assigned.")
    assignee = forms.ModelChoiceField(
        Person.objects.none(), label=_("Who handles it"), widget=forms.RadioSelect, empty_label=None
    )

    def prepare(self):
        self.fields["assignee"].queryset = units.people_for(self.target, at=self.at)

    def act(self):
        return handling.assign(self.target.pk, assignee=self.cleaned_data["assignee"], **self.always)


class Contact(VerbForm):
    button, done = pgettext_lazy("button", "Save"), _("The contact is recorded.")
    reached = forms.ChoiceField(
        label=_("Was the reporter reached?"), choices=REACHED, initial="yes", widget=forms.RadioSelect
    )
    how = forms.ChoiceField(label=_("How"), choices=HOW, initial="phone", widget=forms.RadioSelect)
    text = sentence(_("What was said"), required=False)

    def act(self):
        facts = self.cleaned_data
        return handling.contact(
            self.target.pk,
            reached=facts["reached"] == "yes",
            how=facts["how"],
            text=facts["text"],
            **self.always,
        )


class Progress(VerbForm):
    button, done = pgettext_lazy("button", "Save"), _("The progress is in the timeline.")
    takes_photos = True
    text = sentence(_("How it stands"))
    stage = forms.ChoiceField(label=_("Stage that is done now"), required=False)
    public = forms.BooleanField(label=_("The resident may read this"), required=False)

    def prepare(self):
        left = [stage["name"] for stage in self.target.stages if not stage["done_at"]]
        if left:
            self.fields["stage"].choices = [("", _("None")), *((name, name) for name in left)]
        else:
            del self.fields["stage"]

    def act(self):
        facts = self.cleaned_data
        return handling.progress(
            self.target.pk,
            text=facts["text"],
            public=facts["public"],
            stage=facts.get("stage", ""),
            attachments=self.attachments,
            **self.always,
        )


class HandIn(VerbForm):
    button, done = pgettext_lazy("button", "Hand in"), _("Handed in.")
    takes_photos = True
    text = sentence(_("What was done"))

    def act(self):
        return handling.hand_in(
            self.target.pk, text=self.cleaned_data["text"], attachments=self.attachments, **self.always
        )


class SendBack(VerbForm):
    button, done = pgettext_lazy("button", "Send back"), _("Sent back to the command room.")
    reason = forms.ChoiceField(label=_("Reason"), choices=Reason, widget=forms.RadioSelect)
    text = sentence(_("Why it is not for this unit"))

    def act(self):
        return handling.send_back(
            self.target.pk, reason=self.cleaned_data["reason"], text=self.cleaned_data["text"], **self.always
        )


FORMS = {
    "acknowledge": Acknowledge,
    "sign": Sign,
    "assign": Assign,
    "contact": Contact,
    "progress": Progress,
    "hand_in": HandIn,
    "send_back": SendBack,
}
