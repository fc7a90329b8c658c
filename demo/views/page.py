"""`/demo/`: be anybody of the demo with one press, and move the clock. The demo answers on this machine only.

Anybody on this page may move the clock: one press makes them the administrator, who may anyway.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from demo import walk
from demo.seeding.people import NAMED
from organization import clock, workdays
from organization.calendar import Limit, Unit
from organization.models import Person, Post
from portal.pages import frame, public


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, **kwargs)

    return answer


@require_safe
@demo_only
@public
def page(request: HttpRequest) -> HttpResponse:
    now, alarm = clock.now(), walk.next_alarm()
    return render(
        request,
        "demo/page.html",
        {
            **frame(request),
            "now": now,
            "alarm": alarm,
            "late": bool(alarm and alarm < now),
            "roles": _roles(now),
        },
    )


@require_POST
@demo_only
def sign_in(request: HttpRequest) -> HttpResponse:
    username = request.POST.get("username", "")
    person = get_object_or_404(Person, username=username if username in NAMED else "", is_active=True)
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect("/")


@require_POST
@demo_only
def advance(request: HttpRequest) -> HttpResponse:
    target = STEPS.get(request.POST.get("step", ""), _nowhere)(clock.now())
    if target is None:
        messages.info(request, _("Nothing is set to happen."))
        return redirect("demo:page")
    try:
        walked = walk.walk(to=target)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("demo:page")
    fired = ngettext("%(n)d alarm rang on the way.", "%(n)d alarms rang on the way.", walked.fired)
    at = walked.now.strftime("%Y-%m-%d %H:%M")
    messages.success(request, _("It is now %(at)s.") % {"at": at} + " " + fired % {"n": walked.fired})
    return redirect("demo:page")


def _next_alarm(now: datetime) -> datetime | None:
    alarm = walk.next_alarm()
    return max(alarm, now) if alarm else None


def _next_morning(now: datetime) -> datetime:
    """When the offices next open after today."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return workdays.current().next_open(midnight)


def _five_days(now: datetime) -> datetime:
    return walk.after(Limit(5, Unit.WD), now)


def _nowhere(now: datetime) -> None:
    return None


STEPS: dict[str, Callable[[datetime], datetime | None]] = {
    "alarm": _next_alarm,
    "morning": _next_morning,
    "five": _five_days,
}


def _roles(at: datetime) -> list[dict[str, Any]]:
    """The named logins in the order of the chain from grid to district, with what each may do."""
    posts = Post.objects.filter(person__username__in=NAMED).valid_on(clock.day_of(at)).for_scope()
    rows = {post.person.username: post for post in posts.select_related("person", "area", "department__area")}
    return [
        {
            "username": name,
            "name": post.person.name,
            "role": post.get_role_display(),
            "unit": post.department.name if post.department else "",
            "area": (post.area or post.department.area).name if post.area or post.department else "",
        }
        for name in NAMED
        if (post := rows.get(name))
    ]
