"""What every page of the desk shares: one moment and one actor for each request, and the frame around the page."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from desk.pages import banners, shell
from dispatch.models import Node
from matters.models import Matter
from organization import clock, people
from organization.actors import Actor

MODES = ("elder", "normal")
A_YEAR = 365 * 24 * 3600


class Page(View):
    """Parse, one word or one verb, answer. What the person may not know of is a 404."""

    template = ""
    nav = ""
    open_to_all = False

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if not (request.user.is_authenticated or self.open_to_all):
            return redirect_to_login(request.get_full_path())
        if request.GET.get("mode") in MODES:
            return _remembered(request)
        self.at = clock.now()
        self.by = (
            people.actor(request.user, at=self.at) if request.user.is_authenticated else Actor.reporter()
        )
        response = super().dispatch(request, *args, **kwargs)
        response.setdefault("Cache-Control", "no-store")
        return response

    def show(self, *, status: int = 200, template: str = "", **context) -> HttpResponse:
        frame = shell.around(self.request, self.by, nav=self.nav)
        modes = banners.modes(self.by, self.at)
        facts = {**frame, "now": self.at, "by": self.by, "modes": modes, **context}
        return render(self.request, template or self.template, facts, status=status)

    def matter(self, number: str) -> Matter:
        """The matter with what its file needs; 404 outside the person's scope."""
        return get_object_or_404(Matter.objects.visible_to(self.by).for_file(), number=number)

    def node(self, pk: int) -> Node:
        """The node with its matter; 404 outside the person's scope."""
        nodes = (
            Node.objects.visible_to(self.by)
            .for_list()
            .select_related("matter__area", "department__area", "line")
        )
        return get_object_or_404(nodes, pk=pk)


def _remembered(request):
    """The link `?mode=elder` sets a cookie and comes back to the same page without it."""
    query = request.GET.copy()
    mode = query.pop("mode")[-1]
    response = redirect(f"{request.path}?{query.urlencode()}" if query else request.path)
    response.set_cookie("mode", mode, max_age=A_YEAR, samesite="Lax", httponly=True)
    return response
