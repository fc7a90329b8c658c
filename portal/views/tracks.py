"""Residents follow up: by the private link, or by number and the last four digits of their phone."""

from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dispatch import answering
from matters.models import Matter
from organization import clock
from organization.actors import Actor
from portal import limits, progress
from portal.forms import LookUpForm, RatingForm
from portal.pages import private_link, public, show

MOST_WRONG = 5  # in ten minutes, from one address or for one number


@require_http_methods(["GET", "HEAD", "POST"])
@public
@private_link
def track(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link is the reporter: they read the progress and rate the outcome, once a round."""
    matter = get_object_or_404(
        Matter.objects.select_related("category", "area", "responsible", "reporter"), token=token
    )
    if request.method != "POST":
        return _page(request, matter, RatingForm())
    form = RatingForm(request.POST)
    if not form.is_valid():
        return _page(request, matter, form, status=400)
    try:
        answering.rate(matter.pk, by=Actor.reporter(), at=clock.now(), **form.cleaned_data)
    except ValidationError as refusal:
        form.add_error(None, refusal)
        matter.refresh_from_db()
        return _page(request, matter, form, status=409)
    return redirect("portal:track", token=token)


@require_http_methods(["GET", "HEAD", "POST"])
@public
def look_up(request: HttpRequest) -> HttpResponse:
    """Never says which part is wrong; after a few wrong tries it sends people to a counter, not to a puzzle."""
    form = LookUpForm(request.POST or None)
    if not form.is_valid():
        return show(request, "look_up", form=form, status=400 if form.is_bound else 200)
    seekers = [("look-up", limits.address(request)), ("look-up-number", form.cleaned_data["number"])]
    if any(limits.tries(*seeker) >= MOST_WRONG for seeker in seekers):
        return show(request, "busy", status=429)
    matter = progress.found(**form.cleaned_data)
    if matter is None:
        for seeker in seekers:
            limits.tried(*seeker)
        form.add_error(None, _("Nothing found. Please check the number and the last four digits of the phone you left; "
                               "a service station can look it up as well."))  # fmt: skip
        return show(request, "look_up", form=form, status=404)
    return redirect("portal:track", token=matter.token)


def _page(request: HttpRequest, matter: Matter, form: RatingForm, **context: Any) -> HttpResponse:
    at = clock.now()
    return show(request, "track", form=form, now=at, **progress.page(matter, at=at), **context)
