"""Bodies as RFC 8259 means them: no key twice, no NaN, no bottomless nesting, not too large."""

import json
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser, MultiPartParser

from matters.attachments import MEGABYTE, MOST_BYTES

JSON_BYTES = MEGABYTE
FRAME_BYTES = 64 * 1024  # the words around a file in a multipart body
DRAINED_BYTES = 64 * MEGABYTE


class TooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"


class Twice(dict):
    """An object in which a key stood twice; `key` is the first of them."""

    key = ""


class StrictJSONParser(JSONParser):
    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        raw = stream.read(JSON_BYTES + 1)
        if len(raw) > JSON_BYTES:
            raise _too_large(stream, JSON_BYTES)
        try:
            found = json.loads(raw.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON in UTF-8.")) from error
        if again := _twice(found, ""):
            raise serializers.ValidationError(_nested(again, _("This field is given twice.")))
        return found


class UploadParser(MultiPartParser):
    """Refused by its announced length, before a byte of it is stored."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = int(parser_context["request"].META.get("CONTENT_LENGTH") or 0)
        if length > MOST_BYTES + FRAME_BYTES:
            raise _too_large(stream, MOST_BYTES)
        return super().parse(stream, media_type, parser_context)


def _too_large(stream: Any, most: int) -> TooLarge:
    """Most senders read the answer only when they have sent everything, so the rest is taken in and dropped."""
    for _chunk in range(DRAINED_BYTES // FRAME_BYTES):
        if not stream.read(FRAME_BYTES):
            break
    return TooLarge(_("This is larger than %(most)d MB.") % {"most": most // MEGABYTE})


def _pairs(pairs: list[tuple[str, Any]]) -> dict:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    keys = [key for key, _value in pairs]
    marked = Twice(found)
    marked.key = next(key for place, key in enumerate(keys) if key in keys[:place])
    return marked


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _twice(value: Any, path: str) -> str:
    """JSON pointer of the first key that stands twice, or nothing."""
    if isinstance(value, Twice):
        return f"{path}/{value.key}"
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next((found for key, below in rows if (found := _twice(below, f"{path}/{key}"))), "")


def _nested(pointer: str, message: str) -> dict:
    detail: Any = [serializers.ErrorDetail(message, code="duplicate_key")]
    for key in reversed(pointer.strip("/").split("/")):
        detail = {key: detail}
    return detail
