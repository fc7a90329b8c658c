"""Chinese search on stock PostgreSQL: single characters and bigrams as lexemes of one tsvector.

The default parser makes one token of a whole Chinese clause and trigram indexes do not serve words of two
characters; bigrams give exact recall for any substring of two characters and more, without an extension.
"""

import re
import unicodedata

from django.db.models import BooleanField, F, Func, Q, Value

_RUNS = re.compile(r"\w+")


def lexemes(text: str) -> list[str]:
    """Every character and every pair of neighbours inside each run of letters, Han and digits."""
    found: set[str] = set()
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).lower()):
        found.update(run)
        found.update(run[n : n + 2] for n in range(len(run) - 1))
    return sorted(found)


def vector(*texts: str) -> str:
    """The value of a `search` column for these texts, in the notation of a tsvector; no parser has a say in it."""
    return " ".join(f"'{word}'" for word in lexemes(" ".join(texts)))


def matches(words: str) -> Q:
    """Condition: the row's `search` column holds every bigram (or single character) of the words."""
    asked: list[str] = []
    for run in _RUNS.findall(unicodedata.normalize("NFKC", words).lower()):
        asked += [run[n : n + 2] for n in range(len(run) - 1)] or [run]
    if not asked:
        return Q(pk__in=[])
    # cast, not to_tsquery: the lexemes are quoted here and must not meet a parser
    query = Func(
        Value(" & ".join(f"'{word}'" for word in dict.fromkeys(asked))), template="%(expressions)s::tsquery"
    )
    return Q(
        Func(F("search"), query, template="%(expressions)s", arg_joiner=" @@ ", output_field=BooleanField())
    )
