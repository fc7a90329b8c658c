"""What happens next with a report, and by when."""

from django.utils.translation import gettext as _

from desk.templatetags.govflow import moment
from dispatch.choices import NodeKind
from matters.choices import Status


def next_steps(matter, nodes, at):
    """Sentences in the order of time."""
    if matter.status == Status.CLOSED:
        return [_("Closed: handled on the spot. A sample of these is verified.")]
    lead = next((node for node in nodes if node.is_running and node.is_lead), None)
    if lead is None:
        return []
    unit = lead.department.name
    if lead.kind == NodeKind.TRIAGE:
        lines = [
            _("%(unit)s takes it in and dispatches it by %(due)s.")
            % {"unit": unit, "due": moment(lead.due_at, at)}
        ]
    else:
        lines = _handled(lead, unit, at)
    if matter.promise_at:
        lines.append(_("The reporter has an answer by %(due)s.") % {"due": moment(matter.promise_at, at)})
    return [*lines, _("If time runs out, it goes up to the next level by itself.")]


def _handled(lead, unit, at):
    lines = [_("It went to %(unit)s.") % {"unit": unit}]
    if lead.sign_due_at and lead.signed_at is None:
        lines.append(_("They sign for it by %(due)s.") % {"due": moment(lead.sign_due_at, at)})
    return [*lines, _("It is to be done by %(due)s.") % {"due": moment(lead.due_at, at)}]
