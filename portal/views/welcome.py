"""The public front: three ways in, and the numbers to call when it cannot wait."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portal.pages import public, show


@require_safe
@public
def front(request: HttpRequest) -> HttpResponse:
    return show(request, "front")
