"""Duty rosters: who is on duty, and who keeps it."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from desk.forms import duty as forms
from desk.forms.base import refuse
from desk.pages import duty as pages
from desk.views.base import Page
from organization import duty, policies
from organization.models import Department, DutyTurn


class Rosters(Page):
    """The units whose rosters one may see, and who is on duty now."""

    template, nav = "desk/duty/rosters.html", "duty"

    def get(self, request):
        rows = pages.rows(pages.units(self.by, self.at), self.at)
        return self.show(
            rows=rows,
            without=[row for row in rows if row["gap"]],
            days=pages.DAYS,
            keeps=any(policies.may_keep_roster(row["unit"], self.by) for row in rows),
        )


class UnitPage(Page):
    nav = "duty"

    def unit(self, code, *, keep=False):
        """The unit; 404 for who may not see its roster, 403 for who may see but not keep it."""
        unit = get_object_or_404(Department.objects.select_related("area", "stationed_of"), code=code)
        if not policies.may_see_roster(unit, self.by):
            raise Http404
        if keep and not policies.may_keep_roster(unit, self.by):
            raise PermissionDenied
        return unit


class Roster(UnitPage):
    template = "desk/duty/roster.html"

    def get(self, request, code):
        unit = self.unit(code)
        (row,) = pages.rows([unit], self.at)
        return self.show(
            row=row,
            unit=unit,
            weeks=pages.weeks(unit, self.at),
            expiring=pages.expiring(unit, self.at),
            keeps=bool(policies.may_keep_roster(unit, self.by)),
            days=pages.DAYS,
        )


class NewTurn(UnitPage):
    template = "desk/duty/turn.html"

    def get(self, request, code):
        unit = self.unit(code, keep=True)
        last = (
            DutyTurn.objects.filter(department=unit, slot="officer", to_at__gt=self.at)
            .order_by("to_at")
            .last()
        )
        begins = last.to_at if last else self.at.replace(minute=0, second=0, microsecond=0)
        initial = {"slot": "officer", "from_at": begins, "to_at": begins + timedelta(hours=12)}
        return self.page(unit, forms.TurnForm(initial=initial, unit=unit, at=self.at))

    def post(self, request, code):
        unit = self.unit(code, keep=True)
        form = forms.TurnForm(request.POST, unit=unit, at=self.at)
        return self.acted(
            unit, form, lambda facts: duty.enter_turn(department=unit, **facts, by=self.by, at=self.at)
        )

    def acted(self, unit, form, act):
        status = 200
        if form.is_valid():
            try:
                act(form.cleaned_data)
            except ValidationError as refusal:
                status = refuse(form, refusal)
            else:
                messages.success(self.request, _("The roster is changed."))
                return redirect("desk:roster", code=unit.code)
        return self.page(unit, form, status=status)

    def page(self, unit, form, *, status=200, **more):
        return self.show(form=form, unit=unit, status=status, **more)


class Turn(NewTurn):
    """Change, swap or take off a turn that is not over."""

    def get(self, request, pk):
        unit, turn = self.turn(pk)
        initial = {name: getattr(turn, name) for name in ("slot", "from_at", "to_at", "phone")} | {
            "person": turn.person.username,
            "deputy": turn.deputy.username if turn.deputy else "",
        }
        return self.page(
            unit, forms.TurnForm(initial=initial, unit=unit, at=self.at), **self.beside(unit, turn)
        )

    def post(self, request, pk):
        unit, turn = self.turn(pk)
        verb = request.POST.get("verb", "change")
        if verb == "change":
            form = forms.TurnForm(request.POST, unit=unit, at=self.at)
            self.turn_shown = turn
            return self.acted(
                unit, form, lambda facts: duty.change_turn(turn.pk, **facts, by=self.by, at=self.at)
            )
        try:
            if verb == "remove":
                duty.remove_turn(turn.pk, by=self.by, at=self.at)
            else:
                other = get_object_or_404(unit.duty_turns, pk=request.POST.get("other") or 0)
                duty.swap_turns(turn.pk, other.pk, by=self.by, at=self.at)
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            return redirect("desk:turn", pk=turn.pk)
        messages.success(request, _("The roster is changed."))
        return redirect("desk:roster", code=unit.code)

    def page(self, unit, form, *, status=200, **more):
        more = more or self.beside(unit, self.turn_shown)
        return super().page(unit, form, status=status, **more)

    def turn(self, pk):
        turn = get_object_or_404(DutyTurn.objects.select_related("department", "person", "deputy"), pk=pk)
        return self.unit(turn.department.code, keep=True), turn

    def beside(self, unit, turn):
        others = unit.duty_turns.filter(to_at__gt=self.at).exclude(pk=turn.pk).exclude(person=turn.person_id)
        return {"turn": turn, "others": others.select_related("person").order_by("from_at")[:60]}
