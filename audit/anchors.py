"""The ends of all timelines, written down outside the database, so that whoever rewrites it all is still found out.

A folder with one line a run in `anchors.jsonl` and, beside it, the ends that changed since the run before:

    {"at", "matters", "changed", "heads": file, "root", "previous", "mac"?}

`root` is SHA-256 over "number count head\\n" of every matter, sorted by number; `previous` is SHA-256 of the line
before; `mac` is HMAC-SHA256 of the line under a key that is not in the database. Send the last line elsewhere (a
letter, another authority): with it nobody can exchange the folder either.
"""

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from audit.snapshot import Snapshot

Heads = dict[str, tuple[int, str]]  # number: (entries, digest of the last)

NAME = "anchors.jsonl"
HEADS = "SELECT number, entry_count, head FROM matters_matter WHERE entry_count > 0 ORDER BY number"
KEPT = """
    SELECT w.number, w.seq, w.digest, m.entry_count, e.digest FROM jsonb_to_recordset(%(wanted)s::jsonb)
        AS w(number text, seq int, digest text)
    LEFT JOIN matters_matter m ON m.number = w.number
    LEFT JOIN matters_entry e ON e.matter_id = m.id AND e.seq = w.seq
    WHERE e.digest IS DISTINCT FROM w.digest ORDER BY w.number, w.seq
"""


class Broken(Exception):
    """The folder itself was tampered with or is not whole; the text says where."""


def write(folder: Path, view: Snapshot, key: str = "") -> dict[str, Any]:
    """Add a run to the folder and return its line. Raises Broken when the folder is not what it was."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = list(_lines(folder))
    known = _rebuilt(folder, lines, key)
    heads: Heads = {number: (count, head) for number, count, head in view.rows(HEADS)}
    changed = {number: end for number, end in heads.items() if known.get(number) != end}
    at = view.real.astimezone().isoformat(timespec="seconds")
    name = f"heads-{len(lines) + 1:05d}.txt"
    (folder / name).write_text("".join(_texts(changed)), encoding="utf-8")
    line: dict[str, Any] = {
        "at": at, "matters": len(heads), "changed": len(changed), "heads": name, "root": root(known | heads),
        "previous": _digest(lines[-1]) if lines else "",
    }  # fmt: skip
    if key:
        line["mac"] = mac(line, key)
    with (folder / NAME).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")
    return line


def breaches(folder: Path, view: Snapshot, key: str = "") -> Iterator[str]:
    """Where the database is not the one that was anchored: rolled back, forked, or emptied. Raises Broken."""
    lines = list(_lines(folder))
    _rebuilt(folder, lines, key)
    for line in lines:
        ends = _ends(folder / line["heads"])
        while chunk := list(islice(ends, 5000)):
            yield from _missing(chunk, view, line["at"])


def latest(folder: Path) -> tuple[datetime, int] | None:
    """When the last run was, and of how many matters."""
    if not (folder / NAME).exists():
        return None
    *_, last = _lines(folder)
    return datetime.fromisoformat(last["at"]), last["matters"]


def root(heads: Mapping[str, tuple[int, str]]) -> str:
    rolled = sha256()
    for text in _texts(heads):
        rolled.update(text.encode())
    return rolled.hexdigest()


def mac(line: Mapping[str, Any], key: str) -> str:
    facts = {name: value for name, value in line.items() if name != "mac"}
    return hmac.digest(key.encode(), json.dumps(facts, sort_keys=True).encode(), "sha256").hex()


def _missing(ends: Iterable[tuple[str, int, str]], view: Snapshot, at: str) -> Iterator[str]:
    wanted = [{"number": number, "seq": count, "digest": head} for number, count, head in ends]
    for number, seq, _digest, count, digest in view.rows(KEPT, wanted=json.dumps(wanted)):
        if count is None:
            yield f"{number}: was there on {at} with {seq} entries, and is not in the database"
        elif digest is None:
            yield f"{number}: had {seq} entries on {at} and has {count}: the database was rolled back"
        else:
            yield f"{number}: entry {seq} is not the one of {at}: the timeline was written anew"


def _lines(folder: Path) -> Iterator[dict[str, Any]]:
    file = folder / NAME
    if file.exists():
        yield from (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())


def _rebuilt(folder: Path, lines: Iterable[Mapping[str, Any]], key: str) -> Heads:
    """All ends as the last line has them; every line is checked on the way."""
    known: Heads = {}
    previous = ""
    for place, line in enumerate(lines, start=1):
        if line["previous"] != previous:
            raise Broken(f"line {place} of {NAME} does not follow the one before it")
        if key and not hmac.compare_digest(line.get("mac", ""), mac(line, key)):
            raise Broken(f"line {place} of {NAME} does not bear the right seal")
        known |= {number: (count, head) for number, count, head in _ends(folder / line["heads"])}
        if root(known) != line["root"]:
            raise Broken(f"{line['heads']} is not the file line {place} of {NAME} speaks of")
        previous = _digest(line)
    return known


def _ends(file: Path) -> Iterator[tuple[str, int, str]]:
    if not file.exists():
        raise Broken(f"{file.name} is missing")
    for line in file.read_text(encoding="utf-8").splitlines():
        number, count, head = line.split(" ")
        yield number, int(count), head


def _texts(heads: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    for number in sorted(heads):
        count, head = heads[number]
        yield f"{number} {count} {head}\n"


def _digest(line: Mapping[str, Any]) -> str:
    return sha256(json.dumps(line).encode()).hexdigest()
