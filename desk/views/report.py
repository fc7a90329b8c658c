"""Reporting: one form, one tap to send, and a receipt that keeps its own address."""

from uuid import uuid4

from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from desk import receipts
from desk.forms import photos
from desk.forms.base import refuse
from desk.forms.report import ReportForm
from desk.pages import receipt, timeline
from desk.views.base import Page
from dispatch import reporting


class New(Page):
    template, nav = "desk/matters/new.html", "report"

    def get(self, request):
        return self.page(ReportForm(initial=ReportForm.start(self.by, request.GET), by=self.by, at=self.at))

    def post(self, request):
        earlier = receipts.known(request.POST.get("key", ""), by=self.by)
        kept, errors = photos.taken(request, by=self.by, at=self.at) if earlier is None else ([], [])
        form = ReportForm(request.POST, request.FILES, by=self.by, at=self.at, photos=kept)
        for error in errors:
            form.add_error("photos", error)
        if not form.is_valid():
            return self.page(form)
        if earlier and earlier.fingerprint != receipts.fingerprint(form.facts()):
            return self.changed(form, earlier.matter)
        try:
            matter = receipts.once(
                form.cleaned_data["key"],
                lambda: self.report(form),
                by=self.by,
                mark=receipts.fingerprint(form.facts()),
            )
        except ValidationError as refusal:
            return self.page(form, status=refuse(form, refusal))
        return redirect("desk:receipt", number=matter.number)

    def report(self, form):
        matter, _created = reporting.report(form.new_matter(), by=self.by, at=self.at)
        return matter

    def changed(self, form, matter):
        """The form went out before with other words (Back, edit, send): nothing lost, nothing doubled unasked."""
        form.add_error(
            None,
            _("This form was already sent as %(number)s. Send it again to report one more matter.")
            % {"number": matter.number},
        )
        form.data = form.data.copy()
        form.data["key"] = uuid4().hex
        return self.page(form, status=409)

    def page(self, form, *, status=200):
        kept = [{"id": photo.pk, "href": timeline.address(photo)} for photo in form.kept]
        return self.show(
            status=status,
            form=form,
            kept=kept,
            photo=photos.box(form),
            category_chips=form.chips(),
            more_is_open=form.more_is_open(),
        )


class Receipt(Page):
    template, nav = "desk/matters/receipt.html", "report"

    def get(self, request, number):
        matter = self.matter(number)
        again = urlencode(
            {
                "area": matter.area.code,
                "address": matter.address,
                "lon": matter.lon or "",
                "lat": matter.lat or "",
            }
        )
        actions = [
            {"href": f"{reverse('desk:report')}?{again}", "label": _("Report again at this place")},
            {"href": reverse("desk:matter", args=[matter.number]), "label": _("Open the matter")},
        ]
        own = matter.reported_by_id == self.by.id
        return self.show(
            matter=matter,
            receipt={
                "title": _("Report received"),
                "number": matter.number,
                "next": receipt.next_steps(matter, list(matter.nodes.for_file()), self.at),
                "actions": actions,
            },
            tracking=request.build_absolute_uri(f"/q/{matter.token}/")
            if own and not matter.sensitive
            else "",
        )
