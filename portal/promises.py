"""What the reporter is told of time: by when they are answered, and what happens by itself if they are not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from dispatch import ladders
from dispatch.choices import Action
from dispatch.models import Node
from matters.choices import Status
from matters.models import Matter, Reporter
from organization.choices import Level
from organization.clock import ZONE


def receipt(matter: Matter, absolute: Callable[[str], str]) -> dict[str, Any]:
    """The page after a report: number, what comes next and by when, the private link."""
    link = absolute(reverse("portal:track", args=[matter.token]))
    following = [first_step(matter)]
    if matter.promise_at:
        following.append(_("You are answered by %(at)s.") % {"at": moment(matter.promise_at)})
    following.append(_("When it is done you are asked whether it is solved."))
    return {
        "title": _("Your report arrived"),
        "number": matter.number,
        "next": following,
        "note": _keep_it(matter),
        "link": link,
        "actions": [
            {"href": link, "label": _("See the progress")},
            {"href": reverse("portal:report"), "label": _("Report another thing")},
        ],
    }


def promise(matter: Matter, at: datetime) -> str:
    if not matter.is_open or matter.status == Status.CALLBACK:
        return ""
    if matter.promise_at is None:
        return first_step(matter)
    if matter.promise_at < at:
        late = _("You were to be answered by %(at)s. It is late, and stays open until it is settled.")
        return late % {"at": moment(matter.promise_at)}
    return _("You are answered by %(at)s.") % {"at": moment(matter.promise_at)}


def when_time_runs_out(matter: Matter, lead: Node | None) -> str:
    """What happens by itself when the time runs out, in one sentence."""
    if lead is None or matter.status == Status.CALLBACK:
        return ""
    if matter.escalated_level:
        told = _("Time had run out: it was handed up to the %(level)s.") % {
            "level": Level(matter.escalated_level).label
        }
    else:
        told = ""
    action = ladders.at_the_end(lead)
    if action == Action.ESCALATE:
        warned = _("If time runs out, it is handed up to the %(level)s by itself.") % {
            "level": Level(lead.level).above.label
        }
    else:
        warned = _("If time runs out, the district supervises it by itself.") if action else ""
    return " ".join(filter(None, [told, warned]))


def holder(matter: Matter) -> str:
    """Which unit has it now; in the tray that is said by the promise."""
    if matter.status in (Status.DISPATCHED, Status.VERIFYING) and matter.responsible:
        return _("It is now with %(unit)s.") % {"unit": matter.responsible}
    return ""


def moment(at: datetime) -> str:
    return at.astimezone(ZONE).strftime("%m-%d %H:%M")


def first_step(matter: Matter) -> str:
    if matter.status == Status.REPORTED and matter.due_at:
        return _("%(unit)s decides by %(at)s who handles it.") % {
            "unit": matter.responsible, "at": moment(matter.due_at),
        }  # fmt: skip
    if matter.responsible:
        return _("It is now with %(unit)s.") % {"unit": matter.responsible}
    return _("A person reads it and hands it to the unit in charge.")


def _keep_it(matter: Matter) -> str:
    reporter: Reporter | None = getattr(matter, "reporter", None)
    if reporter and reporter.phone and not matter.sensitive:
        return _(
            "Keep the link, or the number: with the last four digits of your phone it shows the progress."
        )
    return _("Keep the link: it is the only way to the progress of this report.")
