"""§5.7: of a sensitive matter only who holds it and who is named for it hears; of a matter about them, nobody."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "sensitive_matters_stay_inside",
        "§5.7",
        _(
            "Of a sensitive matter nobody was told who neither held a step of it nor is named for such matters."
        ),
        """
        WITH told AS (
            SELECT matter_id, person_id, at, 'notice' AS what FROM dispatch_notice
            UNION ALL SELECT matter_id, recipient_id, at, 'message' FROM dispatch_outbox)
        SELECT DISTINCT m.number || ': person ' || t.person_id || ' was told by a ' || t.what || ' and may not know'
        FROM told t JOIN matters_matter m ON m.id = t.matter_id
        WHERE m.sensitive AND t.at >= %(since)s
          AND NOT EXISTS (SELECT 1 FROM organization_post p WHERE p.person_id = t.person_id
            AND (p.sensitive_desk OR p.role = 'auditor'))
          AND NOT EXISTS (SELECT 1 FROM dispatch_node n LEFT JOIN organization_department u ON u.id = n.department_id
            LEFT JOIN organization_post p ON p.department_id = n.department_id AND p.person_id = t.person_id
                AND u.kind <> 'command'
            WHERE n.matter_id = t.matter_id AND (n.assignee_id = t.person_id OR p.id IS NOT NULL))
          AND NOT EXISTS (SELECT 1 FROM matters_entry e WHERE e.matter_id = t.matter_id AND e.kind = 'corrected'
            AND e.data -> 'to' ? 'sensitive' AND e.at > t.at)
        """,
    ),
    Rule(
        "a_unit_never_has_what_is_about_it",
        "§3",
        _("A matter about a unit is never given to it, and nobody who works only there is told of it."),
        """
        SELECT m.number || ': is about unit ' || n.department_id || ', which holds step ' || n.id
        FROM matters_matter m JOIN dispatch_node n ON n.matter_id = m.id AND n.department_id = m.about_department_id
        WHERE n.kind IN ('handle', 'verify')
        UNION ALL
        SELECT DISTINCT m.number || ': is about unit ' || m.about_department_id || ', where person ' || o.person_id
            || ', who was told of it, works'
        FROM matters_matter m JOIN dispatch_notice o ON o.matter_id = m.id
        WHERE m.about_department_id IS NOT NULL AND EXISTS (
            SELECT 1 FROM organization_post p WHERE p.person_id = o.person_id
            AND p.department_id = m.about_department_id AND p.valid_from <= (o.at AT TIME ZONE 'Asia/Shanghai')::date
            AND (p.valid_to IS NULL OR p.valid_to >= (o.at AT TIME ZONE 'Asia/Shanghai')::date))
          AND NOT EXISTS (SELECT 1 FROM organization_department u WHERE u.id = m.about_department_id
            AND u.kind = 'command')
        """,
    ),
)
