"""The administrators' page of outgoing messages, and sending again what could not be delivered."""

import pytest

from dispatch import copies, outbox, resending
from dispatch.choices import Hold
from dispatch.models import Endpoint, Home, Outbox, Release
from matters.refusals import NotAllowed
from organization.models import Person

ADDRESS = "/system/messages/"


@pytest.fixture
def dead(town, moment):
    """An emergency whose text messages nobody could deliver: there is no number on file."""
    Person.objects.update(phone="")
    matter = town.report(
        "ZZ13", text="地下室进水，王建军 14100001034", reporter_name="王建军", reporter_phone="14100001034"
    )
    outbox.relay(at=town.now)
    assert Outbox.objects.filter(state="dead").count() > 1
    Person.objects.update(phone="14100002000")
    return matter


def page(client, **params):
    return client.get(ADDRESS, params).content.decode()


def test_it_says_why_a_message_could_not_be_delivered_and_nothing_of_the_matter(sign_in, town, dead):
    shown = page(sign_in("administrator"))
    assert "No phone number on file" in shown
    assert town.rescue_head.name in shown
    for word in (dead.number, "王建军", "14100001034", "地下室", "14100002000"):
        assert word not in shown


@pytest.mark.parametrize("who", ["desk", "district_supervisor", "auditor", "village_head"])
def test_only_administrators_find_it(sign_in, dead, who):
    client = sign_in(who)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, {}).status_code == 404
    assert "/system/messages/" not in client.get("/me/").content.decode()


def test_whoever_has_not_signed_in_is_asked_to(client, town):
    assert client.get(ADDRESS)["Location"].startswith("/login/")


def test_a_filter_shows_another_state_and_medium(sign_in, town, dead):
    client = sign_in("administrator")
    assert "No message is in this state" in page(client, state="ready")
    assert town.rescue_head.name in page(client, state="sent", medium="email")
    assert "No message is in this state" in page(client, state="sent", medium="sms")
    assert "No phone number on file" in page(client, state="nonsense", medium="nonsense")


def test_one_message_goes_out_again_under_its_id(sign_in, town, dead):
    row = Outbox.objects.filter(state="dead").first()
    answer = sign_in("administrator").post(ADDRESS, {"message": row.pk}, follow=True)
    assert "1 message goes out again" in answer.content.decode()
    outbox.relay(at=town.now)
    before = row.outer_id
    row.refresh_from_db()
    assert (row.state, row.outer_id) == ("sent", before)
    assert Outbox.objects.filter(state="dead").exists(), "the others stay where they are"


def test_all_undeliverable_messages_go_out_again(sign_in, town, dead):
    count = Outbox.objects.filter(state="dead", medium="sms").count()
    answer = sign_in("administrator").post(ADDRESS, {"medium": "sms"}, follow=True)
    assert f"{count} messages go out again" in answer.content.decode()
    outbox.relay(at=town.now)
    assert not Outbox.objects.exclude(state="sent").exists()


def test_what_was_sent_or_dropped_is_not_sent_again(town, dead, moment):
    Outbox.objects.filter(state="dead").update(state="dropped")
    assert resending.send_again(by=town.actor("administrator"), at=town.now) == 0


def test_a_number_that_is_none_and_an_unknown_message_change_nothing(sign_in, dead):
    client = sign_in("administrator")
    assert client.post(ADDRESS, {"message": "x"}).status_code == 404
    client.post(ADDRESS, {"message": "999999999"})
    assert not Outbox.objects.filter(state="ready").exists()


def test_nobody_else_sends_again(town, dead):
    with pytest.raises(NotAllowed):
        resending.send_again(by=town.actor("district_supervisor"), at=town.now)


def test_a_held_copy_and_a_gateway_left_alone_are_said(sign_in, town, dead):
    copies.hold()
    Home.objects.update(database="elsewhere")
    assert copies.hold() == Hold.OTHER_DATABASE
    Endpoint.objects.create(
        name="sms", failures=4, closed_until=town.at("2030-01-01 00:00"), error="timed out"
    )
    Release.objects.create(at=town.now, by="陶文静", why="演练", held="restored", dropped=3, waiting=1)
    shown = page(sign_in("administrator"))
    for words in (
        "Nothing is sent",
        "release_outbox",
        "Left alone for now",
        "timed out",
        "演练",
        "3 dropped",
    ):
        assert words in shown


def test_one_row_or_ten_the_page_asks_as_much(sign_in, town, dead, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in("administrator")
    page(client)
    counts = []
    for size in (1, 10):
        rows = list(Outbox.objects.filter(state="dead"))
        Outbox.objects.filter(pk__in=[row.pk for row in rows[size:]]).update(state="dropped")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page(client)
        counts.append(len(asked))
        for _ in range(3):
            town.report("ZZ13")
        Outbox.objects.update(state="dead")
    assert counts[0] == counts[1]


def test_every_reason_of_ours_is_said_in_the_readers_language():
    import re
    from pathlib import Path

    import dispatch
    from desk.pages.outgoing import REASONS
    from dispatch import copies, readers

    room = Path(dispatch.__file__).parent / "channels"
    code = "".join(file.read_text(encoding="utf-8") for file in room.glob("*.py"))
    said = re.findall(r'Undeliverable\(\s*"([^"]+)"', code)
    assert len(said) > 4
    assert {*said, readers.NOT_THEIRS, readers.DONE, copies.DROPPED} <= set(REASONS)
