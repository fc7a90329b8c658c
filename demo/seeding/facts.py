"""The two data files of the demo, read once."""

import json
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"


@cache
def district():
    """Areas, units, catalogue, list and people of the invented district."""
    return json.loads((DATA / "district.json").read_text(encoding="utf-8"))


@cache
def texts():
    """Invented words: reports by category, answers by verb, places and surnames."""
    return json.loads((DATA / "texts.json").read_text(encoding="utf-8"))


def valid_from():
    return date.fromisoformat(district()["valid_from"])
