"""Ordinary messages to one mailbox fold into one; emergencies never wait."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.models import F

from dispatch import leases, outbox
from dispatch.choices import SendState
from dispatch.models import Endpoint, Outbox, TimePolicy
from organization import clock
from organization.models import Post
from tests.dispatch.processes import in_child, wait
from tests.town import at

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


def to(person):
    return [message for message in mail.outbox if message.to == [person.email]]


def sent_to(town, who="village_head"):
    return to(getattr(town, who))


def test_what_waits_for_one_person_leaves_as_one_message_and_the_rest_of_the_half_hour_as_the_next(town):
    first, second = town.report("ZZ01"), town.report("ZZ01")
    outbox.relay(at=town.now)
    later = [town.report("ZZ01", at=town.now + n * MINUTE) for n in (5, 10, 15)]
    for n in range(0, 30, 3):
        outbox.relay(at=town.now + n * MINUTE)
    [message] = sent_to(town)
    assert first.number in message.body and second.number in message.body

    outbox.relay(at=town.now + 30 * MINUTE)
    digest = sent_to(town)[-1]
    assert [matter.number in digest.body for matter in later] == [True] * 3
    assert len(sent_to(town)) == 2
    assert not Outbox.objects.filter(state="ready", medium="email").exists()


def test_each_person_has_a_pause_of_their_own(town):
    town.report("ZZ01")
    outbox.relay(at=town.now)
    town.report("ZF11", at=town.now + MINUTE)
    outbox.relay(at=town.now + MINUTE)
    assert len(sent_to(town, "town_handler")) == 1


def test_the_pause_is_data_and_ends_in_office_hours(town):
    TimePolicy.objects.update(telling={"digest": "2H"})
    town.report("ZZ01")
    evening = at("2026-06-15 17:00")
    outbox.relay(at=evening)
    town.report("ZZ01", at=evening)
    outbox.relay(at=evening)
    assert set(Outbox.objects.filter(state="ready").values_list("send_after", flat=True)) == {
        at("2026-06-16 08:30")
    }


def test_no_hour_brings_one_person_more_than_three_ordinary_messages(town):
    for n in range(0, 61, 2):
        town.report("ZZ01", at=town.now + n * MINUTE)
        outbox.relay(at=town.now + n * MINUTE)
    assert len(sent_to(town)) == 3  # at 0, 30 and 60 minutes


def test_an_emergency_is_never_folded_and_never_waits(town):
    for n in range(3):
        town.report("ZZ13", at=town.now + n * MINUTE)
        outbox.relay(at=town.now + n * MINUTE)
    rows = Outbox.objects.filter(recipient=town.rescue_head)
    assert set(rows.values_list("state", "alone")) == {("sent", True)}
    assert len(sent_to(town, "rescue_head")) == 3


def test_after_a_days_outage_each_person_has_one_message(town):
    for n in range(12):
        town.report("ZZ01", at=town.now + n * MINUTE)
    while outbox.relay(at=town.now + timedelta(days=1), limit=2):
        pass
    addresses = [message.to[0] for message in mail.outbox]
    assert len(addresses) == len(set(addresses)) > 2
    assert not Outbox.objects.filter(state="ready").exists()


def test_a_long_digest_names_the_latest_and_counts_the_others(town, monkeypatch):
    monkeypatch.setattr("dispatch.messages.MOST_LINES", 2)
    matters = [town.report("ZZ01") for _ in range(5)]
    outbox.relay(at=town.now)
    [message] = sent_to(town)
    assert [matter.number in message.body for matter in matters] == [False] * 3 + [True] * 2
    assert "3" in message.body.splitlines()[-2]


def test_a_digest_that_failed_is_tried_again_with_the_same_id_and_the_same_matters(town, monkeypatch):
    first = [town.report("ZZ01") for _ in range(2)]
    seen = []

    def refuses(self, *_, **__):
        seen.append((self.extra_headers["Message-ID"], self.body))
        raise OSError("away")

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuses)
    outbox.relay(at=town.now, medium="email")
    joined = town.report("ZZ01")
    Outbox.objects.update(retry_at=clock.real_now())
    Endpoint.objects.all().delete()
    outbox.relay(at=town.now + MINUTE, medium="email")
    mine = [each for each in seen if first[0].number in each[1] and first[1].number in each[1]]
    assert len(mine) >= 2
    assert len({(key, body) for key, body in seen}) * 2 == len(seen), (
        "every message was tried twice, word for word"
    )
    assert all(joined.number not in body for _, body in seen)


def test_what_the_reader_may_no_longer_know_leaves_the_digest_and_the_rest_goes(town):
    kept, hidden = town.report("ZZ01"), town.report("ZZ01")
    type(hidden).objects.filter(pk=hidden.pk).update(about_department=town.committee)
    outbox.relay(at=town.now)
    [message] = sent_to(town)
    assert kept.number in message.subject and hidden.number not in message.body
    row = Outbox.objects.get(matter=hidden, recipient=town.village_head)
    assert (row.state, row.error) == ("dropped", "no longer allowed to know")


def test_the_others_of_a_digest_go_on_when_the_one_that_carries_it_is_refused(town, monkeypatch):
    hidden, kept = town.report("ZZ01"), town.report("ZZ01")
    type(hidden).objects.filter(pk=hidden.pk).update(about_department=town.committee)
    rows = Outbox.objects.filter(recipient=town.village_head)
    with monkeypatch.context() as away:
        away.setattr("django.core.mail.EmailMessage.send", lambda *_, **__: 1 / 0)
        outbox.relay(at=town.now, medium="email")
    assert set(rows.values_list("state", flat=True)) == {"ready"}, "nothing ends before the message has left"
    Outbox.objects.update(retry_at=None)
    outbox.relay(at=town.now, medium="email")
    assert {row.matter_id: row.state for row in rows} == {hidden.pk: "dropped", kept.pk: "sent"}


def test_what_was_done_meanwhile_is_not_asked_for(town):
    matter = town.report("ZZ01")
    matter.nodes.update(status="stopped", next_alarm_at=None)
    outbox.relay(at=town.now)
    assert mail.outbox == []
    assert set(Outbox.objects.values_list("state", "error")) == {("dropped", "no longer needed")}


def test_nobody_is_called_for_what_somebody_has_answered(town):
    matter = town.report("ZZ13")
    node = matter.nodes.get(part="lead")
    Outbox.objects.update(kind="ring", node=node)
    type(node).objects.filter(pk=node.pk).update(acknowledged_at=town.now)
    outbox.relay(at=town.now)
    assert set(Outbox.objects.values_list("state", "error")) == {("dropped", "no longer needed")}


def test_a_lease_held_by_another_holds_the_whole_digest(town):
    town.report("ZZ01")
    town.report("ZZ01")
    claimed = leases.claim("email", town.now, 50)
    assert {len(batch.rows) for batch in claimed} == {2}
    assert leases.claim("email", town.now, 50) == []
    leases.give_back(claimed)
    assert set(Outbox.objects.values_list("lease", "attempts")) == {(None, 0)}
    again = leases.claim("email", town.now, 50)
    assert {batch.first.outer_id for batch in again} == {batch.first.outer_id for batch in claimed}


def test_a_sleeper_that_wakes_while_another_sends_leaves_the_others_lease_alone(town):
    town.report("ZZ01")
    slept = leases.claim("email", town.now, 50)
    Outbox.objects.update(lease_until=clock.real_now() - MINUTE)
    holding = leases.claim("email", town.now, 50)
    for batch in slept:
        leases.try_again(batch, "the sleeper wakes and fails")
        leases.finish(batch.rows, batch.lease, SendState.SENT, sent_at=town.now)
    leases.give_back(slept)
    assert set(Outbox.objects.values_list("state", "lease", "error", "attempts")) == {
        ("ready", holding[0].lease, "", 2)
    }


@pytest.mark.django_db(transaction=True)
def test_a_digest_whose_carrier_another_relay_has_in_hand_is_not_taken_by_its_other_end(town):
    town.report("ZZ01")
    town.report("ZZ01")
    leases.give_back(leases.claim("email", town.now, 50))
    carriers = list(Outbox.objects.filter(batch=F("message_id")).values_list("pk", flat=True))
    held, done = threading.Event(), threading.Event()

    def hold():
        with transaction.atomic():
            list(Outbox.objects.filter(pk__in=carriers).select_for_update())
            held.set()
            done.wait(120)
        connection.close()

    other = threading.Thread(target=hold)
    other.start()
    try:
        assert held.wait(120)
        assert leases.claim("email", town.now, 50) == []
    finally:
        done.set()
        other.join()


@pytest.mark.django_db(transaction=True)
def test_many_relays_at_once_make_one_digest_for_each_person(town, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    for _ in range(6):
        town.report("ZZ01")
    Post.objects.filter(person=town.village_handler).update(valid_to="2026-06-14")

    def relay_all():
        for _ in range(500):
            outbox.relay(at=town.now, limit=1)
            if not Outbox.objects.filter(state="ready").exists():
                break

    assert wait(*[in_child(relay_all) for _ in range(4)]) == [0] * 4
    rows = Outbox.objects.filter(state="sent")
    assert not Outbox.objects.filter(state="ready").exists()
    for person in set(rows.values_list("recipient", flat=True)):
        assert rows.filter(recipient=person).values("batch").distinct().count() == 1
    assert set(rows.values_list("attempts", flat=True)) == {1}
