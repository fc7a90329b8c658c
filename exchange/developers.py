"""The start page for developers: a first report in a few minutes, and what each problem means."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exchange.problems import TYPES

#: What to do about each problem, by the name its `type` ends with.
REMEDIES = {
    "invalid": _("Correct what errors points at and send it again. Nothing was stored."),
    "unauthenticated": _("Send the header with a key that is known, not expired and not revoked."),
    "forbidden": _("Ask for the scope that is named, or let somebody whose post allows it do it."),
    "not-found": _("There is no such thing, or it lies outside your scope."),
    "method": _("See the Allow header for what the address takes."),
    "not-acceptable": _("Ask for JSON."),
    "conflict": _(
        "Load the matter again and look at code: the state has changed, or the step is not possible now."
    ),
    "too-large": _("Send less than 1 MB of JSON and photos of up to 10 MB."),
    "media-type": _("Send application/json, photos as multipart/form-data."),
    "key-reused": _("Use a new key for a new request; the same key repeats the same request only."),
    "throttled": _("Wait as many seconds as Retry-After says."),
    "error": _("Report it with the instance that was answered."),
    "unavailable": _("Try again after Retry-After, with the same idempotency key."),
}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    address = request.build_absolute_uri("/api/v1/")
    found = [
        {"status": status, "name": name, "title": title, "remedy": REMEDIES[name]}
        for status, (name, title) in TYPES.items()
    ]
    return render(request, "exchange/developers.html", {"address": address, "problems": found})
