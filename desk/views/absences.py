"""Who is away, and who says so."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from desk.forms import duty as forms
from desk.forms.base import refuse
from desk.pages import duty as pages
from desk.views.base import Page
from organization import duty
from organization.models import Absence
from organization.refusals import NotAllowed


class Absences(Page):
    """I am away; who of mine is away; whom I stand in for."""

    template, nav = "desk/duty/absences.html", "me"

    def get(self, request):
        return self.page(forms.AbsenceForm(by=self.by, at=self.at, initial=self.usual()))

    def post(self, request):
        form, status = forms.AbsenceForm(request.POST, by=self.by, at=self.at), 200
        if form.is_valid():
            try:
                form.act()
            except ValidationError as refusal:
                status = refuse(form, refusal)
            else:
                messages.success(request, _("The absence is entered."))
                return redirect("desk:absences")
        return self.page(form, status=status)

    def usual(self):
        """From this hour to the end of tomorrow: most absences are short."""
        hour = self.at.replace(minute=0, second=0, microsecond=0)
        return {"kind": "leave", "from_at": hour, "to_at": hour.replace(hour=18) + timedelta(days=1)}

    def page(self, form, *, status=200):
        people = form.posts.values("person") if forms.keeps(self.by) else []
        return self.show(form=form, rows=pages.absences(self.by, people, self.at), status=status)


class EndAbsence(Page):
    def post(self, request, pk):
        get_object_or_404(Absence, pk=pk)
        try:
            duty.end_absence(pk, by=self.by, at=self.at)
        except NotAllowed as not_theirs:  # whose absence it is, is not told either
            raise Http404 from not_theirs
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("The absence is ended."))
        return redirect("desk:absences")
