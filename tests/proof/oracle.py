"""What must ring when, worked out from the rules' text (the design page, "Time") and the notices on file alone.

No line of the engine is used: days are walked one by one, a matter is a handful of dates. It knows lines without
assisting units, in working days, working hours and natural days, with or without a first response.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HERE = ZoneInfo("Asia/Shanghai")
SPANS = ((time(8, 30), time(12)), (time(13, 30), time(17, 30)))
CLOSE = time(17, 30)
DAY = timedelta(days=1)
HALF_A_DAY = timedelta(minutes=225)
LEVELS = ["village", "town", "district"]
LEVEL_LIMITS = {"village": (5, "WD"), "town": (5, "WD")}
HOURS_A_DAY = 8


class Days:
    def __init__(self, file):
        notices = json.loads(file.read_text(encoding="utf-8")).values()
        self.off = {date.fromisoformat(row["date"]) for notice in notices for row in notice.get("off", ())}
        self.work = {date.fromisoformat(row["date"]) for notice in notices for row in notice.get("work", ())}

    def is_worked(self, day: date) -> bool:
        return day in self.work or (day not in self.off and day.weekday() < 5)

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        if not self.is_worked(day):
            return []
        return [
            (datetime.combine(day, start, HERE), datetime.combine(day, end, HERE)) for start, end in SPANS
        ]

    def after(self, start: datetime, amount: int, unit: str) -> datetime:
        """When a limit runs out."""
        if unit == "WH":
            return self.run(start, timedelta(hours=amount))
        day = start.astimezone(HERE).date()
        if unit == "D":
            day += amount * DAY
            while not self.is_worked(day):
                day += DAY
        else:
            for _ in range(amount):
                day += DAY
                while not self.is_worked(day):
                    day += DAY
        return datetime.combine(day, CLOSE, HERE)

    def run(self, start: datetime, length: timedelta) -> datetime:
        """So much office time later."""
        day = start.astimezone(HERE).date()
        while True:
            for opens, closes in self.spans(day):
                there = closes - max(opens, start)
                if there > timedelta(0):
                    if length <= there:
                        return max(opens, start) + length
                    length -= there
            day += DAY

    def before(self, end: datetime, length: timedelta) -> datetime:
        """So much office time earlier; on an edge, the end of the earlier span."""
        day = end.astimezone(HERE).date()
        while True:
            for opens, closes in reversed(self.spans(day)):
                there = min(closes, end) - opens
                if there > timedelta(0):
                    if length < there:
                        return min(closes, end) - length
                    length -= there
            day -= DAY

    def office_time(self, start: datetime, end: datetime) -> timedelta:
        total, day = timedelta(0), start.astimezone(HERE).date()
        while day <= end.astimezone(HERE).date():
            for opens, closes in self.spans(day):
                total += max(timedelta(0), min(closes, end) - max(opens, start))
            day += DAY
        return total

    def share(self, start: datetime, end: datetime, part: float, unit: str) -> datetime:
        if unit == "D":
            return start + (end - start) * part
        return self.run(start, self.office_time(start, end) * part)


@dataclass(frozen=True)
class Line:
    level: str
    amount: int
    unit: str
    first_response: int = 0  # working hours


@dataclass(frozen=True)
class Habits:
    """What the unit that leads does, in minutes after it got the matter; None: nothing."""

    signs: float | None = None
    answers: float | None = None
    finishes: float | None = None


def shared(amount: int, unit: str) -> tuple[int, str]:
    """Four fifths, in whole numbers."""
    if (amount * 4) % 5 == 0:
        return amount * 4 // 5, unit
    if unit == "D":
        return max(1, amount * 4 // 5), unit
    hours = amount * (HOURS_A_DAY if unit == "WD" else 1)
    return max(1, hours * 4 // 5), "WH"


class Oracle:
    def __init__(self, days: Days, until: datetime):
        self.days, self.until = days, until

    def rungs(
        self, line: Line, reported: datetime, habits: list[Habits]
    ) -> set[tuple[datetime, str, str, str]]:
        """Every (moment, level, part, action) up to the horizon."""
        found: set[tuple[datetime, str, str, str]] = set()
        promise, start, kept, end = self._promise(line, reported), reported, [], self.until
        promised = [
            (self.days.share(reported, promise, 0.8, "WD"), "promise_near"),
            (promise, "promise_missed"),
        ]
        for depth, level in enumerate(LEVELS[LEVELS.index(line.level) :]):
            amount, unit = (line.amount, line.unit) if not depth else self._limit(line, level, start)
            if depth:  # the unit that was late keeps a part
                kept.append((LEVELS[LEVELS.index(level) - 1], start, shared(amount, unit)))
            due = self._due(start, amount, unit, promise if depth else None)
            mine = habits[depth] if depth < len(habits) else Habits()
            finished = None if mine.finishes is None else start + timedelta(minutes=mine.finishes)
            up = self._up(due, amount, unit)
            stop = min([each for each in (finished, self.until) if each])
            rings = list(self._lead(line, level, start, due, up, (amount, unit), mine))
            rings += [each for each in promised if start <= each[0] and (level == "district" or each[0] < up)]
            found |= {(at, level, "lead", action) for at, action in rings if at < stop or at == self.until}
            if level == "district":
                end = stop
                found |= {(at, level, "lead", "urge") for at in self._daily(up) if at < stop}
                break
            if finished and finished < up or up > self.until:
                end = stop
                break
            start = up
        for level, opened, (amount, unit) in kept:
            due = self._due(opened, amount, unit, promise)
            rings = [(self.days.share(opened, due, 0.8, unit), "remind"), (due, "warn")]
            up = self._up(due, amount, unit)
            rings += [(at, "urge") for at in (up, *self._daily(up))]
            found |= {(at, level, "assisting", action) for at, action in rings if at < end}
        return {each for each in found if each[0] <= self.until}

    def _lead(self, line, level, start, due, up, limit, mine) -> Iterator[tuple[datetime, str]]:
        quarter = self.days.share(start, due, 0.25, limit[1])
        window = min(self.days.after(start, 1, "WD"), quarter)
        signed = None if mine.signs is None else start + timedelta(minutes=mine.signs)
        answered = None if mine.answers is None else start + timedelta(minutes=mine.answers)
        if signed is None or signed > window:
            yield window, "sign_missed"
        yield window, "return_lapsed"
        if line.first_response:
            asked = min(self.days.after(start, line.first_response, "WH"), due)
            if answered is None or answered > asked:
                yield asked, "response_missed"
        yield self.days.share(start, due, 0.8, limit[1]), "remind"
        yield due, "warn"
        yield up, "supervise" if level == "district" else "escalate"

    def _promise(self, line: Line, reported: datetime) -> datetime:
        """The limits of the levels from the lead's up, one after the other."""
        end = self.days.after(reported, line.amount, line.unit)
        for level in LEVELS[LEVELS.index(line.level) + 1 :]:
            end = self.days.after(end, *self._limit(line, level, reported))
        return end

    def _limit(self, line: Line, level: str, start: datetime) -> tuple[int, str]:
        """The shorter of the line's and the level's; the district has the line's."""
        own = (line.amount, line.unit)
        other = LEVEL_LIMITS.get(level, own)
        return min(own, other, key=lambda limit: self.days.after(start, *limit))

    def _due(self, start: datetime, amount: int, unit: str, promise: datetime | None) -> datetime:
        """The smaller of the limit and what is left of the promise less half a working day, never under two hours."""
        own = self.days.after(start, amount, unit)
        if promise is None:
            return own
        left, floor = self.days.before(promise, HALF_A_DAY), min(own, self.days.after(start, 2, "WH"))
        return min(own, max(left, floor))

    def _up(self, due: datetime, amount: int, unit: str) -> datetime:
        """One working day after due; a limit under a working day, one limit-length after."""
        short = unit == "WH" and amount < HOURS_A_DAY
        return self.days.after(due, amount, unit) if short else self.days.after(due, 1, "WD")

    def _daily(self, first: datetime) -> Iterator[datetime]:
        at = self.days.after(first, 1, "WD")
        while at <= self.until:
            yield at
            at = self.days.after(at, 1, "WD")
