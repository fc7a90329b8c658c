"""I7: the spine is gapless and its hashes hold, to the end that the matter knows."""

from django.utils.translation import gettext_lazy as _

from audit import chain
from audit.rules.base import Rule

RULES = (
    Rule(
        "timeline_is_whole",
        "I7",
        _(
            "Each timeline is gapless, its hashes and commitments hold, and its end is the one the matter knows."
        ),
        look=chain.broken,
    ),
    Rule(
        "entries_cannot_be_rewritten",
        "I7",
        _("The database itself refuses to change or delete a line of the timeline."),
        """
        SELECT 'the database does not guard the timeline: ' || w.what FROM (VALUES
            ('changing', 16), ('deleting', 8), ('emptying', 32)) w(what, bit)
        WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = 'matters_entry'::regclass
            AND NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgtype & 2 = 2 AND t.tgtype & w.bit = w.bit)
        """,
    ),
)
