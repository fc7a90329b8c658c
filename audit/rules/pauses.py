"""I2, design §5.3: after an outage a step takes one rung, then a pause; five never fall in one second."""

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule
from audit.snapshot import Snapshot
from audit.workdays import Workdays

PAUSE = 30  # working minutes
QUARTER = 0.25
SECOND = 1 / 60

PAIRS = """
    WITH ladder AS (  -- what lies beside the ladder keeps no pause
        SELECT *, lead(id) OVER (PARTITION BY node_id ORDER BY number) AS next_id FROM dispatch_rung
        WHERE action NOT IN ('ring', 'promise_near', 'promise_missed', 'stage_near', 'stage_missed'))
    SELECT m.number, n.id, n.calendar_version, a.number, a.planned_at, a.fired_at, b.action, b.planned_at, b.fired_at
    FROM ladder a JOIN dispatch_rung b ON b.id = a.next_id
    JOIN dispatch_node n ON n.id = a.node_id JOIN matters_matter m ON m.id = n.matter_id
    WHERE a.fired_at > a.planned_at + interval '60 seconds' AND b.action IN ('warn', 'escalate', 'supervise')
      AND n.urgency <> 'emergency' AND m.urgency <> 'emergency' AND b.fired_at >= %(since)s
"""


def hurried(snapshot: Snapshot) -> Iterator[str]:
    """Rungs that followed a late one too soon: sooner than 30 working minutes, or, when their own moment had passed
    as well, than a quarter of the working time between the two."""
    calendar = Workdays(snapshot)
    for number, node, version, place, planned, fired, action, next_planned, next_fired in snapshot.rows(
        PAIRS
    ):
        least: float = PAUSE
        if planned < next_planned <= fired:
            least = max(PAUSE, QUARTER * calendar.minutes(version, planned, next_planned))
        kept = calendar.minutes(version, fired, next_fired)
        if kept < least - SECOND:
            yield (
                f"{number}: step {node} rang {action} {kept:.0f} working minutes after rung {place}, which was late;"
                f" {least:.0f} must pass"
            )


RULES = (
    Rule(
        "catching_up_keeps_its_pause",
        "§5.3",
        _("After a late rung a pause is kept before the next warning, hand-up or supervision order."),
        look=hurried,
    ),
)
