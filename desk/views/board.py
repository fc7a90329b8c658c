"""The board: what is open now, where it stands, and whether time is running out. Every figure opens its matters."""

from django.urls import reverse
from django.utils.translation import gettext as _

from assessment import board
from assessment.policies import BOARD_ROLES, may_see_board
from desk.pages import places
from desk.views.base import Page
from organization.choices import Level
from organization.models import Area


class Board(Page):
    template = "desk/assessment/board.html"
    nav = "board"

    def get(self, request):
        if not may_see_board(self.by):
            return self.show(
                template="desk/assessment/board_closed.html", status=403, roles=_names(BOARD_ROLES)
            )
        choices = places.choices(self.by, grids=False)
        area = self._area(request.GET.get("area"), choices)
        found = board.overview(self.by, area=area, at=self.at)
        address = reverse("desk:matters")
        return self.show(
            area=area,
            area_choices=choices,
            tiles=list(_tiles(found, address)),
            bar=_bar(found, address),
            parts=[_part(part, address) for part in found.parts],
            parts_word=_("Town") if area.level == Level.DISTRICT else _("Village"),
        )

    def _area(self, wanted, choices):
        """The place asked for, if the person's posts cover it; else the widest of their own."""
        if wanted in dict(choices):
            return Area.objects.current().get(code=wanted)
        return places.own(self.by)[0]


def _names(roles):
    return [role.label for role in roles]


def _tiles(found, address):
    figures = [
        (_("Open matters"), found.open, ""),
        (_("Due today"), found.due_today, "soon"),
        (_("Overdue"), found.overdue, "late"),
        (_("Handed up to the town"), found.escalated[Level.TOWN], "escalated"),
        (_("Handed up to the district"), found.escalated[Level.DISTRICT], "escalated"),
    ]
    for label, figure, state in figures:
        yield {"label": label, "state": state, "as_of": found.at, **_linked(figure, address)}


def _linked(figure, address):
    return {"number": figure.value, "how": figure.how, "href": f"{address}?{figure.query}"}


def _bar(found, address):
    rows = [
        {
            "label": step.status.label,
            "href": f"{address}?{step.total.query}",
            "segments": [
                {"state": state, "count": figure.value, "href": f"{address}?{figure.query}"}
                for state, figure in step.states.items()
            ],
        }
        for step in found.steps
    ]
    hows = "; ".join(f"{figure.how}" for figure in found.steps[0].states.values()) if found.steps else ""
    return {"id": "steps", "title": _("At which step does it stand?"), "rows": rows, "how": hows}


def _part(part, address):
    names = ("open", "due_today", "overdue", "escalated")
    return {
        "name": _("%(area)s, part not known") % {"area": part.area} if part.is_rest else part.area.name,
        "cells": [_linked(getattr(part, name), address) for name in names],
    }
