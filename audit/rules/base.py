"""A rule: one sentence that must be true of the whole database, and how to find where it is not."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise

from audit.snapshot import Snapshot

MOST = 1000  # lines of one rule; who has more has one fault, not a thousand


@dataclass(frozen=True)
class Rule:
    """`sql` or `look` answers one text a breach; `promise` names the invariant it belongs to."""

    name: str
    promise: str
    says: str | Promise
    sql: str = ""
    look: Callable[[Snapshot], Iterable[str]] | None = None

    def breaches(self, snapshot: Snapshot) -> list[str]:
        if self.look is None:
            return [line for (line,) in snapshot.rows(self.sql)[:MOST]]
        return [line for line, _ in zip(self.look(snapshot), range(MOST), strict=False)]
