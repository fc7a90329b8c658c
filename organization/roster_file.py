"""A roster as a table: each line is tried, and either all of it is looked at or what holds is entered.

The same table twice enters nothing twice. Looking is entering, taken back: what the preview says is what will happen.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from organization import clock, duty, policies
from organization.actors import Actor
from organization.choices import Slot
from organization.models import Department, DutyTurn, Person
from organization.refusals import Invalid, NotAllowed, Refused

MOST_LINES = 500
NAMES = {
    "unit": {"unit", "department", "单位", "部门", "单位编码"},
    "slot": {"duty", "slot", "岗", "岗位", "值班岗", "类别"},
    "person": {"who", "person", "name", "login", "人员", "姓名", "值班人", "值班人员", "值班员", "账号"},
    "deputy": {"deputy", "代理人", "副班", "替班"},
    "from_at": {"from", "start", "起", "开始", "开始时间"},
    "to_at": {"to", "end", "止", "结束", "结束时间"},
    "phone": {"phone", "电话", "值班电话", "手机"},
}
NEEDED = ("unit", "person", "from_at", "to_at")
LEADERS = {"leader", "带班", "带班领导", "领导"}
FORMATS = ("%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S")
DAYS = ("%Y-%m-%d", "%Y/%m/%d")


@dataclass
class Line:
    """One line of the table and what becomes of it: new, changed, same, wrong."""

    number: int
    cells: dict[str, str]
    state: str = "wrong"
    problem: str = ""
    turn: DutyTurn | None = None


@dataclass
class _Reader:
    by: Actor
    at: datetime
    units: dict[str, list[Department]] = field(default_factory=dict)
    people: dict[int, dict[str, set[Person]]] = field(default_factory=dict)

    def unit(self, words: str) -> Department:
        """By code, name or short name, among the units whose roster the actor keeps."""
        found = [unit for unit in self.units.get(words, []) if policies.may_keep_roster(unit, self.by)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Invalid(_("Several units are called that; write the code."), field="unit")
        raise Invalid(_("No unit whose roster you keep is called that."), field="unit")

    def person(self, words: str, unit: Department, name: str) -> Person:
        if unit.pk not in self.people:
            known: dict[str, set[Person]] = {}
            for post in duty.candidates(unit.area, at=self.at):
                for word in (post.person.username, post.person.name):
                    known.setdefault(word, set()).add(post.person)
            self.people[unit.pk] = known
        return one(self.people[unit.pk].get(words, set()), words, field=name)


def one(found: set[Person], words: str, *, field: str) -> Person:
    """The one person meant by a name or login. Raises Invalid."""
    if len(found) == 1:
        return next(iter(found))
    if not found:
        raise Invalid(_("Nobody here is called %(words)s.") % {"words": words}, field=field)
    logins = ", ".join(sorted(person.username for person in found))
    words = _("Several people here are called that; write the login: %(logins)s.") % {"logins": logins}
    raise Invalid(words, field=field)


def look(text: str, *, by: Actor, at: datetime) -> list[Line]:
    """What entering the table would do, line by line; nothing stays. Raises Invalid for what is no table."""
    with transaction.atomic():
        lines = enter(text, by=by, at=at)
        transaction.set_rollback(True)
    return lines


@transaction.atomic
def enter(text: str, *, by: Actor, at: datetime) -> list[Line]:
    """Enter every line that holds; each other says why it does not. Raises Invalid for what is no table."""
    reader = _Reader(by, at)
    for unit in Department.objects.valid_on(clock.day_of(at)).select_related("area"):
        for word in {unit.code, unit.name, unit.short_name}:
            reader.units.setdefault(word, []).append(unit)
    lines = list(_lines(text))
    for line in lines:
        try:
            _enter(line, reader)
        except (Invalid, Refused, NotAllowed) as refusal:
            line.problem = " ".join(refusal.messages)
    return lines


def _enter(line: Line, reader: _Reader) -> None:
    cells = line.cells
    unit = reader.unit(cells["unit"])
    person = reader.person(cells["person"], unit, "person")
    deputy = reader.person(cells["deputy"], unit, "deputy") if cells.get("deputy") else None
    slot = Slot.LEADER if cells.get("slot", "").lower() in LEADERS else Slot.OFFICER
    span: dict[str, Any] = {
        "from_at": _moment(cells["from_at"], "from_at"),
        "to_at": _moment(cells["to_at"], "to_at", end=True),
    }
    known = DutyTurn.objects.filter(department=unit, slot=slot, person=person, **span).first()
    facts: dict[str, Any] = {"deputy": deputy, "phone": cells.get("phone", "")[:20]}
    if known is None:
        line.turn = duty.enter_turn(
            department=unit, slot=slot, person=person, **span, **facts, by=reader.by, at=reader.at
        )
        line.state = "new"
    elif (known.deputy_id, known.phone) == (deputy and deputy.pk, facts["phone"]):
        line.turn, line.state = known, "same"
    else:
        line.turn = duty.change_turn(known.pk, **facts, by=reader.by, at=reader.at)
        line.state = "changed"


def _lines(text: str) -> Iterator[Line]:
    text = text.lstrip("\ufeff").strip("\r\n")
    head = text.split("\n", 1)[0]
    separator = next((each for each in "\t;,，" if each in head), ",")
    rows = [row for row in csv.reader(StringIO(text), delimiter=separator) if any(map(str.strip, row))]
    if len(rows) > MOST_LINES + 1:
        raise Invalid(_("At most %(most)d lines at a time.") % {"most": MOST_LINES}, field="text")
    places = _places(rows[0] if rows else [])
    for number, row in enumerate(rows[1:], start=2):
        yield Line(number, {name: row[n].strip() if n < len(row) else "" for name, n in places.items()})


def _places(head: list[str]) -> dict[str, int]:
    """Where each column stands, by the names of the first line."""
    found: dict[str, int] = {}
    for n, cell in enumerate(head):
        for name, words in NAMES.items():
            if cell.strip().lower() in words:
                found.setdefault(name, n)
    if missing := [name for name in NEEDED if name not in found]:
        called = {"unit": _("unit"), "person": _("who"), "from_at": _("from"), "to_at": _("to")}
        names = ", ".join(called[name] for name in missing)
        raise Invalid(
            _("The first line must name the columns; missing: %(names)s.") % {"names": names}, field="text"
        )
    return found


def _moment(words: str, name: str, *, end: bool = False) -> datetime:
    """A local moment; a day without an hour begins, or as an end closes, at midnight."""
    for pattern in FORMATS:
        try:
            return datetime.strptime(words, pattern).replace(tzinfo=clock.ZONE)
        except ValueError:
            continue
    for pattern in DAYS:
        try:
            day = datetime.strptime(words, pattern).date() + timedelta(days=end)
            return datetime.combine(day, time.min, clock.ZONE)
        except ValueError:
            continue
    raise Invalid(_("Write a time like 2026-06-15 08:30, not “%(words)s”.") % {"words": words}, field=name)
