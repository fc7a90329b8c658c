"""The duty screen, and the switch of emergency mode."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from desk.forms.base import refuse
from desk.forms.modes import Declare, End
from desk.pages import screen
from desk.views.base import Page
from dispatch import policies
from dispatch.alarms import EmergencyMode
from organization import areas

MOST_PAST = 20


class Screen(Page):
    """Live without a script: the page asks for itself again. `?wall=1` for the wall, without names of residents."""

    template, nav = "desk/duty/screen.html", "duty_screen"

    def get(self, request):
        wall = request.GET.get("wall") == "1"
        found = screen.of(self.by, self.at, wall=wall)
        return self.show(**found, wall=wall, **({"mode": "wall"} if wall else {}))


class Modes(Page):
    template, nav = "desk/duty/modes.html", "duty_screen"

    def get(self, request):
        return self.page(Declare(by=self.by, at=self.at))

    def post(self, request):
        form = Declare(request.POST, by=self.by, at=self.at)
        if not form.is_valid():
            return self.page(form)
        try:
            mode = form.act()
        except ValidationError as refusal:
            return self.page(form, status=refuse(form, refusal))
        messages.success(
            request, _("“%(name)s” is in force in %(place)s.") % {"name": mode.name, "place": mode.area}
        )
        return redirect("desk:modes")

    def page(self, form, *, status=200):
        rows = EmergencyMode.objects.select_related("area", "began_by", "ended_by").order_by(
            "-began_at", "-pk"
        )
        rows = [_shown(mode, self.by, self.at) for mode in rows[:MOST_PAST]]
        return self.show(
            status=status,
            form=form if policies.may_declare(areas.district(), self.by) else None,
            current=[row for row in rows if row["is_on"]],
            past=[row for row in rows if not row["is_on"]],
        )


class EndMode(Page):
    template, nav = "desk/duty/end.html", "duty_screen"

    def get(self, request, pk):
        return self.page(End(mode=self.mode_row(pk), by=self.by, at=self.at))

    def post(self, request, pk):
        form = End(request.POST, mode=self.mode_row(pk), by=self.by, at=self.at)
        if not form.is_valid():
            return self.page(form)
        try:
            form.act()
        except ValidationError as refusal:
            return self.page(form, status=refuse(form, refusal))
        messages.success(request, _("“%(name)s” has ended.") % {"name": form.mode.name})
        return redirect("desk:modes")

    def mode_row(self, pk):
        mode = get_object_or_404(EmergencyMode.objects.select_related("area"), pk=pk)
        if policies.may_declare(mode.area, self.by) is None:
            raise PermissionDenied
        return mode

    def page(self, form, *, status=200):
        return self.show(status=status, form=form, row=form.mode)


def _shown(mode, by, at):
    is_on = mode.began_at <= at < mode.over_at
    return {
        "mode": mode,
        "is_on": is_on,
        "over_at": mode.over_at,
        "may_end": is_on and policies.may_declare(mode.area, by) is not None,
    }
