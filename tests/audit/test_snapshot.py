"""While the audit looks it holds a read-only snapshot: whoever writes meanwhile is neither seen nor stopped."""

import pytest
from django.db import InternalError, connection

from audit.snapshot import snapshot

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_looks_at_one_view_and_cannot_write(town):
    with snapshot() as view:
        assert view.rows("SHOW transaction_isolation") == [("repeatable read",)]
        with pytest.raises(InternalError, match="read-only"), connection.cursor() as cursor:
            cursor.execute("UPDATE matters_channel SET name = ''")
        connection.set_rollback(True)
