"""`/system/messages/`: what waits, what could not be delivered and why, by which gateway. No matter is named here."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.utils.translation import ngettext

from desk.pages import keyset, outgoing
from desk.views.base import Page
from dispatch import resending
from dispatch.policies import may_run_platform


class Outgoing(Page):
    template, nav = "desk/system/messages.html", "outgoing"

    def get(self, request):
        self._guard()
        asked = outgoing.asked(request.GET)
        rows = keyset.cut(outgoing.rows(asked), by=("-at", "-pk"), params=request.GET)
        return self.show(
            asked=asked,
            rows=outgoing.lines(rows.rows),
            pager={"previous": rows.previous, "next": rows.next},
            **outgoing.state(),
        )

    def post(self, request):
        """Send again: one message, or all undeliverable ones of a medium."""
        self._guard()
        asked = outgoing.asked(request.POST)
        one = request.POST.get("message", "")
        only = [int(one)] if one.isdecimal() else None
        if one and only is None:
            raise Http404
        count = resending.send_again(medium=asked["medium"], only=only, by=self.by, at=self.at)
        words = ngettext("%(n)d message goes out again.", "%(n)d messages go out again.", count)
        messages.success(request, words % {"n": count})
        return redirect(f"{request.path}?{outgoing.query(asked)}")

    def _guard(self):
        if not may_run_platform(self.by):
            raise Http404
