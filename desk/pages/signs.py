"""One sign of the check page, and what the loops have in common."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit.vitals import Beat

OK, LOOK, BAD = "ok", "look", "bad"
PILLS = {OK: "done", LOOK: "soon", BAD: "late"}
A_DAY = 24 * 3600


@dataclass(frozen=True)
class Check:
    """One sign. `says` is how it is now; `since` the moment from which it has been so, where that is known."""

    title: str | Promise
    state: str
    says: str
    means: str
    todo: str
    since: datetime | None = None

    @property
    def pill(self) -> str:
        return PILLS[self.state]


def loop(title: str, beats: Sequence[Beat], *, means: str, todo: str) -> Check:
    """How a kind of loop does: one fresh pass, of whichever process, is enough."""
    if not beats:
        return Check(title, BAD, _("Has never run"), means, todo)
    age = min(beat.age for beat in beats)
    says = _("Last pass %(n)d s ago (%(names)s)") % {
        "n": age,
        "names": ", ".join(beat.name for beat in beats if beat.age < A_DAY),
    }
    return Check(
        title,
        BAD if age > settings.SWEEP_FRESH_SECONDS else OK,
        says,
        means,
        todo,
        since=max(beat.at for beat in beats),
    )
