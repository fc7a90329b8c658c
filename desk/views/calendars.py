"""The working calendar for administrators: the year, a draft, what it would move, its publication, outages."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from desk.forms import calendar as forms
from desk.pages import calendars
from desk.views.base import Page
from dispatch import previews, publishing
from dispatch.clocks import RecountJob
from organization import clock, day_files, drafts, workdays
from organization.choices import Role
from organization.models import CalendarVersion

SHOWN = 10
FIRST, LAST = 2000, 2100


class CalendarPage(Page):
    """Open to administrators; they see clocks only in numbers and examples by number, no matters."""

    nav = "calendar"

    def handle(self, request):
        if not any(post.role == Role.ADMINISTRATOR for post in self.by.posts):
            raise PermissionDenied

    def get(self, request, **where):
        self.handle(request)
        return self.page(request, **where)

    def post(self, request, **where):
        self.handle(request)
        return self.act(request, **where)

    def draft(self):
        draft = drafts.current()
        if draft is None:
            messages.info(self.request, _("There is no draft; begin one first."))
        return draft


class Year(CalendarPage):
    template = "desk/calendar/year.html"

    def page(self, request):
        found, today = workdays.current(), clock.day_of(self.at)
        wanted = request.GET.get("year", "")
        number = int(wanted) if wanted.isdecimal() and FIRST <= int(wanted) <= LAST else today.year
        versions = CalendarVersion.objects.order_by("-number")
        return self.show(
            year=number,
            years=range(number - 1, number + 2),
            months=calendars.year(found, number, today),
            provisional=number not in found.confirmed_years,
            unconfirmed=workdays.unconfirmed(self.at),
            versions=versions[:SHOWN],
            latest=versions.first(),
            draft=drafts.current(),
            jobs=[calendars.job(row) for row in RecountJob.objects.order_by("-pk")[:3]],
        )

    def act(self, request):
        """Begin the draft of the next version."""
        drafts.begin(by=self.by, at=self.at)
        return redirect("desk:calendar_draft")


class Draft(CalendarPage):
    template = "desk/calendar/draft.html"

    def page(self, request, **forms_in_hand):
        draft = self.draft()
        if draft is None:
            return redirect("desk:calendar")
        new = drafts.calendar(draft)
        return self.show(
            draft=draft,
            changes=calendars.changes(workdays.current(), new),
            confirmed=sorted(new.confirmed_years),
            days_form=forms_in_hand.get("days") or forms.Days(),
            file_form=forms_in_hand.get("file") or forms.File(),
            year_form=forms_in_hand.get("year") or forms.Year(),
            form=next(iter(forms_in_hand.values()), None),
        )

    def act(self, request):
        draft, step = self.draft(), request.POST.get("step", "")
        if draft is None:
            return redirect("desk:calendar")
        if step == "discard":
            drafts.discard(draft)
            messages.success(request, _("The draft is gone; the calendar in force stands."))
            return redirect("desk:calendar")
        if step == "plain":
            return self._plain(draft, request.POST.get("on", ""))
        kinds = {"days": forms.Days, "file": forms.File, "year": forms.Year}
        if step not in kinds:
            return redirect("desk:calendar_draft")
        form = kinds[step](request.POST, request.FILES)
        if form.is_valid():
            try:
                self._change(draft, step, form.cleaned_data)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("desk:calendar_draft")
        return self.page(request, **{step: form})

    def _plain(self, draft, text):
        row = next((row for row in draft.days if row["date"] == text), None)
        if row:
            drafts.plain(draft, drafts.day(row).on)
        return redirect("desk:calendar_draft")

    def _change(self, draft, step, given):
        if step == "year":
            drafts.confirm(draft, given["year"], confirmed=given["confirmed"])
        elif step == "days":
            last = given["last"] or given["first"]
            drafts.put(draft, drafts.stretch(given["first"], last, given["kind"], given["name"]))
        else:
            drafts.put(draft, day_files.read(given["file"].read(day_files.MOST_BYTES)))
            if given["confirms"]:
                drafts.confirm(draft, given["confirms"], confirmed=True)


class Preview(CalendarPage):
    """What publishing would move, and the button that does it."""

    template = "desk/calendar/preview.html"

    def page(self, request, form=None):
        draft = self.draft()
        if draft is None:
            return redirect("desk:calendar")
        new = drafts.calendar(draft)
        found = previews.of_calendar(new, at=self.at)
        return self.show(
            draft=draft,
            changes=len(calendars.changes(workdays.current(), new)),
            found=calendars.preview(found),
            form=form or forms.Publish(),
        )

    def act(self, request):
        form, draft = forms.Publish(request.POST), self.draft()
        if draft is None:
            return redirect("desk:calendar")
        if form.is_valid():
            try:
                job = publishing.publish(draft, note=form.cleaned_data["note"], by=self.by, at=self.at)
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                return redirect("desk:calendar_job", pk=job.pk)
        return self.page(request, form=form)
