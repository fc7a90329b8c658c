"""Whether what came in is an emergency though nobody said so: by its words, or by a mode declared for its place.

A word that is denied, drilled or over does not count; one in doubt does: a needless call is better than none. What
was found is written in the timeline, so that everybody sees why people were called.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path

from django.utils.translation import gettext as _

from dispatch.alarms import EmergencyMode, EmergencyWord
from dispatch.limits import Timing
from matters import lifecycle, timeline
from matters.choices import Kind, Urgency
from matters.models import Matter
from matters.timeline import Line
from organization.actors import Actor
from organization.calendar import Limit

PLATFORM = Actor.rule("dispatch")
WORDS_ON_FILE = Path(__file__).parent / "data" / "emergency_words.json"

_CLAUSE = re.compile(r"[，。；！？,.;!?\n]")
_DENIED = re.compile(
    r"(?:没有|没|未|并未|无|不是|并非|不存在|防止|预防|谨防|避免|如果|万一|假如|要是|真要|一旦)(?:发生|出现|再次|再|有|任何|什么|是)?$"
    r"|(?:\bno|\bnot|\bwithout|\bnever|n't|\bprevent|\bin case of|\bif there is)\s+(?:an?\s+|any\s+|the\s+)?$",
    re.IGNORECASE,
)
_OVER = re.compile(
    r"^.{0,6}?(?:已经?|都)(?:扑灭|修好|排除|解除|抢修完|止住|救出)|^.{0,12}?(?:is out|was put out)",
    re.IGNORECASE,
)
_DRILL = re.compile(r"演练|演习|宣传|讲座|\bdrill\b|\bexercise\b", re.IGNORECASE)
_RISE = {Urgency.NORMAL: 0, Urgency.URGENT: 1, Urgency.EMERGENCY: 2}


def words_in(text: str, words: Iterable[EmergencyWord]) -> list[str]:
    """The words that make an emergency of the text, in the order of the list."""
    if _DRILL.search(text):
        return []
    small = text.lower()
    return [each.word for each in words if each.word.lower() in small and _stands(each, text)]


def recognise(matter: Matter, timing: Timing, *, by_words: bool = True) -> None:
    """Raise the urgency of a new matter where its words or a mode say so, and write which."""
    raise_by_mode(matter, timing)
    if matter.urgency == Urgency.EMERGENCY or not by_words:
        return
    if found := words_in(f"{matter.title}\n{matter.text}", known_words(timing)):
        _raise(matter, Urgency.EMERGENCY, _by_words(found), {"words": found}, timing)


def raise_by_mode(matter: Matter, timing: Timing) -> None:
    """Once for each mode: whoever then lowers the urgency by hand has the last word."""
    mode = mode_over(matter, timing)
    if mode is None or _RISE[Urgency(mode.urgency)] <= _RISE[Urgency(matter.urgency)]:
        return
    if not matter.entries.of_kind(Kind.RECOGNISED).filter(data__mode=mode.pk).exists():
        _raise(matter, mode.urgency, _by_mode(mode), {"mode": mode.pk}, timing)


def limit_of_mode(matter: Matter, timing: Timing) -> Limit | None:
    """The limit for handling that the mode sets instead of the line's."""
    mode = mode_over(matter, timing)
    return Limit.parse(mode.limit) if mode and mode.limit else None


def mode_over(matter: Matter, timing: Timing) -> EmergencyMode | None:
    """The mode in force at the matter's place that means its category; the smallest area's wins."""
    if "modes" not in timing.known:
        timing.known["modes"] = list(EmergencyMode.objects.not_ended().select_related("area"))
    category = matter.category.code if matter.category else None
    meant = [
        mode
        for mode in timing.known["modes"]
        if mode.began_at <= timing.at < mode.over_at
        and mode.area.holds(matter.area_path)
        and (not mode.categories or category in mode.categories)
    ]
    return max(meant, key=lambda mode: len(mode.area.path), default=None)


def known_words(timing: Timing) -> list[EmergencyWord]:
    """The words in use, read once until somebody changes them."""
    if "emergency words" not in timing.known:
        timing.known["emergency words"] = list(EmergencyWord.objects.filter(active=True).order_by("pk"))
    words: list[EmergencyWord] = timing.known["emergency words"]
    return words


def load_words() -> int:
    """Add the words on file that are not there yet; returns how many. Rows a district has changed stay as they are."""
    rows = [EmergencyWord(**row) for row in json.loads(WORDS_ON_FILE.read_text(encoding="utf-8"))]
    before = EmergencyWord.objects.count()
    EmergencyWord.objects.bulk_create(rows, ignore_conflicts=True)
    return EmergencyWord.objects.count() - before


def _stands(each: EmergencyWord, text: str) -> bool:
    """Whether the word stands somewhere in the text and means what it says."""
    plain = text
    for phrase in each.unless:
        plain = plain.replace(phrase, "□" * len(phrase))
    word = re.escape(each.word)
    edge = r"\b" if each.word.isascii() else ""
    for found in re.finditer(edge + word + edge, plain, re.IGNORECASE):
        before = _CLAUSE.split(plain[: found.start()])[-1]
        if not _DENIED.search(before) and not _OVER.search(plain[found.end() :]):
            return True
    return False


def _raise(matter: Matter, urgency: str, why: str, data: dict[str, object], timing: Timing) -> None:
    lifecycle.change(matter, urgency=urgency)
    timeline.record(
        matter, Line(Kind.RECOGNISED, why=why, data={**data, "urgency": urgency}), by=PLATFORM, at=timing.at
    )


@timeline.official
def _by_words(words: list[str]) -> str:
    return _("The report says: %(words)s.") % {"words": "、".join(f"“{word}”" for word in words)}


@timeline.official
def _by_mode(mode: EmergencyMode) -> str:
    return _("Emergency mode “%(name)s” is in force at %(place)s.") % {"name": mode.name, "place": mode.area}
