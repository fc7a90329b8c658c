"""C14: a step that cannot ring never stops the rest, is never given up, and a person hears of it."""

from datetime import timedelta

import pytest
from django.core import mail

from dispatch import effects, escalation, limits, outbox, stuck
from dispatch.models import Node, Outbox, Rung
from organization import clock
from tests.dispatch.test_sweep_survives import REMINDING, many
from tests.dispatch.walking import lead
from tests.town import at

pytestmark = pytest.mark.django_db(transaction=True)


class Poison:
    """While `bad` holds a step's key, its effect raises."""

    def __init__(self, monkeypatch, node):
        self.bad, honest = node.pk, effects.take

        def take(matter, node, *rest):
            if node.pk == self.bad:
                raise RuntimeError("bad data")
            return honest(matter, node, *rest)

        monkeypatch.setattr(effects, "take", take)


def again(node):
    """Its next try, without waiting."""
    Node.objects.filter(pk=node.pk).update(retry_at=None)
    escalation.sweep(at=REMINDING)
    node.refresh_from_db()


def fail(node, times):
    for _ in range(times):
        again(node)


def poisoned_among(town, monkeypatch, count):
    matters = many(town, count)
    node = lead(matters[count // 2])
    poison = Poison(monkeypatch, node)
    while escalation.sweep(at=REMINDING):
        pass
    assert Rung.objects.count() == count - 1, "all others rang"
    Node.objects.filter(pk=node.pk).update(failures=7)
    again(node)
    assert (node.failures, node.rung, node.next_alarm_at) == (8, 0, REMINDING)
    assert node.trouble == "RuntimeError: bad data"
    poison.bad = None
    again(node)
    assert (node.failures, node.rung) == (0, 1), "it rings as soon as its cause is gone"
    assert not stuck.steps().exists()


def test_one_poisoned_step_among_two_hundred(town, monkeypatch):
    poisoned_among(town, monkeypatch, 200)


@pytest.mark.long
def test_one_poisoned_step_among_a_thousand(town, monkeypatch):
    poisoned_among(town, monkeypatch, 1000)


@pytest.fixture
def node(town, monkeypatch):
    [matter] = many(town, 1)
    node = lead(matter)
    node.poison = Poison(monkeypatch, node)
    return node


def test_it_waits_longer_each_time_but_never_more_than_ten_minutes(node):
    waits = []
    for _ in range(12):
        again(node)
        waits.append(round((node.retry_at - clock.real_now()).total_seconds() / 10))
    assert waits[0] == 0 and waits == sorted(waits)
    assert waits[-1] == waits[-2] == 60, "ten minutes"


def test_at_the_eighth_failure_every_administrator_is_written_to_once(town, node):
    fail(node, 7)
    assert not Outbox.objects.filter(kind="stuck").exists()
    fail(node, 5)
    pages = Outbox.objects.filter(kind="stuck")
    assert {(page.medium, page.recipient) for page in pages} == {
        ("email", town.administrator),
        ("sms", town.administrator),
    }
    assert {page.send_after for page in pages} == {REMINDING}, "day and night"


def test_the_page_names_a_step_and_nothing_of_the_matter(town, node):
    fail(node, 8)
    while outbox.relay(at=REMINDING):
        pass
    [letter] = [each for each in mail.outbox if each.to == [town.administrator.email]]
    assert node.matter.number in letter.subject
    assert node.matter.title not in letter.body and node.matter.text not in letter.body


def test_nobody_is_woken_for_what_rings_again(town, node):
    fail(node, 8)
    node.poison.bad = None
    again(node)
    while outbox.relay(at=REMINDING):
        pass
    assert set(Outbox.objects.filter(kind="stuck").values_list("state", flat=True)) == {"dropped"}


def test_whoever_is_no_longer_administrator_is_not_told(town, node):
    fail(node, 8)
    town.administrator.posts.update(valid_to=at("2026-01-01 00:00").date())
    while outbox.relay(at=REMINDING):
        pass
    assert set(Outbox.objects.filter(kind="stuck").values_list("state", flat=True)) == {"dropped"}


def test_a_step_whose_telling_fails_is_still_tried(town, node, monkeypatch):
    def broken(*_args):
        raise RuntimeError("no")

    monkeypatch.setattr(outbox, "page", broken)
    fail(node, 8)
    assert node.failures == 8 and node.retry_at


def test_a_person_can_let_it_try_again_now(node):
    assert not stuck.try_again(node.pk), "only what is stuck"
    fail(node, 8)
    assert escalation.sweep(at=REMINDING + timedelta(minutes=1)) == 0
    node.refresh_from_db()
    assert node.failures == 8, "it waited"
    node.poison.bad = None
    assert stuck.try_again(node.pk)
    assert escalation.sweep(at=REMINDING + timedelta(minutes=1)) == 1
    assert limits.timing(REMINDING)
