"""I1, I5: whoever has a running node has exactly one alarm; whatever is open has a unit whose turn it is."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "alarm_exactly_while_running",
        "I1",
        _("A running step has exactly one next alarm; any other step has none."),
        """
        SELECT m.number || ': step ' || n.id || ' is ' || n.status || ' and its alarm is '
            || coalesce(n.next_alarm_at::text, 'none') || ' (' || coalesce(nullif(n.next_action, ''), 'nothing') || ')'
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE (n.status IN ('open', 'signed')) <> (n.next_alarm_at IS NOT NULL)
           OR (n.next_alarm_at IS NOT NULL) <> (n.next_action <> '')
        """,
    ),
    Rule(
        "open_matter_has_one_running_lead",
        "I1",
        _("Every open matter has exactly one running lead, hence a unit whose turn it is."),
        """
        SELECT m.number || ': is ' || m.status || ' and has ' || count(n.id) || ' running leads'
        FROM matters_matter m
        LEFT JOIN dispatch_node n ON n.matter_id = m.id AND n.status IN ('open', 'signed') AND n.part = 'lead'
        WHERE m.status IN ('reported', 'dispatched', 'verifying', 'callback')
        GROUP BY m.id HAVING count(n.id) <> 1
        """,
    ),
    Rule(
        "ended_matter_has_no_running_step",
        "I5",
        _("A matter that has ended has no running step."),
        """
        SELECT m.number || ': is ' || m.status || ' and step ' || n.id || ' still runs'
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.status IN ('open', 'signed') AND m.status IN ('closed', 'declined', 'merged', 'voided')
        """,
    ),
    Rule(
        "step_moments_fit_its_status",
        "I1",
        _("A step has ended exactly when its status says so; it is opened, signed and ended in this order."),
        """
        SELECT m.number || ': step ' || n.id || ' is ' || n.status || ', opened ' || n.opened_at || ', signed '
            || coalesce(n.signed_at::text, 'never') || ', ended ' || coalesce(n.ended_at::text, 'never')
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE (n.status IN ('waiting', 'open', 'signed')) <> (n.ended_at IS NULL)
           OR n.status = 'open' AND n.signed_at IS NOT NULL
           OR n.status = 'signed' AND n.signed_at IS NULL
           OR n.signed_at < n.opened_at OR n.ended_at < n.opened_at
        """,
    ),
    Rule(
        "matter_row_follows_its_running_steps",
        "I9",
        _("The matter says whose turn it is and until when exactly as its running steps do."),
        """
        WITH told AS (
            SELECT n.matter_id,
                max(n.department_id) FILTER (WHERE n.part = 'lead') AS unit,
                max(n.due_at) FILTER (WHERE n.part = 'lead' AND NOT n.asks) AS due_at,
                max(n.level) FILTER (WHERE n.part = 'lead' AND n.kind IN ('triage', 'handle')) AS level,
                max(n.round) FILTER (WHERE n.part = 'lead') AS round,
                min(n.due_at) FILTER (WHERE NOT n.asks) AS soonest
            FROM dispatch_node n WHERE n.status IN ('open', 'signed') GROUP BY n.matter_id)
        SELECT m.number || ': the matter and its running steps differ in '
            || concat_ws(', ', CASE WHEN m.responsible_id IS DISTINCT FROM t.unit THEN 'unit' END,
                CASE WHEN m.due_at IS DISTINCT FROM t.due_at THEN 'due moment' END,
                CASE WHEN m.soonest_due_at IS DISTINCT FROM t.soonest THEN 'soonest due moment' END,
                CASE WHEN m.level <> t.level THEN 'level' END, CASE WHEN m.round <> t.round THEN 'round' END)
        FROM matters_matter m JOIN told t ON t.matter_id = m.id
        WHERE t.unit IS NOT NULL AND (m.responsible_id IS DISTINCT FROM t.unit
            OR m.due_at IS DISTINCT FROM t.due_at OR m.soonest_due_at IS DISTINCT FROM t.soonest
            OR m.level <> t.level OR m.round <> t.round)
        """,
    ),
    Rule(
        "a_unit_has_one_running_part",
        "I1",
        _("A unit has one running part of a kind in a matter."),
        """
        SELECT m.number || ': unit ' || n.department_id || ' has ' || count(*) || ' running steps (' || n.kind || ')'
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.status IN ('open', 'signed') GROUP BY m.number, n.department_id, n.kind HAVING count(*) > 1
        """,
    ),
    Rule(
        "the_late_unit_keeps_a_part",
        "§4",
        _(
            "A unit whose step was handed up keeps an assisting part, unless whoever took over is the same unit."
        ),
        """
        SELECT m.number || ': step ' || n.id || ' was handed up and its unit was let go'
        FROM dispatch_escalation e JOIN dispatch_node n ON n.id = e.node_id JOIN matters_matter m ON m.id = n.matter_id
        JOIN dispatch_node heir ON heir.id = e.successor_id
        WHERE n.kind = 'handle' AND heir.department_id <> n.department_id AND e.at >= %(since)s AND NOT EXISTS (
            SELECT 1 FROM dispatch_node k WHERE k.matter_id = n.matter_id AND k.department_id = n.department_id
            AND k.part = 'assisting' AND NOT k.climbs AND k.opened_at = e.at)
        """,
    ),
)
