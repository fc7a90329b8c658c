"""Who is responsible for what, as anyone may look it up."""

from desk.forms.responsibilities import LookUp
from desk.pages import responsibilities
from desk.views.base import Page


class Responsibilities(Page):
    """Who leads, who assists, by what law and by when."""

    template, nav, open_to_all = "desk/lists/responsibilities.html", "responsibilities", True

    def get(self, request):
        form = LookUp(request.GET)
        lines, more = responsibilities.found(form.words(), at=self.at)
        return self.show(form=form, lines=lines, more=more)
