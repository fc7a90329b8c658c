"""Words and figures for templates: nothing here reads the database or decides a permission."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.template.defaultfilters import stringfilter
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy

register = template.Library()

#: The six time states. Each is always shown as icon + word + colour.
STATES = {
    "normal": gettext_lazy("On time"),
    "soon": gettext_lazy("Due soon"),
    "late": gettext_lazy("Overdue"),
    "escalated": gettext_lazy("Escalated"),
    "paused": gettext_lazy("Clock paused"),
    "done": gettext_lazy("Closed"),
}

HAN = "\u3400-\u9fff"
THIN = "\u2009"
GAP = re.compile(f"(?<=[{HAN}])(?=[0-9A-Za-z])|(?<=[0-9A-Za-z%])(?=[{HAN}])")


def span(length: timedelta) -> str:
    """The two largest units of a stretch of time in words: '3 h 20 min', '3 小时 20 分'."""
    minutes = int(abs(length).total_seconds()) // 60
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    words = [
        gettext("%(n)d d") % {"n": days} if days else "",
        gettext("%(n)d h") % {"n": hours} if hours else "",
        gettext("%(n)d min") % {"n": minutes} if minutes and not days else "",
    ]
    return " ".join(filter(None, words)) or gettext("under 1 min")


@register.filter
def remaining(due: datetime | None, now: datetime | None) -> str:
    """Natural time from `now` to `due` in words; empty when either is unknown."""
    if due is None or now is None:
        return ""
    if now > due:
        return gettext("%(time)s over") % {"time": span(now - due)}
    return gettext("%(time)s left") % {"time": span(due - now)}


@register.filter
def moment(at: datetime | None, now: datetime | None = None) -> str:
    """'11-23 17:00' in local time, with the year when it is not the year of `now` (default: today's)."""
    if not at:
        return ""
    local = timezone.localtime(at) if timezone.is_aware(at) else at
    this_year = timezone.localtime(now).year if now and timezone.is_aware(now) else timezone.localdate().year
    return local.strftime("%m-%d %H:%M" if local.year == this_year else "%Y-%m-%d %H:%M")


@register.filter(is_safe=True)
@stringfilter
def thin(text: str) -> str:
    """A thin gap between Han characters and digits or Latin letters. For text, not for attributes or addresses."""
    return GAP.sub(THIN, text)


@register.filter
def icon(name: str) -> SafeString:
    """An icon of `components/_sprite.html`; decorative, so a word always stands beside it."""
    return format_html('<svg class="gf-i" aria-hidden="true"><use href="#i-{}"/></svg>', name)


@register.filter
def state_icon(state: str) -> SafeString:
    return icon(state if state in STATES else "normal")


@register.filter
def state_word(state: str) -> str:
    return str(STATES.get(state, STATES["normal"]))


@register.simple_tag
def clock_words() -> SafeString:
    """The words the script needs to keep a clock fresh, as data attributes of the body."""
    return format_html(
        'data-left="{}" data-over="{}" data-day="{}" data-hour="{}" data-minute="{}" data-instant="{}" data-late="{}"',
        gettext("%(time)s left"),
        gettext("%(time)s over"),
        gettext("%(n)d d"),
        gettext("%(n)d h"),
        gettext("%(n)d min"),
        gettext("under 1 min"),
        STATES["late"],
    )


@register.filter
def laid_out(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Rows of a stacked bar with `x` and `width` in per cent of the longest row, as strings for SVG.

    A row is {label, href, segments: [{state, count, href}]}; it gains `total`, each segment `x`, `width`,
    `middle` and `wide` (its number fits inside).
    """
    bars = [dict(row) for row in rows]
    for row in bars:
        row["total"] = sum(segment["count"] for segment in row["segments"])
    longest = max((row["total"] for row in bars), default=0) or 1
    for row in bars:
        start, drawn = 0.0, []
        for segment in row["segments"]:
            share = 100 * segment["count"] / longest
            place = {
                "x": f"{start:.2f}",
                "width": f"{share:.2f}",
                "middle": f"{start + share / 2:.2f}",
                "wide": share >= 8,
            }
            drawn.append({**segment, **place})
            start += share
        row["segments"] = drawn
    return bars
