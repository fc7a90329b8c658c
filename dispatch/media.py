"""Which messages leave by which medium: data of the time policy, with these defaults.

The most exact rule wins: the kind of message, else "*"; then the urgency, else "normal". In the platform itself
everybody is told at once of everything.
"""

from dispatch.choices import AT_ONCE, CALLS, Action, Medium
from dispatch.models import TimePolicy
from matters.choices import Urgency
from organization.calendar import Limit

DIGEST = "30M"

Rules = dict[str, dict[str, list[str]]]

_IN_THE_GROUP: dict[str, list[str]] = {
    Urgency.NORMAL: [Medium.EMAIL, Medium.ROBOT],
    Urgency.EMERGENCY: [Medium.SMS, Medium.ROBOT, Medium.EMAIL],
}
DEFAULTS: Rules = {
    "*": {Urgency.NORMAL: [Medium.EMAIL], Urgency.EMERGENCY: [Medium.SMS, Medium.EMAIL]},
    "opened": {Urgency.NORMAL: [Medium.EMAIL], Urgency.EMERGENCY: [Medium.SMS, Medium.ROBOT, Medium.EMAIL]},
    **{call: {Urgency.NORMAL: [Medium.VOICE, Medium.SMS]} for call in CALLS},
    "stuck": {Urgency.NORMAL: [Medium.SMS, Medium.EMAIL]},
    "look": {Urgency.NORMAL: [Medium.SMS, Medium.EMAIL]},
    Action.LOOK_MISSED: {Urgency.NORMAL: [Medium.SMS, Medium.EMAIL]},
    Action.WARN: _IN_THE_GROUP,
    Action.ESCALATE: _IN_THE_GROUP,
    Action.SUPERVISE: _IN_THE_GROUP,
}


def of(kind: str, urgency: str, policy: TimePolicy) -> list[str]:
    """The media of a kind of message about a matter of this urgency."""
    own: Rules = policy.telling.get("media", {})
    rule = own.get(kind) or DEFAULTS.get(kind) or own.get("*") or DEFAULTS["*"]
    return rule[urgency] if urgency in rule else rule["normal"]


def at_once(kind: str, urgency: str) -> bool:
    """Day and night; anything else waits for office hours."""
    return kind in AT_ONCE or urgency == Urgency.EMERGENCY


def alone(kind: str, urgency: str) -> bool:
    """Never folded into a digest: what runs in minutes cannot wait for half an hour to pass."""
    return kind in AT_ONCE or urgency != Urgency.NORMAL


def pause(policy: TimePolicy) -> Limit:
    """At most one ordinary message goes to one mailbox in this time."""
    return Limit.parse(policy.telling.get("digest", DIGEST))
