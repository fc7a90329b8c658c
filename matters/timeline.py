"""The spine: every verb on a matter writes its entry here, in its own transaction.

Gapless and hash-chained for each matter. The caller holds the matter's row lock, so `entry_count` and
`head` on the row are the end of the chain. A digest is SHA-256 over the canonical JSON of the entry and
the digest before it; words that may be personal enter as HMAC commitments with the matter's salt.
"""

import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import wraps
from hashlib import sha256
from typing import Any, ParamSpec

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise

from matters.models import Entry, Matter
from organization import rows
from organization.actors import Actor

_WORDS = ("text", "why", "actor_name")

P = ParamSpec("P")


def official(compose: Callable[P, str]) -> Callable[P, str]:
    """The platform writes its own sentences in the language of the district, whatever language the actor reads."""

    @wraps(compose)
    def composed(*args: P.args, **kwargs: P.kwargs) -> str:
        with translation.override(settings.LANGUAGE_CODE):
            return compose(*args, **kwargs)

    return composed


@dataclass(frozen=True)
class Line:
    """What a verb wants written: `text` is a person's sentence, `why` the platform's reason."""

    kind: str
    text: str = ""
    why: str | Promise = ""
    public: bool = False
    department_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


def record(matter: Matter, line: Line, *, by: Actor, at: datetime) -> Entry:
    """Write one entry and return it. The caller holds the matter's lock."""
    entry = append(matter, line, by=by, at=at)
    rows.insert([entry])
    rows.change(matter, "entry_count", "head")
    return entry


def append(matter: Matter, line: Line, *, by: Actor, at: datetime) -> Entry:
    """The next entry, unsaved, with the matter's end of chain moved on in memory.

    For callers that write the matter's row anyway: they store `entry_count` and `head` with it, then the entry.
    """
    entry = Entry(
        matter=matter,
        seq=matter.entry_count + 1,
        kind=line.kind,
        at=at,
        actor_kind=by.kind,
        actor_id=by.id,
        actor_name=by.name,
        department_id=line.department_id,
        text=line.text,
        why=official(str)(line.why),
        public=line.public,
        data=line.data,
    )
    entry.commitments = commitments(matter, entry)
    entry.digest = digest(matter.number, entry, matter.head)
    matter.entry_count, matter.head = entry.seq, entry.digest
    return entry


def commitments(matter: Matter, entry: Entry) -> dict[str, str]:
    """HMAC-SHA256 of each personal word under the matter's salt: {field: hex}; empty words have none."""
    return {
        name: hmac.new(bytes(matter.salt), f"{entry.seq}:{name}:{value}".encode(), sha256).hexdigest()
        for name in _WORDS
        if (value := getattr(entry, name))
    }


def digest(number: str, entry: Entry, previous: str) -> str:
    """The chain value of an entry: hex SHA-256."""
    facts = [
        previous, number, entry.seq, str(entry.kind), entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        str(entry.actor_kind), entry.actor_id, entry.department_id, entry.public, entry.data, entry.commitments,
    ]  # fmt: skip
    return sha256(
        json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def breaks(matter: Matter) -> list[str]:
    """What is wrong with a matter's chain, one sentence each; empty when it is whole."""
    previous = ""
    found: list[str] = []
    entries = list(matter.entries.order_by("seq"))
    for place, entry in enumerate(entries, start=1):
        if entry.seq != place:
            found.append(f"{matter.number}: entry {place} is missing")
            return found
        if digest(matter.number, entry, previous) != entry.digest:
            found.append(f"{matter.number}: entry {place} does not fit its digest")
        if any(entry.commitments.get(name) != value for name, value in commitments(matter, entry).items()):
            found.append(f"{matter.number}: the words of entry {place} were changed")
        previous = entry.digest
    if (matter.entry_count, matter.head) != (len(entries), previous):
        found.append(f"{matter.number}: the end of the timeline is not the one the matter knows")
    return found
