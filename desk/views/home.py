"""What waits for the person, their own page, and what they were told."""

from django.urls import resolve

from desk.pages import inbox, keyset, notices
from desk.views.base import Page
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
        rows = keyset.cut(notices.of(self.by), by=("-at", "-pk"), params=request.GET)
        return self.show(
            notices=notices.lines(rows.rows), pager={"previous": rows.previous, "next": rows.next}
        )


def _front(request):
    """The residents' front. Doors do not know each other's code, so it is asked for by its address."""
    return resolve("/", urlconf="portal.urls").func(request)
