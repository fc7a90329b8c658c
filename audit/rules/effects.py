"""I3: what a rung did is all there: its line, its hand-up, its notices; and none of them came from nowhere."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "rung_has_its_entry",
        "I3",
        _(
            "Each rung has its own line in the timeline, of its kind and moment; calls share one until more are called."
        ),
        """
        WITH words(action, kind) AS (VALUES ('sign_missed', 'sign_missed'), ('response_missed', 'response_missed'),
            ('return_lapsed', 'return_lapsed'), ('remind', 'reminded'), ('warn', 'warned'), ('escalate', 'escalated'),
            ('supervise', 'supervised'), ('urge', 'urged'), ('lapse', 'closed'), ('ring', 'rang'),
            ('look_missed', 'look_missed'), ('promise_near', 'promise_near'), ('promise_missed', 'promise_missed'),
            ('stage_near', 'stage_near'), ('stage_missed', 'stage_missed'))
        SELECT m.number || ': rung ' || r.number || ' (' || r.action || ') of step ' || r.node_id || ' has no entry'
        FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id JOIN matters_matter m ON m.id = n.matter_id
        LEFT JOIN matters_entry e ON e.id = r.entry_id LEFT JOIN words w ON w.action = r.action
        WHERE r.fired_at >= %(since)s AND (e.id IS NULL OR e.matter_id <> n.matter_id OR e.at > r.fired_at
           OR e.kind IS DISTINCT FROM CASE to_jsonb(r.skipped) WHEN 'true' THEN 'skipped' ELSE w.kind END
           OR r.action <> 'ring' AND e.at <> r.fired_at
           OR r.action <> 'lapse' AND e.data ->> 'node' IS DISTINCT FROM r.node_id::text
           OR r.action NOT IN ('lapse', 'ring') AND e.data ->> 'rung' IS DISTINCT FROM r.number::text)
        """,
    ),
    Rule(
        "entry_of_the_ladder_has_its_rung",
        "I3",
        _("Each line the ladder wrote belongs to one rung, that of calls to one or more."),
        """
        SELECT m.number || ': entry ' || e.seq || ' (' || e.kind || ') belongs to ' || count(r.id) || ' rungs'
        FROM matters_entry e JOIN matters_matter m ON m.id = e.matter_id
        LEFT JOIN dispatch_rung r ON r.entry_id = e.id
        WHERE e.actor_kind = 'rule' AND e.actor_name = 'ladder' AND e.at >= %(since)s
        GROUP BY m.number, e.id HAVING count(r.id) <> CASE e.kind WHEN 'rang' THEN greatest(1, count(r.id)) ELSE 1 END
        """,
    ),
    Rule(
        "hand_up_is_recorded_once_with_its_rung",
        "I3",
        _(
            "A step is handed up exactly when its escalation is recorded, with a later holder in the same matter."
        ),
        """
        SELECT m.number || ': step ' || n.id || ' is ' || n.status || ' and its hand-up is '
            || CASE WHEN e.id IS NULL THEN 'not recorded' ELSE 'recorded without its effect' END
        FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id
        LEFT JOIN dispatch_escalation e ON e.node_id = n.id LEFT JOIN dispatch_rung r ON r.id = e.rung_id
        LEFT JOIN dispatch_node heir ON heir.id = e.successor_id
        WHERE (n.status = 'escalated' OR e.id IS NOT NULL) AND (
            n.status <> 'escalated' OR e.id IS NULL OR e.at <> n.ended_at OR heir.matter_id <> n.matter_id
            OR e.rung_id IS NOT NULL AND (r.node_id <> n.id OR r.action <> 'escalate' OR r.fired_at <> e.at))
        """,
    ),
    Rule(
        "escalating_rung_hands_up",
        "I3",
        _("A rung that hands up has its escalation; the late step ends with it."),
        """
        SELECT m.number || ': rung ' || r.number || ' of step ' || r.node_id || ' handed up, and nobody took over'
        FROM dispatch_rung r JOIN dispatch_node n ON n.id = r.node_id JOIN matters_matter m ON m.id = n.matter_id
        LEFT JOIN dispatch_escalation e ON e.rung_id = r.id
        WHERE r.action = 'escalate' AND to_jsonb(r.skipped) <> 'true' AND e.id IS NULL
        """,
    ),
    Rule(
        "whom_a_rung_told_has_a_notice",
        "I3",
        _("Whoever a rung says it told has a notice of it, written in the same transaction."),
        """
        SELECT m.number || ': rung ' || r.number || ' (' || r.action || ') of step ' || r.node_id || ' told person '
            || (t.told ->> 'person') || ', who has no notice of it'
        FROM dispatch_rung r CROSS JOIN LATERAL jsonb_array_elements(r.tells) t(told)
        JOIN dispatch_node n ON n.id = r.node_id JOIN matters_matter m ON m.id = n.matter_id
        WHERE r.fired_at >= %(since)s AND t.told ->> 'person' IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM dispatch_notice o WHERE o.matter_id = n.matter_id AND o.kind = r.action
            AND o.person_id = (t.told ->> 'person')::bigint
            -- of two sweepers the one that began later may call first: nobody is called twice within a minute
            AND abs(extract(epoch FROM o.at - r.fired_at)) <= CASE r.action WHEN 'ring' THEN 60 ELSE 0 END)
        """,
    ),
    Rule(
        "message_of_a_rung_has_its_rung",
        "I3",
        _("A notice or message of the ladder exists only where its rung fired at that moment."),
        """
        SELECT m.number || ': a ' || o.what || ' of ' || o.kind || ' at ' || o.at || ' comes from no rung'
        FROM (SELECT 'notice' AS what, matter_id, node_id, kind, at FROM dispatch_notice
              UNION ALL SELECT 'message', matter_id, node_id, kind, at FROM dispatch_outbox) o
        JOIN matters_matter m ON m.id = o.matter_id
        WHERE o.kind IN ('sign_missed', 'response_missed', 'return_lapsed', 'remind', 'warn', 'escalate', 'supervise',
                         'urge', 'ring', 'look_missed', 'promise_near', 'promise_missed', 'stage_near',
                         'stage_missed') AND o.at >= %(since)s AND NOT EXISTS (
            SELECT 1 FROM dispatch_rung r WHERE r.node_id = o.node_id AND r.action = o.kind AND r.fired_at = o.at)
        """,
    ),
)
