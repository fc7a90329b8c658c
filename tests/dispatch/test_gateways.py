"""Writing to gateways set up as rows: what is sent, where it may go, and how an answer is judged."""

import pytest

from dispatch import outbox
from dispatch.channels import gateway as filling
from dispatch.channels import http
from dispatch.channels.message import Failed, Undeliverable
from dispatch.models import ChannelSetting, Endpoint, Outbox
from organization.models import Person
from tests.dispatch.gateways import gateway, listening, only

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    with listening(settings) as server:
        yield server


def emergency(town, medium="sms"):
    """One message about an emergency, by a medium it uses."""
    matter = town.report("ZZ13")
    row = Outbox.objects.filter(matter=matter, medium="sms").earliest("pk")
    Outbox.objects.exclude(pk=row.pk).delete()
    Outbox.objects.update(medium=medium, mailbox=f"{medium}:{row.recipient_id}")
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("medium", ["sms", "voice"])
def test_a_message_goes_to_the_persons_number_with_its_id(town, server, settings, medium):
    settings.CHANNEL_SECRETS = {"SMS": "s3cret"}
    row = emergency(town, medium)
    gateway(server.url, medium, headers={"Authorization": "Bearer {secret}"}, secret="CHANNEL_SECRET_SMS")
    assert outbox.relay(at=town.now) == 1
    [(path, headers, body)] = server.got
    assert (path, headers["Authorization"]) == ("/send", "Bearer s3cret")
    assert headers["Idempotency-Key"] == body["ref"] == str(row.message_id)
    assert body["mobile"] == row.recipient.phone
    assert row.matter.number in body["content"]
    assert row.matter.text not in body["content"]
    row.refresh_from_db()
    assert (row.state, row.answer, row.said) == ("sent", '200: {"code": 0}', body["content"])


def test_as_duty_officer_a_person_is_reached_at_the_number_of_the_turn(town, server):
    row = emergency(town)
    Outbox.objects.update(phone="14100009999")
    gateway(server.url)
    outbox.relay(at=town.now)
    assert server.got[0][2]["mobile"] == "14100009999" != row.recipient.phone


def test_a_gateway_may_want_form_fields_and_its_secret_in_the_address(town, server, settings):
    settings.CHANNEL_SECRETS = {"SMS": "a&b"}
    emergency(town)
    gateway(server.url + "?key={secret}", secret="CHANNEL_SECRET_SMS", body_format="form")
    assert outbox.relay(at=town.now) == 1
    [(path, _, body)] = server.got
    assert path == "/send?key=a%26b"
    assert "mobile=1410000" in body


def test_what_is_filled_in_cannot_break_out_of_its_place():
    values = dict.fromkeys(filling.PLACEHOLDERS, "") | {
        "text": '", "to": "all',
        "to": "{secret}",
        "secret": "s",
    }
    assert filling.fill({"a": ["{text}", 1], "b": "{to}"}, values) == {
        "a": ['", "to": "all', 1],
        "b": "{secret}",
    }
    assert filling.unknown({"a": "{text} {matter}"}) == {"matter"}


def test_the_answer_kept_holds_neither_secret_nor_number(town, server, settings):
    settings.CHANNEL_SECRETS = {"SMS": "s3cret"}
    row = emergency(town)
    answer = f'{{"to": "{row.recipient.phone}", "key": "s3cret"}}'.encode()
    server.answer = lambda _: (200, answer, {})
    gateway(server.url, secret="CHANNEL_SECRET_SMS")
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert row.answer == '200: {"to": "***", "key": "***"}'


@pytest.mark.parametrize(
    ("answer", "state"),
    [(b'{"result": {"code": 0}}', "sent"), (b'{"result": {"code": 7}}', "ready"), (b"<html>", "ready")],
)
def test_success_is_what_the_rows_rule_calls_so(town, server, answer, state):
    row = emergency(town)
    server.answer = lambda _: (200, answer, {})
    gateway(server.url, ok_field="result.code", ok_value="0")
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert row.state == state


def test_no_redirect_is_followed(town, server):
    row = emergency(town)
    server.answer = lambda _: (302, b"", {"Location": server.url})
    gateway(server.url)
    assert outbox.relay(at=town.now) == 0
    assert len(server.got) == 1
    row.refresh_from_db()
    assert (row.state, row.error) == ("ready", "302: ")


def test_410_puts_the_gateway_out_of_use(town, server):
    row = emergency(town)
    server.answer = lambda _: (410, b"", {})
    gateway(server.url)
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dead", "410: the gateway is gone; it was put out of use")
    assert not ChannelSetting.objects.get().active


def test_an_endless_answer_is_cut(server):
    server.answer = lambda _: (200, b"x" * (http.MOST_BYTES + 1), {})
    with pytest.raises(Failed, match="64 kB"):
        http.post(server.url, b"{}", {"Content-Type": "application/json"})


def test_a_server_that_never_answers_is_left_when_time_is_up(server, monkeypatch):
    """The guard is called when its time is up, however slowly the answer drips."""
    guards = []

    class AtOnce:
        def __init__(self, seconds, act):
            guards.append(seconds)
            self.act = act

        def start(self):
            server.answer = lambda _: (self.act(), (200, b"", {}))[1]

        def cancel(self):
            pass

    monkeypatch.setattr(http.threading, "Timer", AtOnce)
    with pytest.raises(Failed):
        http.post(server.url, b"{}", {"Content-Type": "application/json"})
    assert guards == [http.TIMEOUT]


@pytest.mark.parametrize(
    "url",
    [
        "https://sms.example.gov.cn.evil.example/send", "https://sms.example.gov.cn@127.0.0.1/", "http://127.0.0.1/",
        "http://sms.example.gov.cn/send", "https://sms.example.gov.cn:8443/send", "https://127.1/", "https://2130706433/",
        "https://[::ffff:7f00:1]/", "http://0x7f.1/", "https://localhost./", "file:///etc/passwd", "https:///send", "",
        "https://sms.example.gov.cn\\@127.0.0.1/", "https://user:word@sms.example.gov.cn/", "https://sms.example.gov.cn:x/",
        "gopher://sms.example.gov.cn/", "//sms.example.gov.cn/", "https://[::1", "ftp://sms.example.gov.cn/",
    ],
)  # fmt: skip
def test_nothing_is_written_to_an_address_that_is_not_listed(settings, url):
    settings.CHANNEL_ORIGINS = ["https://sms.example.gov.cn"]
    with pytest.raises(Undeliverable, match="CHANNEL_ORIGINS"):
        http.post(url, b"", {})


@pytest.mark.parametrize(
    "url",
    ["https://sms.example.gov.cn/send?a=b", "https://SMS.example.gov.cn:443/", "http://10.1.2.3:8080/x"],
)
def test_a_listed_origin_is_written_to(settings, url):
    settings.CHANNEL_ORIGINS = ["https://sms.example.gov.cn/", "http://10.1.2.3:8080"]
    assert http.is_listed(url)


def test_certificates_are_checked(settings):
    """The context of the standard library's default: names and chains are verified."""
    connection = http._connection(http.urlsplit("https://sms.example.gov.cn/"))
    assert connection._context.verify_mode.name == "CERT_REQUIRED"
    assert connection._context.check_hostname


def test_who_has_no_number_is_undeliverable_and_not_silent(town, server):
    row = emergency(town)
    Person.objects.update(phone="")
    gateway(server.url)
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.error, server.got) == ("dead", "no phone number on file", [])


def test_outside_the_demo_a_medium_without_gateway_is_undeliverable(town, settings):
    settings.DEMO = False
    row = emergency(town)
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dead", "no gateway is set up for this medium")


def test_without_its_secret_nothing_is_sent(town, server):
    row = emergency(town)
    gateway(server.url, secret="CHANNEL_SECRET_SMS")
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.error) == ("dead", "the secret of the gateway is not on this server")
    assert server.got == []


def test_a_units_robot_tells_its_group_and_never_of_a_sensitive_matter(town, server):
    gateway(server.url, "robot", unit=town.rescue, body={"msgtype": "text", "text": {"content": "{text}"}})
    gateway(server.url, "robot", unit=town.police, body={"content": "{text}"})
    matter = town.report("ZZ13")
    town.report("ZZ18", by="police_handler")
    row = only("robot", matter)
    assert (row.unit, row.recipient) == (town.rescue, None)
    outbox.relay(at=town.now)
    [(_, _, body)] = server.got
    assert matter.number in body["text"]["content"]


def test_a_matter_that_became_sensitive_is_not_said_in_the_group(town, server):
    gateway(server.url, "robot", unit=town.rescue)
    matter = town.report("ZZ13")
    row = only("robot", matter)
    type(matter).objects.filter(pk=matter.pk).update(sensitive=True)
    outbox.relay(at=town.now)
    row.refresh_from_db()
    assert (row.state, row.error, server.got) == ("dropped", "no longer allowed to know", [])


def test_one_broken_robot_does_not_close_the_others(town, server):
    gateway(server.url + "/broken", "robot", unit=town.rescue)
    gateway(server.url + "/good", "robot", unit=town.police)
    server.answer = lambda request: (500 if "broken" in request.path else 200, b"", {})
    for _ in range(4):
        town.report("ZZ13")
        outbox.relay(at=town.now, medium="robot")
    Outbox.objects.filter(medium="robot").update(retry_at=None)
    outbox.relay(at=town.now, medium="robot")
    assert list(Endpoint.objects.values_list("name", flat=True)) == [f"robot:{town.rescue.pk}"]
    assert set(Outbox.objects.filter(unit=town.police).values_list("state", flat=True)) == {"sent"}
    assert set(Outbox.objects.filter(unit=town.rescue).values_list("state", flat=True)) == {"ready"}
