"""I11: the lead passes to another level, and the revision rises, only by what is on record; parts agree with steps."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "level_rises_only_by_a_recorded_act",
        "I11",
        _(
            "The lead passes to another level only by hand-up or by a person's or the list's recorded decision."
        ),
        """
        WITH leads AS (
            SELECT n.matter_id, n.id, n.level, n.opened_at,
                lag(n.level) OVER w AS level_before, lag(n.status) OVER w AS status_before, lag(n.id) OVER w AS before
            FROM dispatch_node n WHERE n.part = 'lead' AND n.kind IN ('triage', 'handle')
            WINDOW w AS (PARTITION BY n.matter_id ORDER BY n.opened_at, n.id))
        SELECT m.number || ': the lead passed from ' || l.level_before || ' (step ' || l.before || ', '
            || l.status_before || ') to ' || l.level || ' (step ' || l.id || ') by no recorded act'
        FROM leads l JOIN matters_matter m ON m.id = l.matter_id
        WHERE l.level <> l.level_before AND l.opened_at >= %(since)s
          AND NOT EXISTS (SELECT 1 FROM dispatch_escalation e WHERE e.node_id = l.before AND e.successor_id = l.id)
          AND NOT EXISTS (SELECT 1 FROM matters_entry e WHERE e.matter_id = l.matter_id AND e.at = l.opened_at
            AND e.kind IN ('dispatched', 'trayed', 'corrected', 'sent_back', 'ruled', 'transferred', 'handed_down',
                           'reworked', 'reopened', 'escalated', 'acknowledged'))
        """,
    ),
    Rule(
        "escalated_level_is_that_of_the_hand_ups",
        "I11",
        _("The level a matter says it was handed up to is that of its last hand-up of the lead."),
        """
        WITH ups AS (
            SELECT DISTINCT ON (n.matter_id) n.matter_id, u.level FROM dispatch_escalation e
            JOIN dispatch_node n ON n.id = e.node_id JOIN dispatch_node heir ON heir.id = e.successor_id
            JOIN organization_department u ON u.id = heir.department_id
            WHERE n.part = 'lead' AND n.kind IN ('triage', 'handle') ORDER BY n.matter_id, e.at DESC, e.id DESC)
        SELECT m.number || ': says it was handed up to ' || coalesce(m.escalated_level, 'none')
            || ', its hand-ups say ' || coalesce(u.level, 'none')
        FROM matters_matter m LEFT JOIN ups u ON u.matter_id = m.id
        WHERE m.escalated_level IS DISTINCT FROM u.level
        """,
    ),
    Rule(
        "revisions_rise_with_what_happened",
        "I9",
        _("A matter's revision is at least one more than its hand-ups, a step's at least one."),
        """
        WITH ups AS (SELECT n.matter_id, count(*) AS many FROM dispatch_escalation e
                     JOIN dispatch_node n ON n.id = e.node_id GROUP BY n.matter_id)
        SELECT m.number || ': revision ' || m.revision || ' after ' || u.many || ' hand-ups'
        FROM ups u JOIN matters_matter m ON m.id = u.matter_id WHERE m.revision < 1 + u.many
        UNION ALL
        SELECT m.number || ': step ' || n.id || ' has ended at revision ' || n.revision
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.revision < CASE WHEN n.ended_at IS NULL THEN 1 ELSE 2 END
        """,
    ),
    Rule(
        "parts_agree_with_steps",
        "I9",
        _(
            "Whoever holds a running step takes part in its matter; whoever held one is on record as having done so."
        ),
        """
        SELECT m.number || ': unit ' || n.department_id || ' holds step ' || n.id || ' (' || n.status
            || ') and has ' || CASE WHEN p.id IS NULL THEN 'no part' ELSE 'a part that ended' END
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        LEFT JOIN matters_participation p ON p.matter_id = n.matter_id AND p.department_id = n.department_id
        WHERE p.id IS NULL OR n.status IN ('open', 'signed') AND p.until IS NOT NULL
        UNION ALL
        SELECT m.number || ': person ' || n.assignee_id || ' holds step ' || n.id || ' and has no part'
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.status IN ('open', 'signed') AND n.assignee_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM matters_participation p WHERE p.matter_id = n.matter_id AND p.person_id = n.assignee_id
            AND p.until IS NULL)
        """,
    ),
    Rule(
        "every_step_has_its_why",
        "§3",
        _("Of every matter that reached a unit it is kept why it went there."),
        """
        SELECT m.number || ': step ' || n.id || ' opened without a routing'
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        WHERE n.kind IN ('triage', 'handle') AND NOT EXISTS (
            SELECT 1 FROM dispatch_routing r WHERE r.matter_id = n.matter_id AND r.at <= n.opened_at)
        """,
    ),
)
