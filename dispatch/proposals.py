"""Up to three categories proposed from the words of a report, with the words that matched; none without words."""

from collections.abc import Sequence
from typing import TypedDict

from matters.choices import Route
from matters.models import Category

MOST = 3
SURE_FROM = 3  # different keywords


class Proposal(TypedDict):
    code: str
    name: str
    words: list[str]
    confidence: float


def propose(text: str) -> list[Proposal]:
    """The best first; empty when no keyword occurs.

    Confidence is the share of matched keywords that speak for the category, less when they are few.
    """
    found = []
    for category in Category.objects.filter(active=True).order_by("code"):
        words = [word for word in category.keywords if word in text]
        if words:
            found.append((sum(len(word) for word in words), category, words))
    if not found:
        return []
    found.sort(key=lambda each: (-each[0], each[1].code))
    everything = sum(weight for weight, _, _ in found)
    return [
        {
            "code": category.code,
            "name": category.name,
            "words": words,
            "confidence": round(weight / everything * min(1, len(words) / SURE_FROM), 2),
        }
        for weight, category, words in found[:MOST]
    ]


def certain(proposals: Sequence[Proposal], *, above: float) -> Category | None:
    """The one ordinary category the platform may dispatch by itself, or None."""
    if not proposals or proposals[0]["confidence"] < above:
        return None
    return Category.objects.filter(code=proposals[0]["code"], route=Route.ORDINARY, sensitive=False).first()
