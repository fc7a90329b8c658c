"""I6: what must leave the house leaves it, once under each key, and what cannot is seen."""

from django.utils.translation import gettext_lazy as _

from audit.rules.base import Rule

RULES = (
    Rule(
        "no_message_waits",
        "I6",
        _("No message that may be sent waits five minutes, unless its gateway fails or this copy is held."),
        """
        SELECT coalesce(m.number, 'the platform')
            || ': message ' || o.id || ' (' || o.kind || ', ' || o.medium || ') to '
            || coalesce('person ' || o.recipient_id, 'unit ' || o.unit_id)
            || ' waits since ' || o.send_after
        FROM dispatch_outbox o LEFT JOIN matters_matter m ON m.id = o.matter_id
        WHERE o.state = 'ready' AND o.send_after < %(now)s - interval '5 minutes'
          AND coalesce(o.retry_at, '-infinity') < %(real)s - interval '5 minutes'
          AND coalesce(o.lease_until, '-infinity') < %(real)s - interval '5 minutes'
          AND NOT EXISTS (SELECT 1 FROM dispatch_endpoint p WHERE p.failures >= 3 AND p.name IN (o.medium, o.mailbox))
          AND NOT EXISTS (SELECT 1 FROM dispatch_sweepheartbeat b WHERE b.name = 'relay held'
                          AND b.beat_at > %(real)s - interval '5 minutes')
        """,
    ),
    Rule(
        "no_message_is_given_up_unseen",
        "I6",
        _("No message was given up on without somebody having seen it."),
        """
        SELECT coalesce(m.number, 'the platform')
            || ': message ' || o.id || ' (' || o.kind || ', ' || o.medium || ') to '
            || coalesce('person ' || o.recipient_id, 'unit ' || o.unit_id)
            || ' was given up after ' || o.attempts || ' tries: ' || o.error
        FROM dispatch_outbox o LEFT JOIN matters_matter m ON m.id = o.matter_id WHERE o.state = 'dead'
        """,
    ),
    Rule(
        "message_state_fits_its_moments",
        "I6",
        _(
            "A message is sent exactly when it has the moment of sending; one that is done is leased to nobody."
        ),
        """
        SELECT coalesce(m.number, 'the platform')
            || ': message ' || o.id || ' is ' || o.state || ', sent ' || coalesce(o.sent_at::text, 'never')
            || ', leased ' || coalesce(o.lease::text, 'to nobody')
        FROM dispatch_outbox o LEFT JOIN matters_matter m ON m.id = o.matter_id
        WHERE (o.state = 'sent') <> (o.sent_at IS NOT NULL) OR o.state <> 'ready' AND o.lease IS NOT NULL
           OR o.state = 'sent' AND o.attempts = 0
        """,
    ),
    Rule(
        "message_has_one_id",
        "§5.8",
        _("A message has one key and one id, so that a second copy can be told from a second message."),
        """
        SELECT 'messages ' || min(id) || ' and ' || max(id) || ' bear the same key ' || key
        FROM dispatch_outbox GROUP BY key HAVING count(*) > 1
        UNION ALL
        SELECT 'messages ' || min(id) || ' and ' || max(id) || ' bear the same id ' || message_id
        FROM dispatch_outbox GROUP BY message_id HAVING count(*) > 1
        """,
    ),
)
