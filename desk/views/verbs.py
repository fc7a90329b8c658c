"""One page for each verb: GET shows its small form, POST calls it and goes back; a refusal keeps what was typed."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from desk.forms import photos
from desk.forms.base import refuse
from desk.pages import clocks, steps, timeline
from desk.templatetags.govflow import moment
from desk.views.base import Page
from matters.refusals import Stale

#: Where a page's links to a verb may ask to come back to.
PLACES = {"tray": "desk:tray", "duty": "desk:duty_screen"}


class VerbPage(Page):
    """Subclasses say which object the verb is called on, which form it has and which verbs are possible now."""

    forms: dict = {}
    templates: dict = {}
    template = "desk/matters/verb.html"

    def find(self, **address):
        """(matter, node or None), 404 when the person may not know of it."""
        raise NotImplementedError

    def possible(self):
        """The verbs the person has here now."""
        raise NotImplementedError

    def dispatch(self, request, *args, **kwargs):
        if kwargs["verb"] not in self.forms:
            raise Http404
        self.verb = kwargs["verb"]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request, **address):
        self.find(**address)
        if self.verb not in self.possible():
            messages.warning(request, _("This step is not possible now, or another post must do it."))
            return redirect(self.home())
        return self.page(self.form())

    def post(self, request, **address):
        self.find(**address)
        kept, errors = [], []
        if self.forms[self.verb].takes_photos:
            kept, errors = photos.taken(request, by=self.by, at=self.at)
        form = self.form(request.POST, request.FILES, photos=kept)
        for error in errors:
            form.add_error("photos", error)
        if not form.is_valid():
            return self.page(form)
        try:
            form.act()
        except ValidationError as refusal:
            return self.refused(form, refusal)
        messages.success(request, form.done)
        return redirect(self.after())

    def refused(self, form, refusal):
        """The form again; when somebody else was faster it says who, and the next try builds on what they did."""
        status = refuse(form, refusal)
        if isinstance(refusal, Stale):
            form.add_error(None, self.latest_change())
            form.data = form.data.copy()
            form.data["revision"] = self.fresh_revision()
        return self.page(form, status=status)

    def latest_change(self):
        last = self.subject.entries.for_timeline().last()
        return _("%(who)s at %(at)s: %(what)s. What you wrote is still here; check it and send it again.") % {
            "who": timeline.who(last), "at": moment(last.at, self.at), "what": timeline.what(last),
        }  # fmt: skip

    def page(self, form, *, status=200):
        return self.show(
            status=status,
            template=self.templates.get(self.verb, ""),
            form=form,
            matter=self.subject,
            heading=steps.WORDS[self.verb],
            due=clocks.of_matter(self.subject, self.at),
            kept=[{"id": photo.pk, "href": timeline.address(photo)} for photo in form.photos],
            photo=photos.box(form) if form.takes_photos else None,
            back=self.home(),
            next=self.wanted(),
            **self.beside(form),
        )

    def beside(self, form):
        """What one verb's page shows beside its form."""
        return {}

    def home(self):
        return reverse("desk:matter", args=[self.subject.number])

    def after(self):
        """Where the person came from, when that was said and is ours; else the matter's file."""
        return self.wanted() or self.home()

    def wanted(self):
        if place := PLACES.get(self.request.GET.get("next", "")):
            return reverse(place)
        wanted = self.request.POST.get("next", "")
        return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else ""
