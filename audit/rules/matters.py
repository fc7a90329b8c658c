"""I9, I10: the status is what the timeline says, and nothing that was acknowledged is lost."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "numbers_and_foreign_numbers_are_unique",
        "§5.5",
        _("No two matters bear the same number, private link, or number of the same other system."),
        """
        SELECT number || ': the number is borne by ' || count(*) || ' matters'
        FROM matters_matter GROUP BY number HAVING count(*) > 1
        UNION ALL
        SELECT min(number) || ': its private link is that of ' || count(*) || ' matters'
        FROM matters_matter GROUP BY token HAVING count(*) > 1
        UNION ALL
        SELECT min(number) || ': ' || external_id || ' of client ' || client_id || ' is ' || count(*) || ' matters'
        FROM matters_matter WHERE external_id IS NOT NULL GROUP BY client_id, external_id HAVING count(*) > 1
        """,
    ),
    Rule(
        "an_answered_report_is_kept",
        "I10",
        _("A report that was answered with a number is there, under this number."),
        """
        SELECT coalesce(r.body ->> 'number', 'no number') || ': receipt ' || r.id || ' was answered '
            || r.status_code || ', and ' || coalesce('the matter is ' || m.number, 'there is no such matter')
        FROM matters_receipt r LEFT JOIN matters_matter m ON m.id = r.matter_id
        WHERE r.status_code = 201 AND r.body ? 'number' AND r.body ->> 'number' IS DISTINCT FROM m.number
        """,
    ),
    Rule(
        "status_follows_the_timeline",
        "I9",
        _("Reading the timeline from the beginning leads, by allowed steps, to the status the matter has."),
        """
        WITH may_become(before, after) AS (VALUES
            ('', 'reported'), ('reported', 'reported'), ('reported', 'dispatched'), ('reported', 'declined'),
            ('reported', 'merged'), ('reported', 'voided'), ('reported', 'closed'), ('dispatched', 'dispatched'),
            ('dispatched', 'verifying'), ('dispatched', 'reported'), ('dispatched', 'merged'), ('dispatched', 'voided'),
            ('verifying', 'callback'), ('verifying', 'dispatched'), ('callback', 'closed'), ('callback', 'dispatched'),
            ('closed', 'dispatched'), ('closed', 'reported'), ('declined', 'dispatched'), ('declined', 'reported')),
        turns AS (
            SELECT e.matter_id, e.seq, CASE e.kind
                WHEN 'reported' THEN 'reported' WHEN 'trayed' THEN 'reported' WHEN 'dispatched' THEN 'dispatched'
                WHEN 'handed_in' THEN 'verifying' WHEN 'sent_back' THEN 'reported' WHEN 'verified' THEN 'callback'
                WHEN 'reworked' THEN 'dispatched' WHEN 'reopened' THEN 'dispatched' WHEN 'closed' THEN 'closed'
                WHEN 'declined' THEN 'declined' WHEN 'merged' THEN 'merged' WHEN 'voided' THEN 'voided'
                WHEN 'withdrawn' THEN 'voided' END AS status
            FROM matters_entry e LEFT JOIN dispatch_node n ON e.kind IN ('handed_in', 'sent_back')
                AND n.id = (e.data ->> 'node')::bigint
            WHERE e.kind IN ('reported', 'trayed', 'dispatched', 'handed_in', 'sent_back', 'verified', 'reworked',
                'reopened', 'closed', 'declined', 'merged', 'voided', 'withdrawn')
              AND coalesce(n.part, 'lead') = 'lead' AND coalesce(n.kind, 'handle') = 'handle'),
        walked AS (
            SELECT matter_id, seq, status, lag(status, 1, '') OVER w AS before, lead(seq) OVER w IS NULL AS last
            FROM turns WINDOW w AS (PARTITION BY matter_id ORDER BY seq))
        SELECT m.number || ': entry ' || w.seq || ' leads from ' || w.before || ' to ' || w.status
        FROM walked w JOIN matters_matter m ON m.id = w.matter_id
        WHERE NOT EXISTS (SELECT 1 FROM may_become b WHERE b.before = w.before AND b.after = w.status)
        UNION ALL
        SELECT m.number || ': the timeline leads to ' || w.status || ', the matter is ' || m.status
        FROM walked w JOIN matters_matter m ON m.id = w.matter_id WHERE w.last AND w.status <> m.status
        """,
    ),
    Rule(
        "end_has_its_moment",
        "I9",
        _(
            "A matter is closed exactly when it has the moment and the manner of its end; nothing ended is due."
        ),
        """
        SELECT number || ': is ' || status || ', closed ' || coalesce(closed_at::text, 'never') || ' ('
            || coalesce(nullif(ending, ''), 'no ending') || '), due ' || coalesce(due_at::text, 'never')
        FROM matters_matter
        WHERE (status = 'closed') <> (closed_at IS NOT NULL) OR (status = 'closed') <> (ending <> '')
           OR closed_at < reported_at OR status = 'closed' AND (due_at IS NOT NULL OR soonest_due_at IS NOT NULL)
        """,
    ),
)
