"""The words of a message: number, what happened, by when. No contact and no text of the resident."""

from django.utils.translation import gettext as _

from dispatch import ladders
from dispatch.models import Node, Outbox
from organization.clock import ZONE


def happened(kind: str, node: Node | None) -> str:
    """One phrase for the kind of notice: an action of the ladder, or the opening of a step."""
    if kind == "opened":
        return _("A matter is waiting for your unit")
    if kind == "squeezed":
        return _("A step was left too little time by the promise")
    if kind == "ring":
        return _("Emergency: answer it and act now")
    if kind == "look":
        return _("Look at it now: an emergency, or can it wait for the working day?")
    if kind == "returned":
        return _("An assisting unit sent its part back")
    return str(ladders.label(kind, node.kind if node else ""))


def email(row: Outbox) -> tuple[str, str]:
    """(subject, body) of an outbox row."""
    what = happened(row.kind, row.node)
    subject = _("[GovFlow] %(number)s: %(what)s") % {"number": row.matter.number, "what": what}
    lines = [what, _("Matter: %(number)s") % {"number": row.matter.number}]
    if row.node:
        due = row.node.due_at.astimezone(ZONE)
        lines += [
            _("Unit: %(unit)s") % {"unit": row.node.department},
            _("Due: %(due)s") % {"due": due.strftime("%Y-%m-%d %H:%M")},
        ]
    lines.append(_("Open it in the platform; this message cannot be answered."))
    return subject, "\n".join(lines)
