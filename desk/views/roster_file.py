"""A duty roster entered as a table."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.utils.translation import ngettext

from desk.forms import duty as forms
from desk.forms.base import refuse
from desk.views.base import Page
from organization import roster_file


class Import(Page):
    """A table of turns: looked at first, then entered."""

    template, nav = "desk/duty/import.html", "duty"

    def get(self, request):
        if not forms.keeps(self.by):
            raise PermissionDenied
        return self.show(form=forms.ImportForm())

    def post(self, request):
        if not forms.keeps(self.by):
            raise PermissionDenied
        form = forms.ImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form=form)
        text, really = form.cleaned_data["text"], "enter" in request.POST
        try:
            lines = (roster_file.enter if really else roster_file.look)(text, by=self.by, at=self.at)
        except ValidationError as refusal:
            return self.show(form=form, status=refuse(form, refusal))
        entered = sum(line.state in ("new", "changed") for line in lines)
        if really:
            messages.success(
                request, ngettext("%(n)d turn entered.", "%(n)d turns entered.", entered) % {"n": entered}
            )
            if all(line.state != "wrong" for line in lines):
                return redirect("desk:rosters")
        wrong = sum(line.state == "wrong" for line in lines)
        return self.show(form=form, lines=lines, text=text, entered=entered, wrong=wrong, really=really)
