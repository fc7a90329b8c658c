"""The ledger of clocks: a running step's time is accounted for without gap or overlap from its opening on."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "a_running_clock_is_accounted_for",
        "§4",
        _("The clock of a running step runs or is held at every moment since it opened, and goes on."),
        """
        WITH spans AS (
            SELECT s.node_id, s.kind, s.began_at, s.ended_at,
                lag(s.ended_at) OVER w AS before, row_number() OVER w AS place, lead(s.id) OVER w IS NULL AS last
            FROM dispatch_clockspan s WHERE s.kind IN ('run', 'hold') AND s.node_id IS NOT NULL
            WINDOW w AS (PARTITION BY s.node_id ORDER BY s.began_at, s.id))
        SELECT m.number || ': the clock of step ' || n.id || coalesce(' has a gap or an end at ' || s.began_at,
            ' was never started')
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id LEFT JOIN spans s ON s.node_id = n.id
            AND (s.began_at IS DISTINCT FROM CASE s.place WHEN 1 THEN n.opened_at ELSE s.before END
                 OR s.last <> (s.ended_at IS NULL) OR s.last AND s.kind <> 'run')
        WHERE n.status IN ('open', 'signed') AND (s.node_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM dispatch_clockspan c WHERE c.node_id = n.id AND c.kind = 'run'))
        """,
    ),
)
