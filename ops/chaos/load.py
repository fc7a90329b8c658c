"""The load: reports, readings and officers' verbs by REST. What was confirmed it keeps outside the database."""

import random
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

from ops.chaos.asking import Caller
from ops.chaos.ledger import Ledger

TEXTS = [
    "三号楼楼道里有人飞线充电",
    "工地夜里施工打桩",
    "楼上漏水没人管",
    "饭店后厨有虫子",
    "路边有人搭棚占道",
    "下水道返水臭味很大",
]
CATEGORIES = ["ZZ01", "ZZ07", "ZF11", "JG01", "BM11", None, "ZZ13"]
AREAS = [
    "990106001001001",
    "990106001001002",
    "990106100200001",
    "990106100200002",
    "990106001002001",
    "990106",
]


class Load:
    def __init__(self, url: str, logins: dict, ledger: Ledger, seed: int, per_second: float) -> None:
        self.url, self.ledger, self.seed, self.per_second = url, ledger, seed, per_second
        keys = {each["name"]: each["key"] for each in logins["api_clients"]}
        self.hotline = keys["hotline"]
        people = {each["username"]: each["password"] for each in logins["users"]}
        chosen = (
            "village01",
            "town01",
            "desk01",
            "grid01",
            "village02",
            "town02",
            "desk02",
            "grid02",
            "bureau01",
            "districtdesk",
        )
        self.people = [(name, people[name]) for name in chosen if name in people]
        self.stopping = threading.Event()
        self.threads: list[threading.Thread] = []

    def start(self) -> None:
        jobs: list[Callable[[random.Random], None]] = [
            *[self.report] * 4,
            *[self.read] * 2,
            *[self.officers] * 3,
        ]
        for place, job in enumerate(jobs):
            thread = threading.Thread(target=job, args=(random.Random(f"{self.seed}:{place}"),), daemon=True)
            self.threads.append(thread)
            thread.start()

    def is_running(self) -> bool:
        return any(thread.is_alive() for thread in self.threads)

    def report(self, choice: random.Random) -> None:
        caller = Caller(self.url, key=self.hotline)
        sent: list[tuple[str, dict]] = []
        while not self.stopping.wait(choice.expovariate(self.per_second / 4)):
            again = sent and choice.random() < 0.1
            key, body = (
                choice.choice(sent[-50:])
                if again
                else (str(uuid.UUID(int=choice.getrandbits(128))), self._new(choice))
            )
            self._send_until_answered(caller, key, body)
            if not again:
                sent.append((key, body))

    def _new(self, choice: random.Random) -> dict:
        body: dict[str, Any] = {
            "text": choice.choice(TEXTS),
            "channel": "hotline",
            "area": choice.choice(AREAS),
        }
        if category := choice.choice(CATEGORIES):
            body["category"] = category
        return body

    def _send_until_answered(self, caller: Caller, key: str, body: dict) -> None:
        """A client that keeps its key asks again until somebody answers, also after the load was told to stop."""
        for attempt in range(12):
            status, answer, headers = caller.ask("POST", "/matters", body, key=key)
            self.ledger.count("report", status)
            if status == 201:
                self.ledger.acknowledge(key, answer["number"], headers.get("Idempotent-Replayed") == "true")
                return
            time.sleep(min(5.0, 0.3 * (attempt + 1)))
        self.ledger.unanswered += 1

    def read(self, choice: random.Random) -> None:
        caller = Caller(self.url, key=self.hotline)
        while not self.stopping.wait(choice.expovariate(2.0)):
            numbers = list(self.ledger.numbers.values())
            path = (
                f"/matters/{choice.choice(numbers[-200:])}"
                if numbers and choice.random() < 0.7
                else "/matters?limit=20"
            )
            self.ledger.count("read", caller.ask("GET", path)[0])

    def officers(self, choice: random.Random) -> None:
        callers = [Caller(self.url, user=user) for user in self.people]
        while not self.stopping.wait(choice.expovariate(2.0)):
            self._work(choice.choice(callers), choice)

    def _work(self, caller: Caller, choice: random.Random) -> None:
        status, answer, _ = caller.ask("GET", "/nodes?mine=true&limit=20")
        if status in (401, 403) and caller.log_in():
            status, answer, _ = caller.ask("GET", "/nodes?mine=true&limit=20")
        self.ledger.count("inbox", status)
        if status != 200 or not answer["results"]:
            return
        node = choice.choice(answer["results"])
        path, verb, body = _verb(node, choice)
        key = str(uuid.UUID(int=choice.getrandbits(128)))
        for _attempt in range(4):
            status, _answer, _headers = caller.ask("POST", path, body, key=key)
            self.ledger.count(verb, status)
            if status == 200:
                self.ledger.done(str(node["id"]) if path.startswith("/nodes") else path.split("/")[2], verb)
            if status and status < 500:
                return
            time.sleep(0.3)


def _verb(node: dict, choice: random.Random) -> tuple[str, str, dict]:
    """What somebody does with a step of their inbox."""
    number = node["matter"]["number"] if isinstance(node.get("matter"), dict) else node.get("matter")
    if node["kind"] == "triage":
        return f"/matters/{number}/accept", "accept", {}
    if node["kind"] == "verify":
        return f"/matters/{number}/verify", "verify", {"solved": choice.random() < 0.8, "text": "现场看过"}
    if node["status"] == "open" and choice.random() < 0.6:
        return f"/nodes/{node['id']}/sign", "sign", {}
    verb = choice.choice(["progress", "contact", "hand_in", "hand_in", "send_back"])
    bodies: dict[str, dict] = {
        "progress": {"text": "已到现场", "public": True},
        "contact": {"reached": True, "how": "phone", "text": "已联系"},
        "hand_in": {"text": "已处理完毕"},
        "send_back": {"reason": "not_ours", "text": "不属于本单位"},
    }
    return f"/nodes/{node['id']}/{verb}", verb, bodies[verb]
