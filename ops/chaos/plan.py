"""What is broken when: drawn once from the seed, so that a run can be repeated action by action."""

from dataclasses import asdict, dataclass
from random import Random

QUIET_START, QUIET_END = 8.0, 6.0  # seconds in which nothing is broken

# kind, weight, target, least and most seconds it stays so (0: at once and over)
KINDS = [
    ("kill", 24, "sweeper", 0, 0),
    ("kill", 8, "relay", 0, 0),
    ("kill", 8, "web", 0, 0),
    ("kill", 6, "worker", 0, 0),
    ("kill", 3, "beat", 0, 0),
    ("freeze", 12, "sweeper", 1, 20),
    ("freeze", 4, "relay", 1, 15),
    ("freeze", 4, "web", 1, 5),
    ("freeze", 3, "worker", 1, 15),
    ("freeze", 2, "beat", 1, 30),
    ("freeze", 4, "broker", 2, 15),
    ("kill", 4, "broker", 0, 0),
    ("flush", 4, "broker", 0, 0),
    ("terminate", 8, "backend", 0, 0),
    ("kill", 3, "backend", 0, 0),
    ("restart", 2, "postgres", 0, 0),
]
AT_LEAST = [
    ("kill", "backend"),
    ("restart", "postgres"),
    ("kill", "broker"),
    ("flush", "broker"),
    ("freeze", "broker"),
]


@dataclass(frozen=True)
class Blow:
    """One thing done to the stack, `at` seconds after the load began; `pick` chooses among those that then live."""

    at: float
    kind: str
    target: str
    pick: float
    seconds: float = 0.0

    def described(self) -> dict:
        return asdict(self)


def draw(seed: int, minutes: float, every: float = 1.6) -> list[Blow]:
    """The blows of a run in order, about one every `every` seconds; each grave one comes at least once."""
    random, end = Random(seed), minutes * 60 - QUIET_END
    blows, at = [], QUIET_START
    while at < end:
        kind = random.choices(KINDS, [weight for _, weight, *_ in KINDS])[0]
        blows.append(_blow(random, at, kind))
        at += random.uniform(0.3, 2 * every - 0.3)
    for grave in AT_LEAST:
        if not any((blow.kind, blow.target) == grave for blow in blows):
            chosen = next(each for each in KINDS if (each[0], each[2]) == grave)
            blows.append(_blow(random, random.uniform(QUIET_START, max(QUIET_START + 1, end - 10)), chosen))
    return sorted(blows, key=lambda blow: blow.at)


def _blow(random: Random, at: float, kind: tuple) -> Blow:
    name, _weight, target, least, most = kind
    return Blow(round(at, 2), name, target, round(random.random(), 4), round(random.uniform(least, most), 1))
