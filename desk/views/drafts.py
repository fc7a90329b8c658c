"""Keeping the responsibility list: drafts, review, publication, and what is wrong with it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from desk.forms.base import refuse
from desk.forms.drafts import DraftForm, Publish
from desk.pages import drafts
from desk.views.base import Page
from dispatch import drafting, enacting, policies
from dispatch.models import Responsibility
from organization import clock


class Keeping(Page):
    """Pages for who keeps or reviews the list."""

    nav = "responsibilities"

    def check(self, *, drafts_only=False):
        if not (policies.may_draft(self.by) or (not drafts_only and policies.reviews(self.by))):
            raise PermissionDenied

    def draft(self, pk):
        lines = Responsibility.objects.in_draft().select_related(
            "category", "area", "drafted_by", "reviewed_by"
        )
        return get_object_or_404(lines, pk=pk)


class Drafts(Keeping):
    template = "desk/listing/drafts.html"

    def get(self, request):
        self.check()
        return self.show(
            drafts=drafts.in_draft(),
            faults=drafts.wrong(self.at),
            may_draft=policies.may_draft(self.by),
            today=clock.day_of(self.at),
        )

    def post(self, request):
        """Review or publish those that are ticked: all of them, or none with the reason."""
        self.check()
        chosen = [int(pk) for pk in request.POST.getlist("draft") if pk.isdecimal()]
        try:
            if request.POST.get("act") == "publish":
                day = parse_date(request.POST.get("effective_from", "")) or clock.day_of(self.at)
                enacting.publish(chosen, effective_from=day, by=self.by, at=self.at)
            else:
                enacting.review_all(chosen, by=self.by, at=self.at)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
        else:
            messages.success(request, _("Done for %(n)s drafts.") % {"n": len(chosen)})
        return redirect("desk:drafts")


class New(Keeping):
    template = "desk/listing/edit.html"

    def get(self, request):
        self.check(drafts_only=True)
        first = {name: request.GET[name] for name in ("category", "area") if name in request.GET}
        return self.show(form=DraftForm(initial=first, line=drafts.start(request.GET, self.at)))

    def post(self, request):
        self.check(drafts_only=True)
        return self.saved(DraftForm(request.POST))

    def saved(self, form):
        if not form.is_valid():
            return self.show(form=form, line=form.line)
        try:
            line = form.act(by=self.by, at=self.at)
        except ValidationError as refusal:
            return self.show(form=form, line=form.line, status=refuse(form, refusal))
        messages.success(self.request, _("The draft is kept. A second person reviews it now."))
        return redirect("desk:draft", pk=line.pk)


class Edit(New):
    def get(self, request, pk):
        self.check(drafts_only=True)
        line = self.draft(pk)
        return self.show(form=DraftForm(line=line, open_draft=True), line=line)

    def post(self, request, pk):
        self.check(drafts_only=True)
        return self.saved(DraftForm(request.POST, line=self.draft(pk), open_draft=True))


class Draft(Keeping):
    """One draft beside the line in force; its buttons review, publish or withdraw it."""

    template = "desk/listing/draft.html"

    def get(self, request, pk):
        self.check()
        return self.seen(pk, Publish(initial={"effective_from": clock.day_of(self.at)}))

    def post(self, request, pk):
        self.check()
        line, act = self.draft(pk), request.POST.get("act")
        form = Publish(request.POST if act == "publish" else None)
        try:
            if act == "review":
                enacting.review(line.pk, by=self.by, at=self.at)
                said = _("Reviewed. It can be published now.")
            elif act == "withdraw":
                drafting.withdraw(line.pk, by=self.by)
                messages.success(request, _("The draft is withdrawn; the line in force stays."))
                return redirect("desk:drafts")
            elif form.is_valid():
                day = form.cleaned_data["effective_from"]
                enacting.publish([line.pk], effective_from=day, by=self.by, at=self.at)
                messages.success(request, _("Published. Matters from that day on go by the new version."))
                return redirect("desk:line", code=line.code)
            else:
                return self.seen(pk, form)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return self.seen(pk, form, status=409)
        messages.success(request, said)
        return redirect("desk:draft", pk=pk)

    def seen(self, pk, form, status=200):
        return self.show(**drafts.of(self.draft(pk), self.by, self.at), form=form, status=status)
