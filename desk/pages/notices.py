"""In-app notices: one line each, for matters the person may still know of."""

from django.urls import reverse

from dispatch import messages
from dispatch.models import Notice
from matters.models import Matter


def of(by):
    return Notice.objects.of(by.person).filter(matter__in=Matter.objects.visible_to(by)).for_list()


def lines(notices):
    return [
        {
            "what": messages.happened(notice.kind, notice.node),
            "at": notice.at,
            "number": notice.matter.number,
            "title": notice.matter.title,
            "href": reverse("desk:matter", args=[notice.matter.number]),
            "unit": notice.node.department.name if notice.node else "",
        }
        for notice in notices
    ]
