"""What every proof asks in the end: whether the tables say what must be true."""

import pytest
from django.db import connection

from ops.chaos import checking


@pytest.fixture
def all_holds():
    """Calls the checks of `./run chaos` on the test database; they share no code with the engine."""

    def ask():
        with connection.cursor() as cursor:
            assert checking.breaches(cursor) == {}

    return ask
