"""Every English sentence of the interface has its Chinese one: `python -m ops.translations check | compile`.

GNU gettext is not on every machine, so the compiled catalogues are written here."""

import ast
import io
import os
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from ops.places import ROOT
from ops.sentences import Key, wanted

LANGUAGE = "zh_Hans"
HOLES = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")


def catalogues() -> list[Path]:
    return sorted((ROOT / "locale").glob(f"*/{LANGUAGE}/LC_MESSAGES/django.po"))


def read(file: Path) -> dict[Key, list[str]]:
    """A catalogue's sentences; one marked fuzzy is a guess and does not count."""
    entries: dict[Key, list[str]] = {}
    for block in re.split(r"\n\s*\n", file.read_text()):
        fields = fields_of(block)
        if "msgid" in fields and not re.search(r"^#,.*fuzzy", block, re.M):
            key = (fields.get("msgctxt", ""), fields["msgid"])
            if key in entries:
                raise SystemExit(f"{file}: {key[1]!r} is there twice")
            entries[key] = [fields[name] for name in sorted(fields) if name.startswith("msgstr")]
            if "msgid_plural" in fields:
                entries[key].append("\0" + fields["msgid_plural"])
    return entries


def fields_of(block: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        match = re.match(r'(msg\w+(?:\[\d+\])?)?\s*("(?:.*)")\s*$', line)
        if match and not line.startswith("#"):
            name = match[1] or name
            fields[name] = fields.get(name, "") + ast.literal_eval(match[2])
    return fields


def compiled(entries: dict[Key, list[str]]) -> bytes:
    """The binary form gettext reads: sorted sentences, two tables of lengths and offsets, then the text."""
    pairs = []
    for (context, sentence), texts in sorted(entries.items()):
        plural = next((text for text in texts if text.startswith("\0")), "")
        original = (f"{context}\4" if context else "") + sentence + plural
        pairs.append(
            (original.encode(), "\0".join(text for text in texts if not text.startswith("\0")).encode())
        )
    pairs.sort()
    count, start = len(pairs), 28 + 16 * len(pairs)
    out = io.BytesIO()
    tables: tuple[list[int], list[int]] = ([], [])
    for column in (0, 1):
        for pair in pairs:
            tables[column].extend([len(pair[column]), start + out.tell()])
            out.write(pair[column] + b"\0")
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, start)
    return head + struct.pack(f"<{4 * count}I", *tables[0], *tables[1]) + out.getvalue()


def complaints() -> Iterator[str]:
    union: dict[Key, list[str]] = {}
    for file in catalogues():
        entries = read(file)
        union |= entries
        binary = file.with_suffix(".mo")
        if not binary.exists() or binary.read_bytes() != compiled(entries):
            yield f"{binary.relative_to(ROOT)} is stale: run ./run check after python -m ops.translations compile"
    for key, place in wanted().items():
        yield from faults(key, union.get(key, []), place)


def faults(key: Key, texts: list[str], place: str) -> Iterable[str]:
    said = [text for text in texts if not text.startswith("\0")]
    if not said or not all(said):
        return [f"{place}: no Chinese for {key[1]!r}"]
    holes = set(HOLES.findall(key[1]))
    extra = [text for text in said if not set(HOLES.findall(text)) <= holes | plural_holes(texts)]
    return [f"{place}: the Chinese for {key[1]!r} names a value the English does not" for _ in extra]


def plural_holes(texts: list[str]) -> set[str]:
    return {hole for text in texts if text.startswith("\0") for hole in HOLES.findall(text)}


def main(words: list[str]) -> int:
    import django  # noqa: PLC0415  (after the settings are named)

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "govflow.settings")
    os.environ.setdefault("GOVFLOW_DEMO", "1")
    django.setup()
    if words == ["compile"]:
        for file in catalogues():
            file.with_suffix(".mo").write_bytes(compiled(read(file)))
        return 0
    found = list(complaints())
    print("\n".join(found) if found else f"{len(wanted())} sentences, all with Chinese")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
