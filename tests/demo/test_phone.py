"""The demo's phones: what would have reached whom; nothing leaves the house."""

import pytest

from dispatch import limits, outbox
from dispatch.models import ChannelSetting, Outbox
from tests.dispatch.walking import lead

pytestmark = pytest.mark.django_db


def page(client, **params):
    client.cookies["django_language"] = "en"
    return client.get("/demo/phone/", params).content.decode()


def test_before_anything_rang_it_says_so(client, town):
    assert "No phone has rung yet" in page(client)


def test_a_call_and_a_text_message_are_on_the_phone_of_whoever_was_told(client, town):
    matter = town.report("ZZ13")
    outbox.tell(matter, [(lead(matter), ("head",))], "ring", limits.timing(town.now))
    outbox.relay(at=town.now)
    shown = page(client, of=f"p{town.rescue_head.pk}")
    assert 'data-medium="voice"' in shown and 'data-medium="sms"' in shown
    assert town.rescue_head.name in shown and matter.number in shown


def test_the_words_are_those_that_were_sent_and_hold_nothing_of_the_reporter(client, town):
    town.report("ZZ13", text="地下室进水", reporter_name="王建军", reporter_phone="14100001034")
    outbox.relay(at=town.now)
    row = Outbox.objects.filter(medium="sms", recipient=town.rescue_head).get()
    shown = page(client, of=f"p{town.rescue_head.pk}")
    assert row.said in shown
    for word in ("王建军", "14100001034", "地下室"):
        assert word not in shown


def test_a_units_group_has_its_own(client, town):
    ChannelSetting.objects.create(medium="robot", unit=town.rescue, url="https://x.example/", body={})
    town.report("ZZ13")
    ChannelSetting.objects.all().delete()  # in the demo nothing is set up, and nothing leaves
    outbox.relay(at=town.now)
    shown = page(client, of=f"u{town.rescue.pk}")
    assert 'data-medium="robot"' in shown and town.rescue.name in shown


@pytest.mark.parametrize("of", ["", "p0", "x", "p1;drop", "u" * 50])
def test_a_phone_nobody_has_shows_the_one_that_rang_last(client, town, of):
    town.report("ZZ13")
    outbox.relay(at=town.now)
    assert 'data-medium="sms"' in page(client, of=of)


def test_outside_the_demo_there_is_no_such_page(client, town, settings):
    settings.DEMO = False
    assert client.get("/demo/phone/").status_code == 404


def test_one_phone_or_ten_the_page_asks_as_much(client, town, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    town.report("ZZ13")
    Outbox.objects.filter(medium="sms").exclude(recipient=town.rescue_head).delete()
    outbox.relay(at=town.now)
    page(client)
    with CaptureQueriesContext(connection) as one:
        page(client)
    for _ in range(4):
        town.report("ZZ13")
    outbox.relay(at=town.now)
    with CaptureQueriesContext(connection) as ten:
        page(client)
    assert len(one) == len(ten)
