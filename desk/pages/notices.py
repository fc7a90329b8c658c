"""In-app notices: what the person was told, by matter, for matters they may still know of."""

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse

from desk.pages import keyset
from dispatch import messages
from dispatch.models import Notice
from matters.models import Matter

SIZE = 20
SHOWN = 3  # of one matter; the rest is counted
MOST = 400


def of(by):
    return Notice.objects.of(by.person).filter(matter__in=Matter.objects.visible_to(by)).for_list()


def lines(notices):
    return [
        {
            "what": messages.happened(notice.kind, notice.node),
            "at": notice.at,
            "new": notice.seen_at is None,
            "number": notice.matter.number,
            "title": notice.matter.title,
            "href": reverse("desk:matter", args=[notice.matter.number]),
            "unit": notice.node.department.name if notice.node else "",
        }
        for notice in notices
    ]


def by_matter(by, params):
    """One page of matters, the latest told first, each with its notices: (groups, pager)."""
    mine = Notice.objects.of(by.person).filter(matter=OuterRef("pk"))
    told = Matter.objects.visible_to(by).filter(Exists(mine)).only("number", "title")
    told = told.annotate(told_at=Subquery(mine.order_by("-at").values("at")[:1]))
    page = keyset.cut(told, by=("-told_at", "-pk"), params=params, size=SIZE)
    found = Notice.objects.of(by.person).filter(matter__in=[matter.pk for matter in page.rows]).for_list()
    notices = list(found[:MOST])
    groups = [
        _group(matter, [each for each in notices if each.matter_id == matter.pk]) for matter in page.rows
    ]
    return groups, {"previous": page.previous, "next": page.next}


def _group(matter, notices):
    return {
        "number": matter.number,
        "title": matter.title,
        "href": reverse("desk:matter", args=[matter.number]),
        "new": any(notice.seen_at is None for notice in notices),
        "lines": lines(notices[:SHOWN]),
        "earlier": len(notices[SHOWN:]),
    }
