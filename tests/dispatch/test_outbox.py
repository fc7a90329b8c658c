"""Who is told, when it leaves the house, and that it leaves once."""

import email
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from dispatch import handling, laddering, leases, limits, outbox
from dispatch.channels.email import Email
from dispatch.models import Endpoint, Notice, Outbox
from organization import clock
from organization.models import Person, Post
from tests.dispatch.processes import in_child, wait
from tests.dispatch.walking import climb, lead, walk
from tests.town import at

pytestmark = pytest.mark.django_db


def told(town, node, *roles, when=None):
    """{role: (usernames, roles passed over)} of telling these roles of a node."""
    answers = outbox.tell(node.matter, [(node, roles)], "remind", limits.timing(when or town.now))
    found = {}
    for each in answers:
        people, skipped = found.get(each["role"], (set(), []))
        found[each["role"]] = (
            people | {Person.objects.get(pk=each["person"]).username},
            [who["role"] for who in each.get("skipped", skipped)],
        )
    return found


def nobody(*posts):
    Post.objects.filter(pk__in=[post.pk for post in posts]).update(valid_to="2026-06-14")


def post_of(town, who):
    return Post.objects.get(person=getattr(town, who))


def test_the_holder_is_who_was_given_it_else_the_units_handlers(town):
    node = lead(town.report("ZZ01"))
    assert told(town, node, "holder") == {"holder": ({"village_handler"}, [])}
    handling.assign(node.pk, assignee=town.village_head, by=town.actor("village_head"), at=town.now)
    assert told(town, lead(node.matter), "holder") == {"holder": ({"village_head"}, [])}


def test_without_a_handler_the_head_is_told_and_whom_that_passed_over_is_written(town):
    node = lead(town.report("ZZ01"))
    nobody(post_of(town, "village_handler"))
    assert told(town, node, "holder") == {"holder": ({"village_head"}, ["holder"])}


def test_without_anybody_the_level_above_is_told(town):
    node = lead(town.report("ZZ01"))
    nobody(post_of(town, "village_handler"), post_of(town, "village_head"))
    desk = {"desk", "sensitive_desk"}
    assert told(town, node, "holder", "head") == {
        "holder": (desk, ["holder", "head"]),
        "head": (desk, ["head"]),
    }


def test_who_has_left_is_told_nothing(town):
    node = lead(town.report("ZZ01"))
    Person.objects.filter(pk=town.village_handler.pk).update(is_active=False)
    assert told(town, node, "holder") == {"holder": ({"village_head"}, ["holder"])}


def test_above_is_the_command_room_of_the_next_level_and_room_that_of_its_own(town):
    part = town.report("ZZ07").nodes.get(part="assisting")
    assert told(town, part, "above")["above"][0] == {"district_desk", "district_head"}
    assert told(town, part, "room")["room"][0] == {"desk", "sensitive_desk"}


def test_supervisors_of_the_place_are_told_of_a_supervision_order(town):
    node = lead(town.report("JG06"))
    assert told(town, node, "supervisor")["supervisor"][0] == {"town_supervisor", "district_supervisor"}


def test_no_supervisor_and_no_ordinary_desk_is_told_of_a_sensitive_matter(town):
    node = lead(town.report("ZZ18", by="police_handler"))
    assert told(town, node, "supervisor") == {}
    committee = node.matter.nodes.get(department=town.committee)
    assert told(town, committee, "above")["above"][0] == {"sensitive_desk"}


def test_a_head_of_a_command_room_learns_of_a_sensitive_matter_only_as_the_named_desk(town):
    matter = town.report("ZZ18", by="police_handler")
    climb(matter.nodes.get(department=town.committee))  # to the town's room
    node = matter.nodes.running().get(department=town.room)
    assert told(town, node, "holder", "head") == {
        "holder": ({"sensitive_desk"}, ["holder"]), "head": ({"sensitive_desk"}, []),
    }  # fmt: skip
    Post.objects.filter(person=town.sensitive_desk).update(sensitive_desk=False)
    assert told(town, node, "holder", "head") == {}


def test_a_rung_keeps_who_was_told_and_each_has_one_notice(town):
    matter = town.report("ZZ01")
    node = lead(matter)
    walk(node.due_at)
    warned = node.rungs.get(action="warn")
    assert {each["role"] for each in warned.tells} == set(laddering.TELLS["warn"])
    notices = Notice.objects.filter(node=node, kind="warn").values_list("person__username", flat=True)
    assert sorted(notices) == ["village_handler", "village_head"]


def test_who_holds_and_heads_is_told_once(town):
    node = lead(town.report("ZZ01"))
    nobody(post_of(town, "village_handler"))
    Notice.objects.all().delete()
    told(town, node, "holder", "head")
    assert Notice.objects.filter(kind="remind").count() == 1


def test_an_ordinary_message_waits_for_office_hours_and_an_emergency_does_not(town):
    night = at("2026-06-18 23:00")  # a Thursday; Friday to Sunday are days off
    ordinary = town.report("ZZ01", at=night)
    emergency = town.report("ZZ13", at=night)
    assert set(Outbox.objects.filter(matter=ordinary).values_list("send_after", flat=True)) == {
        at("2026-06-22 08:30")
    }
    assert set(Outbox.objects.filter(matter=emergency).values_list("send_after", flat=True)) == {night}
    assert Notice.objects.filter(matter=ordinary, at=night).exists(), "in the platform it stands at once"

    assert outbox.relay(at=night) == Outbox.objects.filter(matter=emergency).count()
    assert {row.medium for row in Outbox.objects.filter(matter=emergency)} == {"email", "sms"}
    assert all(ordinary.number not in message.subject for message in mail.outbox)


def one_message(town):
    matter = town.report("ZZ01")
    row = Outbox.objects.filter(matter=matter, recipient=town.village_head).get()
    Outbox.objects.exclude(pk=row.pk).delete()
    return row


def test_a_message_says_number_unit_and_due_and_nothing_of_the_resident(town):
    matter = town.report("ZZ01", text="楼上漏水到我家", reporter_name="王建军", reporter_phone="14100001034")
    outbox.relay(at=town.now)
    message = next(each for each in mail.outbox if each.to == [town.village_head.email])
    assert matter.number in message.subject
    assert town.committee.name in message.body
    assert "2026-06-23 17:30" in message.body
    for word in ("王建军", "14100001034", "漏水"):
        assert word not in message.subject + message.body


def test_somebody_without_an_address_has_the_notice_only(town):
    Person.objects.filter(pk=town.village_head.pk).update(email="")
    matter = town.report("ZZ01")
    assert not Outbox.objects.filter(matter=matter, recipient=town.village_head).exists()
    assert Notice.objects.filter(matter=matter, person=town.village_head).exists()


def test_a_message_is_sent_once_under_its_stable_id(town):
    row = one_message(town)
    assert outbox.relay(at=town.now) == 1
    assert outbox.relay(at=town.now) == 0
    [message] = mail.outbox
    assert message.message()["Message-ID"] == f"<{row.message_id}@govflow>"
    row.refresh_from_db()
    assert (row.state, row.attempts, row.lease, row.error) == ("sent", 1, None, "")
    assert row.said == message.body


def fails_with(monkeypatch, words):
    def send(self, *args, **kwargs):
        seen.append(self.extra_headers["Message-ID"])
        raise OSError(words)

    seen = []
    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)
    return seen


def test_a_failed_message_keeps_its_id_and_is_tried_again_later_and_later(town, monkeypatch):
    row = one_message(town)
    seen = fails_with(monkeypatch, "mail server away")
    waits = []
    for _ in range(3):
        assert outbox.relay(at=town.now) == 0
        row.refresh_from_db()
        waits.append(round((row.retry_at - clock.real_now()).total_seconds(), -1))
        assert outbox.relay(at=town.now) == 0, "not before its time"
        Outbox.objects.update(retry_at=clock.real_now())
        Endpoint.objects.update(closed_until=None)
    assert waits == [10, 20, 40]
    assert seen == [f"<{row.message_id}@govflow>"] * 3
    assert (row.state, row.error, row.lease) == ("ready", "mail server away", None)


def test_after_eight_tries_a_message_is_undeliverable_and_says_why(town, monkeypatch):
    row = one_message(town)
    Outbox.objects.update(attempts=7)
    fails_with(monkeypatch, "no such mailbox")
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.attempts, row.error) == ("dead", 8, "no such mailbox")
    assert outbox.relay(at=town.now) == 0


def mail_that(monkeypatch, first):
    """The mail channel, with `first(message)` called before it sends."""
    honest = Email.send

    def send(self, message):
        first(message)
        return honest(self, message)

    monkeypatch.setattr(Email, "send", send)


def test_one_bad_message_does_not_stop_the_others(town, monkeypatch):
    def bad(message):
        if message.to == town.village_head.email:
            raise RuntimeError("bad")

    town.report("ZZ01")
    mail_that(monkeypatch, bad)
    assert outbox.relay(at=town.now) == Outbox.objects.count() - 1


def test_who_may_no_longer_know_gets_no_message(town):
    row = one_message(town)
    nobody(post_of(town, "village_head"))
    assert outbox.relay(at=town.now) == 0
    row.refresh_from_db()
    assert (mail.outbox, row.state, row.error) == ([], "dropped", "no longer allowed to know")


def test_who_has_left_gets_no_message(town):
    one_message(town)
    Person.objects.filter(pk=town.village_head.pk).update(is_active=False)
    assert outbox.relay(at=town.now) == 0
    assert mail.outbox == []


def test_a_row_under_lease_is_left_alone_until_the_lease_runs_out(town):
    one_message(town)
    with transaction.atomic():
        claimed = leases.claim("email", town.now, 50)
    assert len(claimed) == 1
    assert outbox.relay(at=town.now) == 0
    Outbox.objects.update(lease_until=clock.real_now() - timedelta(seconds=1))
    assert outbox.relay(at=town.now) == 1


def test_a_sleeper_that_wakes_late_cannot_overwrite_what_another_did(town, monkeypatch):
    row, slept = one_message(town), []

    def sleeps(message):
        if not slept:
            slept.append(message)
            Outbox.objects.update(lease_until=clock.real_now() - timedelta(seconds=1))
            assert outbox.relay(at=town.now) == 1, "another relay takes it over and sends it"
            raise OSError("the sleeper wakes and fails")

    mail_that(monkeypatch, sleeps)
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.error, row.attempts) == ("sent", "", 2)


def test_the_same_cause_makes_one_message(town):
    node = lead(town.report("ZZ01"))
    before = Outbox.objects.count()
    outbox.tell(node.matter, [(node, ("holder", "head"))], "opened", limits.timing(town.now))
    assert Outbox.objects.count() == before
    row = Outbox.objects.first()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


@pytest.mark.django_db(transaction=True)
def test_two_relays_at_once_send_each_message_once(town, settings, tmp_path):
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(tmp_path / "mails")
    for _ in range(4):
        town.report("ZZ07")

    def relay_all():
        while outbox.relay(at=town.now, limit=2):
            pass

    assert wait(in_child(relay_all), in_child(relay_all)) == [0, 0]
    sent = [
        email.message_from_bytes(part)["Message-ID"]
        for file in (tmp_path / "mails").iterdir()
        for part in file.read_bytes().split(b"-" * 79 + b"\n")
        if part.strip()
    ]
    carried = set(Outbox.objects.values_list("batch", flat=True))
    assert sorted(sent) == sorted(f"<{batch}@govflow>" for batch in carried)
    assert set(Outbox.objects.values_list("state", "attempts")) == {("sent", 1)}
