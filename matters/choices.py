"""The fixed words of a matter."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(TextChoices):
    REPORTED = "reported", pgettext_lazy("status", "Reported")
    DISPATCHED = "dispatched", _("In hand")
    VERIFYING = "verifying", _("Being verified")
    CALLBACK = "callback", _("Awaiting rating")
    CLOSED = "closed", _("Closed")
    DECLINED = "declined", _("Declined")
    MERGED = "merged", _("Merged")
    VOIDED = "voided", _("Voided")


OPEN = (Status.REPORTED, Status.DISPATCHED, Status.VERIFYING, Status.CALLBACK)


class Urgency(TextChoices):
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
    EMERGENCY = "emergency", _("Emergency")


class Route(TextChoices):
    """What becomes of a report of the category."""

    ORDINARY = "ordinary", _("Dispatched by the list")
    EMERGENCY_CALL = "emergency_call", _("Call 110, 119 or 120; the tray gets it as an emergency")
    DECLINE = "decline", _("Tray, with declining proposed")


class Part(TextChoices):
    LEAD = "lead", _("Lead")
    ASSISTING = "assisting", _("Assisting")


class Solved(TextChoices):
    YES = "yes", _("Solved")
    PARTLY = "partly", _("Partly solved")
    NO = "no", _("Not solved")


class Grade(IntegerChoices):
    """The five national grades of good and bad ratings; 5 is best."""

    VERY_SATISFIED = 5, _("Very satisfied")
    SATISFIED = 4, _("Satisfied")
    FAIR = 3, _("Fairly satisfied")
    DISSATISFIED = 2, _("Dissatisfied")
    VERY_DISSATISFIED = 1, _("Very dissatisfied")


class Ending(TextChoices):
    """How a matter came to be closed."""

    ON_THE_SPOT = "on_the_spot", _("Handled on the spot")
    RATED = "rated", _("Rated by the reporter")
    UNANSWERED = "unanswered", _("No answer from the reporter")
    SETTLED = "settled", _("Settled after a call")


class Kind(TextChoices):
    """Entries of the timeline: past tense, one for each verb or rung."""

    REPORTED = "reported", _("Reported")
    ACCEPTED = "accepted", _("Accepted")
    DISPATCHED = "dispatched", _("Dispatched")
    TRAYED = "trayed", _("Laid in the tray")
    CORRECTED = "corrected", _("Corrected")
    SIGNED = "signed", _("Signed for")
    ASSIGNED = "assigned", _("Assigned")
    CONTACTED = "contacted", _("Contacted the reporter")
    PROGRESSED = "progressed", _("Progress noted")
    HANDED_IN = "handed_in", _("Handed in")
    SENT_BACK = "sent_back", _("Sent back")
    SIGN_MISSED = "sign_missed", _("Not signed in time")
    RESPONSE_MISSED = "response_missed", _("First response missed")
    RETURN_LAPSED = "return_lapsed", _("Return window closed")
    REMINDED = "reminded", _("Reminded")
    WARNED = "warned", _("Warned")
    PROMISE_NEAR = "promise_near", _("Promise near")
    PROMISE_MISSED = "promise_missed", _("Promise missed")
    STAGE_NEAR = "stage_near", _("Stage near")
    STAGE_MISSED = "stage_missed", _("Stage missed")
    ESCALATED = "escalated", _("Handed up")
    SUPERVISED = "supervised", _("Supervision order")
    URGED = "urged", _("Urged")
    SKIPPED = "skipped", _("Passed over")
    RECOGNISED = "recognised", _("Recognised as an emergency")
    RANG = "rang", _("Duty officer called")
    ACKNOWLEDGED = "acknowledged", _("Answered")
    LOOKED = "looked", _("Looked at by the duty officer")
    LOOK_MISSED = "look_missed", _("Not looked at in time")
    VERIFIED = "verified", _("Verified")
    REWORKED = "reworked", _("Sent for rework")
    CALLBACK_OPENED = "callback_opened", _("Rating asked")
    CALL_OPENED = "call_opened", _("Call to the reporter opened")
    RATED = "rated", _("Rated")
    REOPENED = "reopened", _("Reopened")
    DECLINED = "declined", _("Declined")
    CLOSED = "closed", _("Closed")
    COMMENTED = "commented", _("Comment")
    REVEALED = "revealed", _("Contact revealed")
    DEADLINE_MOVED = "deadline_moved", _("Deadline moved")
