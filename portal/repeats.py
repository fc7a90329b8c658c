"""The same form sent twice is one report: the form's hidden key is kept as an idempotency receipt."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from matters.models import Matter, Receipt

SENDER = "portal"


class OtherReport(Exception):
    """The key was used for a report with other words; `matter` is that report."""

    def __init__(self, matter: Matter) -> None:
        super().__init__(matter.number)
        self.matter = matter


@transaction.atomic
def once(key: str, facts: dict[str, Any], make: Callable[[], Matter], *, at: datetime) -> Matter:
    """The matter `make` reports, or the one this key already made. Raises OtherReport.

    A second request with the key waits at the unique row until the first has committed or failed.
    """
    mark = sha256(json.dumps(facts, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()
    receipt, _fresh = Receipt.objects.get_or_create(
        sender=SENDER, key=key, defaults={"fingerprint": mark, "created_at": at}
    )
    if receipt.matter is None:
        receipt.matter = make()
        receipt.save(update_fields=["matter"])
    elif receipt.fingerprint != mark:
        raise OtherReport(receipt.matter)
    return receipt.matter
