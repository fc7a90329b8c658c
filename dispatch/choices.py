"""The fixed words of who does it, by when."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ListKind(TextChoices):
    """The three lists of 2025 decide who may lead."""

    BASIC = "basic", _("Basic duty")
    ASSIST = "assist", _("Assisting duty")
    RECLAIMED = "reclaimed", _("Taken back by the level above")
    NOT_APPLICABLE = "not_applicable", _("Not on the lists")


class LineState(TextChoices):
    """A line answers only once it is published; before that two people have looked at it."""

    DRAFT = "draft", _("Draft")
    REVIEWED = "reviewed", _("Reviewed")
    PUBLISHED = "published", _("Published")


class NodeKind(TextChoices):
    TRIAGE = "triage", _("Accept and dispatch")
    HANDLE = "handle", _("Handle")
    VERIFY = "verify", _("Verify")
    CALLBACK = "callback", _("Rating")


#: On the level of these a matter sits; verifying and asking only look back at what was done.
WORKED = (NodeKind.TRIAGE, NodeKind.HANDLE)


class NodeStatus(TextChoices):
    WAITING = "waiting", _("Waiting")
    OPEN = "open", _("To be signed")
    SIGNED = "signed", _("In progress")
    HANDED_IN = "handed_in", _("Handed in")
    SENT_BACK = "sent_back", _("Sent back")
    ESCALATED = "escalated", _("Handed up")
    STOPPED = "stopped", _("Stopped")


RUNNING = (NodeStatus.OPEN, NodeStatus.SIGNED)

#: Failed firings after which a step counts as stuck and a person is told.
STUCK_AFTER = 8


class Action(TextChoices):
    """What a rung of the ladder does; the past form is the kind of its entry."""

    SIGN_MISSED = "sign_missed", _("Remind to sign")
    RESPONSE_MISSED = "response_missed", _("First response missed")
    RETURN_LAPSED = "return_lapsed", _("Return window closes")
    REMIND = "remind", _("Remind")
    WARN = "warn", _("Warn")
    ESCALATE = "escalate", _("Hand up")
    SUPERVISE = "supervise", _("Supervision order")
    URGE = "urge", _("Urge")
    LAPSE = "lapse", _("Close without an answer")
    PROMISE_NEAR = "promise_near", _("The promise is near")
    PROMISE_MISSED = "promise_missed", _("Promise missed")
    STAGE_NEAR = "stage_near", _("A stage is near")
    STAGE_MISSED = "stage_missed", _("Stage missed")
    RING = "ring", _("Ring until somebody answers")
    LOOK_MISSED = "look_missed", _("Nobody has looked")


#: Kinds of messages that call a person: by voice and SMS at once, day and night. Nothing else may use a voice.
CALLS = ("ring",)
#: Kinds that wait for no office hours although their matter may be an ordinary one.
AT_ONCE = (*CALLS, "look", "look_missed", "stuck")
#: Kinds that go to administrators, who see no matters: they name a step and nothing of it.
FOR_ADMINISTRATORS = ("stuck",)


class SpanKind(TextChoices):
    """What an interval of a clock was."""

    RUN = "run", _("Time runs")
    HOLD = "hold", _("Time is held")
    OUTAGE = "outage", _("The platform was away")
    EXTENSION = "extension", _("Time was added")
    GRACE = "grace", _("Time to catch up with a change")


#: What the promise and the stages of a step say: once for each promise and stage, on whichever step it falls.
OF_PROMISE = (Action.PROMISE_NEAR, Action.PROMISE_MISSED)
OF_STAGE = (Action.STAGE_NEAR, Action.STAGE_MISSED)
#: These ring beside the ladder: they neither pass over a rung nor are passed over.
ASIDE = (Action.RING, *OF_PROMISE, *OF_STAGE)
#: These ring again and again; every other action once.
REPEATED = (Action.URGE, *ASIDE)


class Lateness(TextChoices):
    """What made a rung fire after its moment. It is always the platform, never the unit."""

    OUTAGE = "outage", _("The platform was away")
    CATCHING_UP = "catching_up", _("Time to act after an outage")
    HELD = "held", _("Held by the breaker")
    FAILING = "failing", _("It failed and was tried again")


class BreakerState(TextChoices):
    CLOSED = "closed", _("Everything rings")
    HOLDING = "holding", _("What weighs is held")
    RELEASING = "releasing", _("Let go one a second")
    STOPPED = "stopped", _("Held until a person lets go")


class BreakerCause(TextChoices):
    MASS = "mass", _("Far more fell due at once than usual")
    FORWARD = "forward", _("The database's clock jumped ahead")
    BACKWARD = "backward", _("The database's clock jumped back")


class BreakerDeed(TextChoices):
    TRIPPED = "tripped", _("Began to hold")
    SLOWLY = "slowly", _("Lets go one a second")
    RELEASED = "released", _("Let go of everything")
    ABORTED = "aborted", _("Holds until a person lets go")
    CLOSED = "closed", _("Everything rings again")


class JobState(TextChoices):
    RUNNING = "running", _("Under way")
    DONE = "done", _("Finished")


class Reason(TextChoices):
    """Why a unit sends a matter back."""

    NOT_OURS = "not_ours", _("Not this unit's duty")
    NOT_OUR_AREA = "not_our_area", _("Not this unit's area")
    INCOMPLETE = "incomplete", _("Facts are missing")
    DUPLICATE = "duplicate", _("Already reported")
    HIGHER = "higher", _("For the level above")


class Decline(TextChoices):
    """Why a matter is not taken in."""

    NOT_GOVERNMENT = "not_government", _("Not a matter of government")
    COURT = "court", _("Before a court, in arbitration or review")
    UNLAWFUL = "unlawful", _("Asks for what the law forbids")
    NO_FACTS = "no_facts", _("No facts to act on")
    OTHER_WAY = "other_way", _("Another lawful way is laid down")


class Outcome(TextChoices):
    DISPATCHED = "dispatched", _("Dispatched")
    TRAY = "tray", _("Laid in the tray")


class TrayReason(TextChoices):
    """Why the platform did not dispatch by itself."""

    NO_CATEGORY = "no_category", _("No category was given")
    NO_LINE = "no_line", _("No line of the list answers for this category here")
    NO_UNIT = "no_unit", _("The unit the line names does not exist here")
    LIST_FORBIDS = "list_forbids", _("The list forbids this lead")
    RECUSED = "recused", _("The matter is about the unit that would lead")
    EMERGENCY_CALL = "emergency_call", _("Police, fire or ambulance must be called at once")
    DECLINE_PROPOSED = "decline_proposed", _("Declining is proposed")
    SENT_BACK = "sent_back", _("The unit sent it back")
    REOPENED = "reopened", _("Reopened")
    FAILED = "failed", _("Automatic dispatch failed")


class Medium(TextChoices):
    """How a message leaves the house."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    VOICE = "voice", _("Phone call")
    ROBOT = "robot", _("Group robot")


class SendState(TextChoices):
    READY = "ready", _("Ready")
    SENT = "sent", _("Sent")
    DROPPED = "dropped", _("Not sent on purpose")
    DEAD = "dead", _("Undeliverable")


class BodyFormat(TextChoices):
    """How a gateway wants to be written to."""

    JSON = "json", "JSON"
    FORM = "form", _("Form fields")


class Hold(TextChoices):
    """Why a relay sends nothing; see `copies`."""

    RESTORED = "restored", _("RESTORED is set: a person must release this copy first")
    NO_HOME = "no_home", _("The mark of this installation is missing or cannot be read")
    OTHER_HOME = "other_home", _("The database belongs to another installation")
    OTHER_DATABASE = "other_database", _("The database was loaded anew or moved to another server")
