"""I2, I12: each rung once, in order, not early, and never on a step that has ended."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "rung_fires_once",
        "I2",
        _("A rung fires once for its step; only urging and calling come again."),
        """
        SELECT m.number || ': step ' || r.node_id || ' rang ' || r.action || ' ' || count(*) || ' times'
        FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id JOIN matters_matter m ON m.id = n.matter_id
        WHERE r.action NOT IN ('ring', 'urge', 'promise_near', 'promise_missed', 'stage_near', 'stage_missed')
        GROUP BY m.number, r.node_id, r.action HAVING count(*) > 1
        """,
    ),
    Rule(
        "rungs_are_numbered_without_a_gap",
        "I2",
        _("The rungs of a step are numbered 1, 2, 3 … and the step knows how many they are."),
        """
        WITH rang AS (SELECT node_id, count(*) AS many, count(DISTINCT number) AS numbers, max(number) AS last
                      FROM dispatch_rung GROUP BY node_id)
        SELECT m.number || ': step ' || n.id || ' counts ' || n.rung || ' rungs and has '
            || coalesce(r.many, 0) || ', the last numbered ' || coalesce(r.last, 0)
        FROM dispatch_node n LEFT JOIN rang r ON r.node_id = n.id JOIN matters_matter m ON m.id = n.matter_id
        WHERE coalesce(r.many, 0) <> n.rung OR coalesce(r.numbers, 0) <> n.rung OR coalesce(r.last, 0) <> n.rung
        """,
    ),
    Rule(
        "step_knows_what_has_rung",
        "I2",
        _("What a step notes as fired is what its rungs fired or wrote as skipped."),
        """
        WITH rang AS (
            SELECT r.node_id, r.action FROM dispatch_rung r WHERE r.action NOT IN
                ('ring', 'urge', 'promise_near', 'promise_missed', 'stage_near', 'stage_missed')
            UNION SELECT r.node_id, s.action FROM dispatch_rung r, jsonb_array_elements_text(
                CASE jsonb_typeof(to_jsonb(r.skipped)) WHEN 'array' THEN to_jsonb(r.skipped) ELSE '[]' END) s(action)),
        noted AS (SELECT n.id AS node_id, f.action FROM dispatch_node n, unnest(n.fired) f(action)),
        differs AS (
            (SELECT node_id, action, 'noted, but never rang' AS what FROM noted
             EXCEPT SELECT node_id, action, 'noted, but never rang' FROM rang)
            UNION ALL
            (SELECT node_id, action, 'rang, but is not noted' FROM rang
             EXCEPT SELECT node_id, action, 'rang, but is not noted' FROM noted))
        SELECT m.number || ': step ' || d.node_id || ': ' || d.action || ' ' || d.what
        FROM differs d JOIN dispatch_node n ON n.id = d.node_id JOIN matters_matter m ON m.id = n.matter_id
        """,
    ),
    Rule(
        "no_rung_fires_early",
        "I12",
        _("No rung fires before its planned moment or before the pause of catching up has passed."),
        """
        SELECT m.number || ': step ' || r.node_id || ' rang ' || r.action || ' at ' || r.fired_at || ', planned for '
            || r.planned_at || ', not before ' || r.due_at
        FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id JOIN matters_matter m ON m.id = n.matter_id
        WHERE r.fired_at < greatest(r.planned_at, r.due_at) AND r.fired_at >= %(since)s
        """,
    ),
    Rule(
        "no_rung_after_the_end",
        "I5",
        _("No rung fires on a step that has ended or was not yet open."),
        """
        SELECT m.number || ': step ' || r.node_id || ' rang ' || r.action || ' at ' || r.fired_at || ', it ran from '
            || n.opened_at || ' to ' || coalesce(n.ended_at::text, 'now')
        FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id JOIN matters_matter m ON m.id = n.matter_id
        WHERE r.fired_at > n.ended_at + interval '60 seconds' OR r.fired_at < n.opened_at
        """,  # a verb that waited for the sweeper's lock ends the step at the moment at which it was asked
    ),
)
