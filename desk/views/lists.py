"""Who is responsible for what, as anyone may look it up."""

from django.http import Http404

from desk.forms.responsibilities import LookUp
from desk.pages import responsibilities
from desk.views.base import Page
from dispatch import policies


class Responsibilities(Page):
    """Who leads, who assists, by what law and by when."""

    template, nav, open_to_all = "desk/lists/responsibilities.html", "responsibilities", True

    def get(self, request):
        form = LookUp(request.GET)
        lines, more = responsibilities.found(form.words(), at=self.at)
        keeps = policies.reviews(self.by)
        return self.show(form=form, lines=lines, more=more, keeps=keeps)


class Line(Page):
    """One line with every version it ever had, each beside the one before."""

    template, nav, open_to_all = "desk/lists/line.html", "responsibilities", True

    def get(self, request, code):
        versions = responsibilities.history(code)
        if not versions:
            raise Http404
        return self.show(versions=versions, newest=versions[0]["line"], may_draft=policies.may_draft(self.by))
