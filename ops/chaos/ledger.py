"""What the load was told, kept by itself outside the database: every number given out, every verb confirmed."""

import json
import threading
import time
from collections import Counter
from pathlib import Path

KINDS: dict[str, tuple[str, ...]] = {  # verb -> the entries that say it was done
    "sign": ("signed",),
    "progress": ("progressed",),
    "contact": ("contacted",),
    "hand_in": ("handed_in",),
    "send_back": ("sent_back",),
    "accept": ("accepted",),
    "verify": ("verified", "reworked"),
}


class Ledger:
    """Answers as they came, one JSON line each, kept by the generator."""

    def __init__(self, file: Path) -> None:
        self.out = file.open("a", encoding="utf-8")
        self.lock = threading.Lock()
        self.numbers: dict[str, str] = {}  # Idempotency-Key -> number
        self.verbs: list[tuple[str, str]] = []  # (number or node, verb)
        self.answers: Counter = Counter()
        self.other_number: list[str] = []
        self.unanswered = 0

    def acknowledge(self, key: str, number: str, replayed: bool) -> None:
        with self.lock:
            if self.numbers.setdefault(key, number) != number:
                self.other_number.append(f"{key}: {self.numbers[key]}, then {number}")
            self._write({"key": key, "number": number, "replayed": replayed})

    def done(self, subject: str, verb: str) -> None:
        with self.lock:
            self.verbs.append((subject, verb))
            self._write({"on": subject, "verb": verb})

    def count(self, what: str, status: int) -> None:
        with self.lock:
            self.answers[f"{what} {status or 'no answer'}"] += 1

    def _write(self, line: dict) -> None:
        self.out.write(json.dumps({"at": round(time.time(), 3), **line}) + "\n")
        self.out.flush()
