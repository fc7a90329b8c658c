"""Dying at a statement: a child process that ends, without tidying up, before or after the k-th statement or COMMIT."""

from django.db import connection

from tests.dispatch.processes import in_child, wait

DIED = 9


class Tape:
    """Counts statements and commits of one piece of work, in this process."""

    def __init__(self):
        self.steps = []

    def __enter__(self):
        self.wrapper = lambda execute, sql, *rest: (self.steps.append(sql.split()[0]), execute(sql, *rest))[1]
        connection.execute_wrappers.append(self.wrapper)
        self.commit = connection._commit
        connection._commit = lambda: (self.commit(), self.steps.append("COMMIT"))[0]
        return self

    def __exit__(self, *_):
        connection.execute_wrappers.remove(self.wrapper)
        connection._commit = self.commit


def points(steps):
    """Every place to die at: before and after each statement, before and after each commit."""
    return [(place, side) for place in range(1, len(steps) + 1) for side in ("before", "after")]


def dies_at(work, place, side):
    """Run `work` in a child that dies there; True when it did die, False when it came to its end first."""
    seen = 0

    def crash(number, sql, when):
        nonlocal seen
        if when == "before":
            seen += 1
        return (seen, when) == (place, side)

    [code] = wait(in_child(work, crash=crash))
    assert code in (0, DIED), "the child failed of something else; its traceback is above"
    return code == DIED
