"""What waits for the person, their own page, and what they were told."""

from django.shortcuts import redirect
from django.urls import resolve

from desk.pages import inbox, keyset, notices
from desk.views.base import Page
from dispatch import notices as told
from dispatch.models import Node
from matters.models import Matter

FEW = 10


class Inbox(Page):
    """The running nodes of the person's units and their own, soonest consequence first."""

    template, nav, open_to_all = "desk/home/inbox.html", "inbox", True

    def get(self, request):
        if self.by.person is None:
            return _front(request)
        show = request.GET.get("show", "all")
        sieve = inbox.sieve(self.at)
        show = show if show in sieve else "all"
        waiting = Node.objects.waiting_for(self.by)
        rows = keyset.cut(
            waiting.filter(sieve[show]).for_inbox(), by=("next_alarm_at", "pk"), params=request.GET
        )
        return self.show(
            tabs=inbox.tabs(waiting, show, self.at),
            rows=[inbox.row(node, self.by, self.at) for node in rows.rows],
            pager={"previous": rows.previous, "next": rows.next},
            others=self._own_reports() if not rows.rows else [],
        )

    def _own_reports(self):
        """When nothing waits: the person's own open reports, which wait for others."""
        return (
            Matter.objects.visible_to(self.by)
            .open()
            .filter(reported_by=self.by.id)
            .for_list()
            .order_by("-pk")[:FEW]
        )


class Me(Page):
    template, nav = "desk/home/me.html", "me"

    def get(self, request):
        mine = (
            Matter.objects.visible_to(self.by)
            .filter(reported_by=self.by.id)
            .for_list()
            .order_by("-reported_at", "-pk")
        )
        return self.show(
            posts=self.by.posts,
            reports=mine[:FEW],
            notices=notices.lines(notices.of(self.by)[:FEW]),
        )


class Notices(Page):
    template, nav = "desk/home/notices.html", "notices"

    def get(self, request):
        groups, pager = notices.by_matter(self.by, request.GET)
        return self.show(groups=groups, pager=pager)

    def post(self, request):
        """Put away: the notices of one matter, or all."""
        number = request.POST.get("matter", "")
        matter = self.matter(number) if number else None
        told.see(matter=matter, by=self.by, at=self.at)
        return redirect("desk:notices")


def _front(request):
    """The residents' front. Doors do not know each other's code, so it is asked for by its address."""
    return resolve("/", urlconf="portal.urls").func(request)
