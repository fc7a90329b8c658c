"""What must be true of the whole database, written from the rules and not from the code; see docs/operations.md.

Add a rule: a Rule in one of these modules, and a test that plants exactly what it must find.
"""

from audit.rules import (
    alarms,
    clocks,
    effects,
    levels,
    matters,
    messages,
    nodes,
    pauses,
    privacy,
    rungs,
    timeline,
)
from audit.rules.base import Rule

RULES: tuple[Rule, ...] = (
    *nodes.RULES,
    *alarms.RULES,
    *clocks.RULES,
    *rungs.RULES,
    *effects.RULES,
    *pauses.RULES,
    *matters.RULES,
    *levels.RULES,
    *timeline.RULES,
    *messages.RULES,
    *privacy.RULES,
)
