"""What the database itself forbids: the timeline is insert-only.

Erasing personal words by law is the one allowed change: it may empty `text`, `why` and `actor_name`,
and nothing else. Emptying the whole table is allowed in a test database only, for the test runner.
"""

import pgtrigger

_ONLY_ERASES = """
    IF NEW.text IN (OLD.text, '') AND NEW.why IN (OLD.why, '') AND NEW.actor_name IN (OLD.actor_name, '')
       AND (to_jsonb(NEW) - '{text,why,actor_name}'::text[]) = (to_jsonb(OLD) - '{text,why,actor_name}'::text[])
    THEN RETURN NEW; END IF;
    RAISE EXCEPTION 'the timeline is insert-only';
"""

INSERT_ONLY = [
    pgtrigger.Trigger(
        name="entry_not_rewritten", when=pgtrigger.Before, operation=pgtrigger.Update, func=_ONLY_ERASES
    ),
    pgtrigger.Trigger(
        name="entry_not_deleted",
        when=pgtrigger.Before,
        operation=pgtrigger.Delete,
        func="RAISE EXCEPTION 'the timeline is insert-only';",
    ),
    pgtrigger.Trigger(
        name="entries_not_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="IF current_database() LIKE 'test\\_%' THEN RETURN NULL; END IF;"
        " RAISE EXCEPTION 'the timeline is insert-only';",
    ),
]
