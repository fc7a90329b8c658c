"""`Idempotency-Key` on every POST: the answer and the change it answers for commit together.

One transaction: an advisory lock on (sender, key), the receipt of an earlier answer, the verb, the new receipt. A crash
leaves neither change nor receipt. Only 2xx answers are kept, as the text that was sent, for 30 days, since field phones
may be offline for days. (draft-ietf-httpapi-idempotency-key-header)
"""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.authentication import client_of, is_known
from exchange.problems import InFlight, KeyReused
from matters.models import Receipt
from organization import rows

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
LONGEST = 255
KEPT = timedelta(days=30)


def once(post: Callable[..., Response]) -> Callable[..., Response]:
    """Wraps a view's `post`. A view with `keeps_answers = False` holds answers that must not lie about (clear
    contacts): its receipt has no body and `again` answers a repetition."""

    @wraps(post)
    def answer(view: Any, request: Request, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return post(view, request, **kwargs)
        if not key.strip() or len(key) > LONGEST or not (key.isascii() and key.isprintable()):
            raise ValidationError({HEADER: [_("A key has 1 to 255 printable ASCII characters.")]})
        sender, print_ = sender_of(request), fingerprint(request)
        with transaction.atomic():
            if receipt := _take(sender, key):
                return _replayed(view, request, receipt, print_, kwargs)
            response = post(view, request, **kwargs)
            _keep(view, response, sender=sender, key=key, fingerprint=print_)
            return response

    return answer


def purge(*, at: datetime) -> int:
    """Forget receipts older than 30 days (real time); returns how many."""
    return Receipt.objects.filter(created_at__lt=at - KEPT).delete()[0]


def sender_of(request: Request) -> str:
    if is_known(request):
        return f"{'client' if client_of(request) else 'person'}:{request.user.pk}"
    return f"link:{sha256(request.path.encode()).hexdigest()[:32]}"


def fingerprint(request: Request) -> str:
    """SHA-256 of address and content; of a file its bytes count, not the boundary around it."""
    content = request.data
    if isinstance(content, dict) and hasattr(content, "lists"):
        content = {name: [_of_file(each) for each in values] for name, values in content.lists()}
    facts = [request.method, request.path, content]
    return sha256(json.dumps(facts, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def _of_file(value: Any) -> Any:
    if not isinstance(value, UploadedFile):
        return value
    hashed = sha256()
    for chunk in value.chunks():
        hashed.update(chunk)
    value.seek(0)
    return [value.name, hashed.hexdigest()]


def _take(sender: str, key: str) -> dict | None:
    """The lock on the key until the transaction ends, and the receipt that is there. Raises InFlight.

    One statement sees the table as it was before it had the lock, so a receipt that committed in between is missed;
    the unique constraint then turns the second run away (`_keep`).
    """
    number = int.from_bytes(sha256(f"{sender}\0{key}".encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(%s),"
            " (SELECT to_jsonb(found) FROM matters_receipt found WHERE sender = %s AND key = %s)",
            [number, sender, key],
        )
        mine, receipt = cursor.fetchone()
    if not mine:
        raise _in_flight()
    return json.loads(receipt) if isinstance(receipt, str) else receipt


def _in_flight() -> InFlight:
    return InFlight(_("A request with this key is still being answered. Ask again in a moment."))


def _replayed(view: Any, request: Request, receipt: dict, print_: str, kwargs: dict) -> Response:
    if receipt["fingerprint"] != print_:
        raise KeyReused(_("This key was used before with another content. Use a new key for a new request."))
    if receipt["body"] is None:
        response = view.again(request, **kwargs)
    else:
        response = Response(json.loads(receipt["body"]["text"]), status=receipt["status_code"])
        for name, value in receipt["body"]["headers"].items():
            response[name] = value
    response[REPLAYED] = "true"
    return response


def _keep(view: Any, response: Response, **facts: Any) -> None:
    if not 200 <= response.status_code < 300:
        return
    body = None
    if getattr(view, "keeps_answers", True):
        text = JSONRenderer().render(response.data).decode()
        body = {"text": text, "headers": {name: response[name] for name in ("Location",) if name in response}}
    try:
        rows.insert(
            [Receipt(status_code=response.status_code, body=body, created_at=timezone.now(), **facts)]
        )
    except IntegrityError as error:
        raise _in_flight() from error
