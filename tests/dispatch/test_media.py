"""Which message leaves by which medium, and when: data, with defaults."""

import pytest

from dispatch import limits, media, outbox
from dispatch.models import Outbox, TimePolicy
from tests.dispatch.walking import lead
from tests.town import at

pytestmark = pytest.mark.django_db

NIGHT = at("2026-06-18 23:00")


def ways(town, kind, urgency):
    return set(media.of(kind, urgency, limits.timing(town.now).policy))


def test_ordinary_news_goes_by_mail_and_an_emergency_by_text_message(town):
    assert ways(town, "opened", "normal") == ways(town, "remind", "urgent") == {"email"}
    assert "sms" in ways(town, "opened", "emergency")
    assert "sms" in ways(town, "remind", "emergency")


def test_only_what_rings_calls_by_voice(town):
    assert ways(town, "ring", "emergency") == ways(town, "ring", "normal") == {"voice", "sms"}
    for kind in ("opened", "remind", "warn", "escalate", "supervise", "urge", "anything"):
        assert "voice" not in ways(town, kind, "emergency")


def test_what_rings_leaves_at_once_day_and_night_whatever_the_urgency(town):
    matter = town.report("ZZ01", at=NIGHT)
    outbox.tell(matter, [(lead(matter), ("holder",))], "ring", limits.timing(NIGHT))
    rings = Outbox.objects.filter(kind="ring")
    assert {(row.medium, row.send_after, row.alone) for row in rings} == {
        ("voice", NIGHT, True), ("sms", NIGHT, True),
    }  # fmt: skip


def test_a_policy_may_say_otherwise_for_a_kind_or_for_all(town):
    TimePolicy.objects.update(
        telling={"media": {"remind": {"normal": ["sms"]}, "*": {"normal": ["email"], "urgent": ["sms"]}}}
    )
    assert ways(town, "remind", "normal") == ways(town, "remind", "urgent") == {"sms"}
    assert ways(town, "sign_missed", "urgent") == {"sms"}
    assert ways(town, "sign_missed", "normal") == {"email"}
    assert ways(town, "ring", "emergency") == {"voice", "sms"}, "what it leaves out stays as it was"


@pytest.mark.parametrize("kind", ["email", "sms", "voice", "robot"])
def test_every_medium_has_its_channel(kind):
    from dispatch.channels import BY_MEDIUM

    assert BY_MEDIUM[kind].medium == kind
