"""Residents report: one page, no account, nothing required but something to go by."""

import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from dispatch import reporting
from dispatch.reporting import NewMatter, Point
from matters import attachments
from matters.choices import Route
from matters.models import Category, Channel, Matter
from organization import clock
from organization.actors import Actor
from portal import limits, promises, repeats
from portal.forms import ReportForm, new_key
from portal.pages import private_link, public, show

CHANNEL = "mini"
MOST_PHOTOS = 3
MOST_REPORTS = 30  # in ten minutes from one address; a town hall shares one
FIELDS = {"location": "area", "attachments": "text", "file": "text"}


@require_http_methods(["GET", "HEAD", "POST"])
@public
def report(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _take(request)
    category = Category.objects.filter(active=True, code=request.GET.get("category", "")).first()
    form = ReportForm(initial={"key": new_key(), "category": category and category.code})
    return _page(request, form, category)


@require_safe
@public
@private_link
def done(request: HttpRequest, token: str) -> HttpResponse:
    matter = get_object_or_404(Matter.objects.select_related("responsible", "reporter"), token=token)
    return show(request, "done", receipt=promises.receipt(matter, request.build_absolute_uri))


def _take(request: HttpRequest) -> HttpResponse:
    if limits.tried("report", limits.address(request)) > MOST_REPORTS:
        return show(request, "busy", status=429)
    form = ReportForm(request.POST)
    by, at = Actor.reporter(request.POST.get("name", "").strip()[:60]), clock.now()
    photos_wrong = _keep_photos(request, form, by, at)
    if photos_wrong:
        form.add_error("text", photos_wrong)
    if not form.is_valid():
        return _page(request, form, form.cleaned_data.get("category"), status=400)
    danger = danger_in(form)
    if danger and "danger" not in request.POST:
        return _page(request, form, danger, template="call_first")
    if danger:
        form.cleaned_data["category"] = danger if request.POST["danger"] == "now" else None
    return _send(request, form, by, at)


def _send(request: HttpRequest, form: ReportForm, by: Actor, at: datetime) -> HttpResponse:
    facts = {name: form[name].value() for name in ("text", "area", "address", "phone", "name")}
    try:
        matter = repeats.once(form.cleaned_data["key"], facts, lambda: _report(form, by, at), at=at)
    except repeats.OtherReport as other:
        form.data["key"] = new_key()
        form.add_error(None, _("Your report %(number)s is already with us. If this is another one, send it again.")
                       % {"number": other.matter.number})  # fmt: skip
        return _page(request, form, None, status=409)
    except ValidationError as refusal:
        form.add_error(FIELDS.get(field := getattr(refusal, "field", "text"), field), refusal)
        return _page(request, form, None, status=400)
    return redirect("portal:done", token=matter.token)


def _report(form: ReportForm, by: Actor, at: datetime) -> Matter:
    facts = form.cleaned_data
    located = facts["lon"] is not None and facts["lat"] is not None
    new = NewMatter(
        channel=Channel.objects.get(code=CHANNEL),
        text=facts["text"],
        category=facts["category"],
        area=facts["area"],
        point=Point(facts["lon"], facts["lat"], accuracy_m=facts["accuracy"]) if located else None,
        address=facts["address"],
        reporter_name=facts["name"],
        reporter_phone=facts["phone"],
        attachments=tuple(form.photos),
        over=form.data.get("danger") == "past",
    )
    return reporting.report(new, by=by, at=at)[0]


def danger_in(form: ReportForm) -> Category | None:
    """The category of an emergency call that was chosen, or whose keywords the words hold."""
    chosen = form.cleaned_data["category"]
    if chosen and chosen.route == Route.EMERGENCY_CALL:
        return chosen
    calls = Category.objects.filter(active=True, route=Route.EMERGENCY_CALL)
    return next(
        (each for each in calls if any(word in form.cleaned_data["text"] for word in each.keywords)), None
    )


def _keep_photos(request: HttpRequest, form: ReportForm, by: Actor, at: datetime) -> ValidationError | None:
    """Store what was uploaded, so that it survives the form's coming back; the first thing wrong, if any."""
    kept: list[uuid.UUID] = form.kept_before()
    wrong = None
    for upload in request.FILES.getlist("photos"):
        if len(kept) < MOST_PHOTOS:
            try:
                kept.append(attachments.store(upload, by=by, at=at).pk)
            except ValidationError as refusal:
                wrong = refusal
    form.keep(kept)
    return wrong


def _page(
    request: HttpRequest,
    form: ReportForm,
    category: Category | None,
    *,
    template: str = "report",
    **context: Any,
) -> HttpResponse:
    photo = {
        "name": "photos",
        "label": _("Photo (you may leave it out)"),
        "max": MOST_PHOTOS,
    }
    is_call = bool(category and category.route == Route.EMERGENCY_CALL)
    facts: dict[str, Any] = {
        "form": form,
        "photo": photo,
        "kept": len(form.photos),
        "category": category,
        "call_first": is_call,
    }
    return show(request, template, **facts, **context)
