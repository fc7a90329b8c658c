"""Words on a page that anybody with the link can open: no names, no personal numbers."""

from matters import masking
from matters.models import Matter, Reporter


def scrubbed(text: str, matter: Matter) -> str:
    """The text without phone and identity numbers, and without the reporter's name."""
    reporter: Reporter | None = getattr(matter, "reporter", None)
    for value in (reporter.name, reporter.phone) if reporter else ():
        if len(value) > 1:
            text = text.replace(value, "***")
    return masking.text(text)
