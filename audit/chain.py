"""The timeline's hash chain, computed anew from its description.

    commitment(field) = HMAC-SHA256(salt of the matter, "<seq>:<field>:<text>"), of every text that is not empty
    digest(n) = SHA-256(JSON of [digest(n - 1), number, seq, kind, at in UTC with microseconds, kind and id of the
                actor, unit, public, data, commitments]; keys sorted, no blanks, UTF-8), digest(0) = ""

A word that was erased by law is empty and keeps its commitment. Nothing here is shared with the code that writes.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from hashlib import sha256
from itertools import groupby
from typing import Any

from audit.snapshot import Snapshot

SQL = """
    SELECT m.id, m.number, m.salt, m.entry_count, m.head, e.seq, e.kind, e.at, e.actor_kind, e.actor_id,
        e.department_id, e.public, e.data::text, e.commitments::text, e.digest, e.text, e.why, e.actor_name
    FROM matters_matter m LEFT JOIN matters_entry e ON e.matter_id = m.id
    WHERE (%(since)s = '-infinity' OR EXISTS (
        SELECT 1 FROM matters_entry x WHERE x.matter_id = m.id AND x.at >= %(since)s))
      AND (%(number)s = '' OR m.number = %(number)s)
    ORDER BY m.id, e.seq
"""
_JSON = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
WORDS = ("text", "why", "actor_name")


@dataclass(frozen=True)
class Walked:
    """A timeline that was read to its end, and what is wrong with it, one sentence each."""

    number: str
    entries: int
    head: str
    breaks: list[str]


def broken(snapshot: Snapshot) -> Iterator[str]:
    """One sentence for each break."""
    for each in walk(snapshot):
        yield from each.breaks


def walk(snapshot: Snapshot, number: str = "") -> Iterator[Walked]:
    """Every timeline, or that of one matter."""
    for _matter, group in groupby(snapshot.stream(SQL, number=number), key=lambda row: row[0]):
        rows = list(group)
        yield Walked(rows[0][1], rows[0][3], rows[0][4], list(breaks(rows)))


def breaks(rows: list[tuple[Any, ...]]) -> Iterator[str]:
    """What is wrong with one matter's rows of SQL, in their order."""
    number, salt, count, head = rows[0][1:5]
    entries = [row[5:] for row in rows if row[5] is not None]
    previous = ""
    for place, entry in enumerate(entries, start=1):
        if entry[0] != place:
            yield f"{number}: entry {place} is missing"
            return
        if digest(previous, number, entry) != entry[9]:
            yield f"{number}: entry {place} does not fit its digest"
        if any(not kept for kept in kept_words(salt, entry)):
            yield f"{number}: the words of entry {place} were changed"
        previous = entry[9]
    if (count, head) != (len(entries), previous):
        yield f"{number}: the end of the timeline is not the one the matter knows"


def digest(previous: str, number: str, entry: tuple[Any, ...]) -> str:
    seq, kind, at, actor_kind, actor, unit, public, data, commitments = entry[:9]
    moment = at.astimezone(UTC).isoformat(timespec="microseconds")
    facts = [
        previous, number, seq, kind, moment, actor_kind, actor, unit, public, json.loads(data), json.loads(commitments),
    ]  # fmt: skip
    return sha256(canonical(facts)).hexdigest()


def kept_words(salt: bytes, entry: tuple[Any, ...]) -> Iterator[bool]:
    """Whether each word is the one that was committed to; an erased one counts as kept."""
    committed = json.loads(entry[8])
    for name, value in zip(WORDS, entry[10:13], strict=True):
        if value:
            yield committed.get(name) == commitment(salt, entry[0], name, value)


def commitment(salt: bytes, seq: int, name: str, value: str) -> str:
    return hmac.digest(bytes(salt), f"{seq}:{name}:{value}".encode(), "sha256").hex()


def canonical(facts: Any) -> bytes:
    return _JSON.encode(facts).encode()
