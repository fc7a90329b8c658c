"""What every proof asks in the end: whether the tables say what must be true."""

import pytest
from django.db import connection

from ops.chaos import checking


@pytest.fixture
def all_holds():
    """Calls the checks of `./run chaos` on the test database; they share no code with the engine."""

    def ask(*, but=()):
        """`but` names what the test itself made untrue, to come to the point without the way there."""
        with connection.cursor() as cursor:
            found = checking.breaches(cursor)
        assert {name: rows for name, rows in found.items() if name not in but} == {}

    return ask
