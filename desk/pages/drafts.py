"""What whoever keeps the list sees: what is in draft, and what is wrong with the list in force."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from desk.pages.line_words import Names, compared
from dispatch import drafting, faults, policies
from dispatch.choices import LineState
from dispatch.models import Responsibility
from organization import clock

FAULTS = {
    faults.GAP: _("Nobody answers"),
    faults.CLOSED: _("The lead has closed"),
    faults.FORBIDDEN: _("The list forbids the lead"),
    faults.NO_LEAD: _("No lead is named"),
    faults.NO_UNIT: _("No such unit there"),
}


def in_draft():
    """Drafts with their people and places, the newest first."""
    lines = Responsibility.objects.in_draft().select_related("category", "area", "drafted_by", "reviewed_by")
    return list(lines.order_by("-drafted_at", "-pk"))


def wrong(at):
    """[{title, rows [{what, href}]}]: the faults of the list in force, each with the page that mends it."""
    groups = {}
    for fault in faults.of_list(on=clock.day_of(at)):
        groups.setdefault(fault.kind, []).append({"what": fault.what, "href": _mend(fault)})
    return [{"title": FAULTS[kind], "rows": groups[kind]} for kind in FAULTS if kind in groups]


def of(line, by, at):
    """One draft: the words that differ from the line in force, and what the person may do with it now."""
    before = drafting.current(line.category, line.area, on=clock.day_of(at))
    keeps = policies.may_draft(by)
    return {
        "line": line,
        "before": before,
        "words": compared(before, line, Names()),
        "faults": faults.of_line(line, on=clock.day_of(at)),
        "may_change": keeps,
        "may_review": line.state == LineState.DRAFT and policies.may_review(line, by),
        "may_publish": line.state == LineState.REVIEWED and keeps,
    }


def start(params, at):
    """The line a new draft begins with: the one named by `line`, or the one in force for `category` and `area`."""
    lines = Responsibility.objects.in_force(clock.day_of(at)).select_related("category", "area")
    return lines.filter(code=params["line"]).first() if "line" in params else None


def _mend(fault):
    facts = (
        {"line": fault.line.code} if fault.line else {"category": fault.category.pk, "area": fault.area.pk}
    )
    if fault.kind == faults.NO_UNIT:
        facts = {"category": fault.category.pk, "area": fault.area.pk}
    return f"{reverse('desk:draft_new')}?{urlencode(facts)}"
