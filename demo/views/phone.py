"""`/demo/phone/`: each phone and group chat of the demo, with what reached it; nothing leaves the house."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from demo import phones
from demo.views.page import demo_only
from organization import clock
from portal.pages import frame, public


@require_safe
@demo_only
@public
def phone(request: HttpRequest) -> HttpResponse:
    mailboxes = phones.mailboxes()
    chosen = phones.chosen(mailboxes, request.GET.get("of", ""))
    return render(
        request,
        "demo/phone.html",
        {
            **frame(request),
            "now": clock.now(),
            "phones": mailboxes,
            "chosen": chosen,
            "messages_in": phones.inbox(chosen) if chosen else [],
        },
    )
