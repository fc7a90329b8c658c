"""The words of a message: number, what happened, by when. No contact and no text of the resident."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dispatch import ladders
from dispatch.choices import Action, Medium
from dispatch.models import Node, Outbox
from organization.clock import ZONE

MOST_LINES = 20
PLATFORM = "GovFlow"


def happened(kind: str, node: Node | None) -> str:
    """One phrase for the kind of notice: an action of the ladder, or the opening of a step."""
    known = {
        "opened": _("A matter is waiting for your unit"),
        "squeezed": _("A step was left too little time by the promise"),
        "ring": _("Emergency: answer it and act now"),
        "look": _("Look at it now: an emergency, or can it wait for the working day?"),
        "moved": _("A deadline moved"),
        "stuck": _("The platform cannot ring a step; open the system page"),
        "returned": _("An assisting unit sent its part back"),
        "breaker": _("The platform holds rungs back and needs a decision"),
    }
    if kind in known:
        return known[kind]
    return str(ladders.label(kind, node.kind if node else "")) if kind in Action else _("News of a matter")


def rendered(rows: Sequence[Outbox]) -> tuple[str, str]:
    """(title, text) of one message about these rows, in the form of their medium."""
    if len(rows) > 1:
        return _digest(rows)
    if rows[0].matter is None:
        return _of_the_platform(rows[0])
    return _letter(rows[0]) if rows[0].medium == Medium.EMAIL else _short(rows[0])


def _of_the_platform(row: Outbox) -> tuple[str, str]:
    what = happened(row.kind, None)
    when = row.at.astimezone(ZONE).strftime("%m-%d %H:%M")
    words = _("%(what)s, since %(when)s. Log in and open the system check.")
    return f"[{PLATFORM}] {what}", words % {"what": what, "when": when}


def _letter(row: Outbox) -> tuple[str, str]:
    what = happened(row.kind, row.node)
    subject = _("[GovFlow] %(number)s: %(what)s") % {"number": row.number, "what": what}
    lines = [what, _("Matter: %(number)s") % {"number": row.number}]
    if row.node:
        lines += [
            _("Unit: %(unit)s") % {"unit": row.node.department},
            _("Due: %(due)s") % {"due": _due(row.node, "%Y-%m-%d %H:%M")},
        ]
    lines.append(_("Open it in the platform; this message cannot be answered."))
    return subject, "\n".join(lines)


def _short(row: Outbox) -> tuple[str, str]:
    """For a small screen or a voice: one sentence, the number last so that it can be heard twice."""
    what = happened(row.kind, row.node)
    if row.node is None:
        return what, _("%(what)s. Matter %(number)s.") % {"what": what, "number": row.number}
    words = _("%(what)s. %(unit)s, due %(due)s. Matter %(number)s.")
    values = {"what": what, "unit": row.node.department, "number": row.number}
    return what, words % {**values, "due": _due(row.node, "%m-%d %H:%M")}


def _digest(rows: Sequence[Outbox]) -> tuple[str, str]:
    """Several things in one message, the latest first."""
    count = ngettext("%(n)d notice", "%(n)d notices", len(rows)) % {"n": len(rows)}
    subject = f"[{PLATFORM}] {count}"
    lines = [count]
    for row in sorted(rows, key=lambda row: row.pk, reverse=True)[:MOST_LINES]:
        due = " · " + _("Due: %(due)s") % {"due": _due(row.node, "%m-%d %H:%M")} if row.node else ""
        lines.append(f"· {row.number}: {happened(row.kind, row.node)}{due}")
    if len(rows) > MOST_LINES:
        lines.append(_("and %(n)d more, all of them in the platform") % {"n": len(rows) - MOST_LINES})
    lines.append(_("Open it in the platform; this message cannot be answered."))
    return subject, "\n".join(lines)


def _due(node: Node, form: str) -> str:
    return node.due_at.astimezone(ZONE).strftime(form)
