"""Carries the plan out: signals to processes, blows at the broker and at the database."""

import os
import signal
import threading
import time
from collections.abc import Iterable

import psycopg2  # type: ignore[import-untyped]
import redis

from ops.chaos.plan import Blow
from ops.chaos.rig import Rig, hit


class Breaker(threading.Thread):
    def __init__(self, rig: Rig, plan: Iterable[Blow]) -> None:
        super().__init__(daemon=True)
        self.rig, self.plan = rig, list(plan)
        self.done: list[dict] = []
        self.frozen: list[int] = []
        self.stopping = threading.Event()

    def run(self) -> None:
        began = time.monotonic()
        for blow in self.plan:
            if self.stopping.wait(max(0.0, began + blow.at - time.monotonic())):
                return
            try:
                outcome = self.strike(blow)
            except Exception as failure:  # the database may just be down from the blow before
                outcome = f"not possible: {type(failure).__name__}"
            self.done.append({**blow.described(), "outcome": outcome})

    def finish(self) -> None:
        """Everything frozen goes on."""
        self.stopping.set()
        self.join()
        for pid in self.frozen:
            hit(pid, signal.SIGCONT)

    def strike(self, blow: Blow) -> str:
        if blow.target == "backend":
            return self._backend(blow)
        if blow.kind == "flush":
            redis.Redis.from_url(os.environ["BROKER_URL"], socket_timeout=3).flushall()
            return "emptied"
        pids = self.rig.pids_of(blow.target)
        if not pids:
            return "nobody there"
        pid = pids[int(blow.pick * len(pids))]
        if blow.kind == "freeze":
            hit(pid, signal.SIGSTOP)
            thaw = threading.Timer(blow.seconds, hit, (pid, signal.SIGCONT))
            thaw.daemon = True
            thaw.start()
            self.frozen.append(pid)
            return f"{pid} stopped"
        sign = (
            signal.SIGQUIT if blow.kind == "restart" else signal.SIGKILL
        )  # SIGQUIT: PostgreSQL's immediate shutdown
        return f"{pid} {'hit' if hit(pid, sign) else 'was gone'}"

    def _backend(self, blow: Blow) -> str:
        with psycopg2.connect(os.environ["DATABASE_URL"], connect_timeout=3) as link, link.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid() "
                "ORDER BY pid"
            )
            pids = [pid for (pid,) in cursor.fetchall()]
            if not pids:
                return "nobody there"
            pid = pids[int(blow.pick * len(pids))]
            if blow.kind == "terminate":
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
                return f"{pid} terminated"
        hit(pid, signal.SIGKILL)
        return f"{pid} killed"
