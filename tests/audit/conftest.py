"""The busy district is built once for a file of tests; each test plants its fault in a savepoint of its own."""

import pytest
from django.db import connection, transaction
from django.utils import translation

from tests.audit.busy import Busy, set_clock


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker):
    translation.deactivate()
    with django_db_blocker.unblock(), transaction.atomic():
        made = Busy()
        set_clock()
        with connection.cursor() as cursor:  # nothing pending: a test may alter tables
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield made
        transaction.set_rollback(True)


@pytest.fixture
def busy(built, db):
    """In the test's own savepoint: `db` opens it inside the transaction that built the district."""
    return built
