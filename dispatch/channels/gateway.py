"""A gateway set up as a row: placeholders filled in, sent, and its answer judged by the row's rule."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings

from dispatch.channels import http
from dispatch.channels.message import Failed, Message, Undeliverable
from dispatch.choices import BodyFormat, Medium
from dispatch.models import ChannelSetting

PLACEHOLDERS = ("to", "text", "title", "id", "secret")
PREFIX = "CHANNEL_SECRET_"  # no other variable of the server can be sent out by an administrator's row
GONE = 410
HOLE = re.compile(r"\{(\w+)\}")
DEMO = "demo phone"


def of(medium: Medium, unit: int | None = None) -> ChannelSetting | None:
    """The gateway in use; None in the demo, where nothing leaves. Raises Undeliverable when none is set up."""
    row = ChannelSetting.objects.filter(medium=medium, unit=unit, active=True).first()
    if row is None and not settings.DEMO:
        raise Undeliverable("no gateway is set up for this medium")
    return row


def send(gateway: ChannelSetting | None, message: Message) -> str:
    """Hand the message over once. Raises Failed, Undeliverable."""
    if gateway is None:
        return DEMO
    secret = settings.CHANNEL_SECRETS.get(gateway.secret.removeprefix(PREFIX), "") if gateway.secret else ""
    if gateway.secret and not secret:
        raise Undeliverable("the secret of the gateway is not on this server")
    values = {
        "to": message.to,
        "text": message.text,
        "title": message.title,
        "id": str(message.id),
        "secret": secret,
    }
    status, answer = http.post(
        fill(gateway.url, {name: quote(value, safe="") for name, value in values.items()}),
        _body(gateway, values),
        _headers(gateway, values),
    )
    said = _shortened(answer, secret, message.to)
    if status == GONE:
        ChannelSetting.objects.filter(pk=gateway.pk).update(active=False)
        raise Undeliverable("410: the gateway is gone; it was put out of use")
    if status not in (gateway.good_status or [200, 201, 202, 204]):
        raise Failed(f"{status}: {said}", gateway=status >= 500 or status == 429 or status < 400)
    if gateway.ok_field and _field(answer, gateway.ok_field) != gateway.ok_value:
        raise Failed(f"{status}: {said}", gateway=False)
    return f"{status}: {said}"


def fill(template: Any, values: Mapping[str, str]) -> Any:
    """The template with its placeholders filled in, leaf by leaf, so that no value can break out of its place."""
    if isinstance(template, str):
        return HOLE.sub(lambda hole: values[hole[1]], template)
    if isinstance(template, dict):
        return {name: fill(part, values) for name, part in template.items()}
    if isinstance(template, list):
        return [fill(part, values) for part in template]
    return template


def unknown(template: Any) -> set[str]:
    """Placeholders nobody fills in."""
    return set(HOLE.findall(json.dumps(template))) - set(PLACEHOLDERS)


def _body(gateway: ChannelSetting, values: Mapping[str, str]) -> bytes:
    body = fill(gateway.body, values)
    if gateway.body_format == BodyFormat.FORM:
        return urlencode(body).encode()
    return json.dumps(body, ensure_ascii=False).encode()


def _headers(gateway: ChannelSetting, values: Mapping[str, str]) -> dict[str, str]:
    kinds = {
        BodyFormat.FORM: "application/x-www-form-urlencoded",
        BodyFormat.JSON: "application/json; charset=utf-8",
    }
    own = fill(gateway.headers, values)
    return {
        "Content-Type": kinds[BodyFormat(gateway.body_format)],
        "Idempotency-Key": values["id"],
        "User-Agent": "GovFlow",
    } | {name: str(value).replace("\r", "").replace("\n", "") for name, value in own.items()}


def _field(answer: bytes, path: str) -> str:
    """A field of a JSON answer such as `result.code`, as text; empty when it is not there."""
    try:
        value = json.loads(answer)
        for step in path.split("."):
            value = value[step]
    except (ValueError, KeyError, TypeError):
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shortened(answer: bytes, *hidden: str) -> str:
    words = " ".join(answer[:2000].decode(errors="replace").split())
    for each in hidden:
        if each:
            words = words.replace(each, "***")
    return "".join(letter for letter in words if letter.isprintable())[:160]
