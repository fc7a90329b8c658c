"""The dispatcher's tray: what the platform could not dispatch by itself, one key or one click each."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from desk.pages import keyset, tray
from desk.views.base import Page
from dispatch import triage
from dispatch.choices import NodeKind
from dispatch.models import Node
from matters.models import Category, Matter
from organization.choices import Role


class Tray(Page):
    template, nav = "desk/tray/tray.html", "tray"

    def get(self, request):
        rows = keyset.cut(self._nodes().for_inbox(), by=("next_alarm_at", "pk"), params=request.GET)
        return self.show(
            rows=tray.rows(rows.rows, self.at), pager={"previous": rows.previous, "next": rows.next}
        )

    def post(self, request):
        """Take one of the proposed categories: the matter is routed again by that category's line."""
        matter = get_object_or_404(Matter.objects.visible_to(self.by), number=request.POST.get("number", ""))
        category = get_object_or_404(Category, code=request.POST.get("category", ""), active=True)
        try:
            triage.correct(
                matter.pk,
                category=category,
                text=_("Chosen in the tray from what was proposed."),
                by=self.by,
                at=self.at,
                revision=_number(request.POST.get("revision")),
            )
        except ValidationError as refusal:
            messages.error(request, f"{matter.number}: {' '.join(refusal.messages)}")
        else:
            matter.refresh_from_db()
            messages.success(request, tray.outcome(matter, category))
        return redirect("desk:tray")

    def _nodes(self):
        rooms = [post.department_id for post in self.by.posts if post.role == Role.DISPATCHER]
        return Node.objects.waiting_for(self.by).filter(kind=NodeKind.TRIAGE, department__in=rooms)


def _number(text):
    return int(text) if text and text.isdecimal() else None
