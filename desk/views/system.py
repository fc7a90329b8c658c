"""`/system/`: the check page of administrators."""

from django.contrib import messages
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from audit import vitals
from audit.models import AuditRun
from desk.pages import system
from desk.views.base import Page
from dispatch import stuck
from organization.choices import Role


class Checks(Page):
    template = "desk/system/checks.html"
    nav = "system"

    def get(self, request):
        if not _is_administrator(self.by):
            return self.show(template="desk/system/closed.html", status=403)
        state = vitals.read()
        found = system.checks(state)
        return self.show(
            checks=found,
            worst=system.worst(found),
            steps=stuck.steps()[:50],
            run=AuditRun.objects.order_by("-at").first(),
        )


class Again(Page):
    """Let a stuck step try again with the next sweep."""

    def post(self, request, pk):
        if not _is_administrator(self.by):
            return self.show(template="desk/system/closed.html", status=403)
        if stuck.try_again(pk):
            messages.success(
                request, _("It is tried again within seconds. Reload this page to see how it went.")
            )
        else:
            messages.info(request, _("This step no longer waits."))
        return redirect("desk:system")


def _is_administrator(by):
    return any(post.role == Role.ADMINISTRATOR for post in by.posts)
