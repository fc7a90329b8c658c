"""Recounts under way, and the outages that cause some of them."""

from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect

from desk.forms import calendar as forms
from desk.pages import calendars
from desk.views.calendars import CalendarPage
from dispatch import previews, publishing
from dispatch.choices import JobState
from dispatch.clocks import Outage, RecountJob

SHOWN = 10


class Job(CalendarPage):
    template = "desk/calendar/job.html"

    def page(self, request, pk):
        row = get_object_or_404(RecountJob.objects.select_related("outage"), pk=pk)
        return self.show(job=calendars.job(row))

    def act(self, request, pk):
        """Start a finished job again for what failed."""
        RecountJob.objects.filter(pk=pk, state=JobState.DONE, failed__gt=0).update(
            state=JobState.RUNNING, cursor=0, failed=0, finished_at=None
        )
        return redirect("desk:calendar_job", pk=pk)


class Outages(CalendarPage):
    template = "desk/calendar/outages.html"

    def page(self, request, form=None, found=None):
        rows = Outage.objects.select_related("job").order_by("-began_at")[:SHOWN]
        return self.show(outages=rows, form=form or forms.Outage(), found=found)

    def act(self, request):
        form, found = forms.Outage(request.POST), None
        if form.is_valid():
            try:
                if request.POST.get("step") == "declare":
                    job = publishing.declare(**form.cleaned_data, by=self.by, at=self.at)
                    return redirect("desk:calendar_job", pk=job.pk)
                outage = publishing.outage(**form.cleaned_data, by=self.by, at=self.at)
                found = calendars.preview(previews.of_outage(outage, at=self.at))
            except ValidationError as refusal:
                form.add_error(None, refusal)
        return self.page(request, form=form, found=found)
