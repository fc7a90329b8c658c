"""The frame around every public page: large type by a cookie, the way to sign in, nothing kept by caches."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

MODES = ("elder", "normal")
A_YEAR = 365 * 24 * 3600

View = Callable[..., HttpResponse]


def public(view: View) -> View:
    """A page for everybody. The plain link `?mode=elder` sets a cookie and comes back to the same page."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.GET.get("mode") in MODES:
            return _remembered(request)
        response = view(request, **kwargs)
        response.setdefault("Cache-Control", "no-store")
        return response

    return answer


def private_link(view: View) -> View:
    """A page whose address is a secret: no search engine, no referrer."""

    @wraps(view)
    def answer(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = view(request, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Referrer-Policy"] = "same-origin"
        return response

    return answer


def show(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, f"portal/{template}.html", {**frame(request), **context}, status=status)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context of `base.html` for a page that is open to everybody."""
    return {"mode": "elder" if request.COOKIES.get("mode") == "elder" else "", "shell": _shell(request)}


def _shell(request: HttpRequest) -> dict[str, Any]:
    if request.user.is_authenticated:
        return {"account": {"name": request.user.name, "href": "/"}, "logout_url": reverse("account_logout")}
    return {"login_url": reverse("account_login")}


def _remembered(request: HttpRequest) -> HttpResponse:
    query = request.GET.copy()
    mode = query.pop("mode")[-1]
    response = redirect(f"{request.path}?{query.urlencode()}" if query else request.path)
    response.set_cookie(
        "mode", str(mode), max_age=A_YEAR, samesite="Lax", httponly=True, secure=request.is_secure()
    )
    return response
