"""`/`: the inbox of whoever has logged in, else the public front. Two doors share the address, so wiring decides."""

from django.http import HttpRequest, HttpResponseBase

from desk.views.home import Inbox
from portal.views import front


def home(request: HttpRequest) -> HttpResponseBase:
    return (Inbox.as_view() if request.user.is_authenticated else front)(request)
