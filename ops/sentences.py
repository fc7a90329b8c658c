"""The English sentences of the interface, collected with Python's parser and Django's own template reader."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from ops.places import ROOT

ROOMS = ("govflow", "organization", "matters", "dispatch", "assessment", "desk", "portal", "exchange", "demo")
# How each function names its arguments: context, singular, plural.
CALLS = {
    "_": "s",
    "gettext": "s",
    "gettext_lazy": "s",
    "lazy": "s",
    "gettext_noop": "s",
    "ngettext": "sp",
    "ngettext_lazy": "sp",
    "pgettext": "cs",
    "pgettext_lazy": "cs",
    "npgettext": "csp",
    "npgettext_lazy": "csp",
}
STRING = r"""(?:'''(?:\\.|[^\\])*?'''|'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
IN_TEMPLATE = re.compile(
    rf"\b(_|n?p?gettext)\(\s*u?({STRING})(?:\s*,\s*u?({STRING}))?(?:\s*,\s*u?({STRING}))?", re.S
)

Key = tuple[str, str]  # context, English sentence


def wanted() -> dict[Key, str]:
    """Each sentence with the place it was first seen at."""
    found: dict[Key, str] = {}
    for file, key in [*from_python(), *from_templates()]:
        found.setdefault(key, str(file.relative_to(ROOT)))
    return found


def from_python() -> Iterator[tuple[Path, Key]]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.Call) and (key := key_of_call(node)):
                    yield file, key


def key_of_call(node: ast.Call) -> Key | None:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    shape = CALLS.get(name)
    if shape is None:
        return None
    words = [
        word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)
    ]
    return key_of(shape, words)


def key_of(shape: str, words: list[str]) -> Key | None:
    if len(words) < len(shape):
        return None
    given = dict(zip(shape, words, strict=False))
    return (given.get("c", ""), given["s"]) if given["s"] else None


def from_templates() -> Iterator[tuple[Path, Key]]:
    from django.utils.translation.template import templatize  # noqa: PLC0415  (needs settings)

    folders = [ROOT / "templates", *(ROOT / room / "templates" for room in ROOMS)]
    for folder in folders:
        for file in sorted(
            path for path in folder.rglob("*") if path.suffix in (".html", ".txt", ".xml", ".svg")
        ):
            text = templatize(file.read_text(), origin=str(file))
            for name, *strings in IN_TEMPLATE.findall(text):
                words = [ast.literal_eval(string) for string in strings if string]
                if key := key_of(CALLS[name], words):
                    yield file, key
