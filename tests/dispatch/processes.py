"""Real processes on the test database, by fork: a child has its own connection and ends without tidying up."""

import os
import traceback

from django.db import connection, connections


def in_child(work, *, crash=None):
    """Run `work()` in a forked child; returns its pid. `crash(number, sql)` true before a statement kills it so."""
    connection.close()
    pid = os.fork()
    if pid:
        return pid
    try:
        for each in connections.all():
            each.connection = None  # the parent's socket is not ours
        if crash:
            _count_statements(crash)
        work()
        connection.close()
        os._exit(0)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def wait(*pids):
    """Exit codes of the children."""
    return [os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids]


def _count_statements(crash):
    number = 0

    def counted(execute, sql, params, many, context):
        nonlocal number
        number += 1
        if crash(number, sql, "before"):
            os._exit(9)
        result = execute(sql, params, many, context)
        if crash(number, sql, "after"):
            os._exit(9)
        return result

    connection.execute_wrappers.append(counted)
    commit = connection._commit

    def committed():
        if crash(number, "COMMIT", "before"):
            os._exit(9)
        commit()
        if crash(number, "COMMIT", "after"):
            os._exit(9)

    connection._commit = committed
