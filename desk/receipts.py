"""The same report sent twice from one form is one matter: the form's hidden key, kept as an idempotency receipt."""

import json
from hashlib import sha256

from django.db import transaction
from django.utils import timezone

from matters.models import Receipt


def fingerprint(facts):
    """What the person filled in, in short; photos are left out since each upload gets an id of its own."""
    return sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()


def known(key, *, by):
    """The receipt a form with this key already got, or None."""
    return Receipt.objects.select_related("matter").filter(sender=_sender(by), key=key).first()


@transaction.atomic
def once(key, make, *, by, mark):
    """The matter `make` reports, or the one this key already made.

    A second request with the key waits at the unique row until the first has committed or failed.
    """
    receipt, fresh = Receipt.objects.get_or_create(
        sender=_sender(by), key=key, defaults={"fingerprint": mark, "created_at": timezone.now()}
    )
    if not fresh:
        return receipt.matter
    receipt.matter = make()
    receipt.save(update_fields=["matter"])
    return receipt.matter


def _sender(by):
    return f"desk:{by.id}"
