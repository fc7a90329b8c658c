"""I4, I8: nothing waits past its moment, no alarm is set to another moment than the rules say, no stale calendar."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule
from audit.snapshot import Snapshot

WAITING = """
    SELECT m.number || ': step ' || n.id || ' should have rung (' || n.next_action || ') at ' || n.next_alarm_at
    FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
    WHERE n.next_alarm_at < %(now)s - interval '60 seconds'
      AND (n.retry_at IS NULL OR n.retry_at < %(real)s - interval '60 seconds')
      AND NOT (%(held)s AND n.next_action IN ('warn', 'escalate', 'supervise', 'urge') AND n.rung > 0
               AND n.urgency <> 'emergency')
"""


def waiting(view: Snapshot) -> list[str]:
    """What should have rung; a breaker that holds keeps back what weighs, of steps that were told of before."""
    [(there,)] = view.rows("SELECT to_regclass('dispatch_breaker') IS NOT NULL")
    held = there and any(state != "closed" for (state,) in view.rows("SELECT state FROM dispatch_breaker"))
    return [line for (line,) in view.rows(WAITING, held=held)]


RULES = (
    Rule(
        "nothing_waits_past_its_moment",
        "I4",
        _(
            "No alarm is more than 60 s late, unless its step failed and is tried again, or the breaker holds it."
        ),
        look=waiting,
    ),
    Rule(
        "a_failing_step_is_never_given_up",
        "I4",
        _("A step that failed to ring is tried again within ten minutes."),
        """
        SELECT m.number || ': step ' || n.id || ' failed ' || n.failures || ' times and is left until ' || n.retry_at
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.next_alarm_at IS NOT NULL AND n.retry_at > %(real)s + interval '660 seconds'
        """,
    ),
    Rule(
        "alarm_is_the_earliest_thing_to_come",
        "I4",
        _("The next alarm of a step is the earliest of what is still to come; only catching up puts it off."),
        """
        WITH coming AS (
            SELECT n.id, n.matter_id, n.next_alarm_at, n.next_action, p.action, p.at,
                rank() OVER (PARTITION BY n.id ORDER BY p.at) AS place
            FROM dispatch_node n CROSS JOIN LATERAL (VALUES
                ('sign_missed', CASE WHEN n.signed_at IS NULL THEN n.sign_due_at END),
                ('response_missed', CASE WHEN n.responded_at IS NULL THEN n.first_response_due_at END),
                ('return_lapsed', n.returnable_until),
                ('remind', n.remind_at),
                (CASE WHEN n.asks THEN 'lapse' ELSE 'warn' END, n.due_at),
                (CASE WHEN n.level = 'district' THEN 'supervise' ELSE 'escalate' END,
                    CASE WHEN n.climbs THEN n.escalate_at END),
                ('look_missed', CASE WHEN n.signed_at IS NULL THEN n.look_due_at END),
                ('ring', n.ring_at), ('urge', n.urge_at),
                -- moments that not every installation has yet
                ('promise_near', (to_jsonb(n) ->> 'promise_near_at')::timestamptz),
                ('promise_missed', (to_jsonb(n) ->> 'promise_due_at')::timestamptz),
                ('stage_near', (to_jsonb(n) ->> 'stage_near_at')::timestamptz),
                ('stage_missed', (to_jsonb(n) ->> 'stage_due_at')::timestamptz)) AS p(action, at)
            WHERE n.next_alarm_at IS NOT NULL AND p.at IS NOT NULL
              AND (p.action IN
                ('ring', 'urge', 'promise_near', 'promise_missed', 'stage_near', 'stage_missed')
                OR p.action <> ALL (n.fired)))
        SELECT m.number || ': step ' || c.id || ' is set to ' || c.next_action || ' at ' || c.next_alarm_at
            || ', but the first to come is ' || c.action || ' at ' || c.at
        FROM coming c JOIN matters_matter m ON m.id = c.matter_id
        WHERE c.place = 1 AND NOT EXISTS (
            SELECT 1 FROM coming same WHERE same.id = c.id AND same.place = 1 AND same.action = c.next_action
            AND (same.next_alarm_at = same.at OR same.next_alarm_at > same.at AND EXISTS (
                SELECT 1 FROM dispatch_rung r WHERE r.node_id = c.id
                AND r.fired_at > r.planned_at + interval '60 seconds')))
        """,
    ),
    Rule(
        "running_step_has_something_to_come",
        "I1",
        _("A running step always has something still to come, so that it never falls silent."),
        """
        SELECT m.number || ': step ' || n.id || ' has nothing to come after ' || n.next_action
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.status IN ('open', 'signed') AND NOT n.asks AND n.urge_at IS NULL
          AND (n.escalate_at IS NULL OR n.fired && ARRAY['escalate', 'supervise']::varchar[] OR NOT n.climbs)
        """,
    ),
    Rule(
        "an_emergency_rings_until_somebody_answers",
        "§4",
        _("An emergency that nobody has answered rings again; one that was answered is quiet."),
        """
        SELECT m.number || ': step ' || n.id || CASE WHEN n.ring_at IS NULL THEN
            ' waits for an answer and does not ring' ELSE ' rings although it was answered' END
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.status IN ('open', 'signed') AND (
            n.ring_at IS NOT NULL AND (n.acknowledged_at IS NOT NULL OR n.signed_at IS NOT NULL)
            OR n.ring_at IS NULL AND n.acknowledged_at IS NULL AND n.status = 'open' AND n.urgency = 'emergency'
               AND n.climbs AND NOT n.asks AND n.kind IN ('triage', 'handle'))
        """,
    ),
    Rule(
        "no_stale_calendar",
        "I8",
        _("Half an hour after a calendar is published no running step is counted by an earlier one."),
        """
        SELECT m.number || ': step ' || n.id || ' is counted by calendar ' || n.calendar_version || ', in force is '
            || c.number
        FROM (SELECT max(number) AS number FROM organization_calendarversion
              WHERE published_at < %(now)s - interval '30 minutes') c
        JOIN dispatch_node n ON n.calendar_version < c.number AND n.status IN ('open', 'signed')
        JOIN matters_matter m ON m.id = n.matter_id
        """,
    ),
    Rule(
        "business_time_is_real_time",
        "§6",
        _("Outside demo mode no offset moves the clock of business."),
        """
        SELECT 'the clock of business runs ' || ahead || ' ahead'
        FROM organization_clockoffset WHERE NOT %(demo)s AND ahead <> interval '0'
        """,
    ),
)
