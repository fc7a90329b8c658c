"""The breaker: what it holds and why, and the decision to let go or to hold on."""

from django.core.exceptions import ValidationError
from django.shortcuts import redirect

from desk.forms.base import refuse
from desk.forms.breaker import BreakerForm
from desk.pages import breaker
from desk.views.base import Page
from dispatch import policies


class Breaker(Page):
    template, nav = "desk/system/breaker.html", "system"

    def get(self, request):
        return self._shown(BreakerForm(by=self.by, at=self.at))

    def post(self, request):
        form, status = BreakerForm(request.POST, by=self.by, at=self.at), 200
        if form.is_valid():
            try:
                form.act()
                return redirect(request.path)
            except ValidationError as refusal:
                status = refuse(form, refusal)
        return self._shown(form, status=status)

    def _shown(self, form, *, status=200):
        if not policies.may_work_the_breaker(self.by):
            return self.show(status=403, closed=True)
        return self.show(status=status, form=form, **breaker.facts(self.at))
