"""Roles resolve to people who are there: the holder, else the deputy, else who is on duty, else the level above.

Whom that passed over is written too, with the reason. Nobody is told of what they may not see: of a sensitive matter
only who holds it and the named desks, of a matter about a unit nobody of that unit.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

from django.db.models import Q
from django.utils.translation import gettext as _

from dispatch import recognition
from dispatch.limits import Timing
from dispatch.models import Node
from dispatch.responsibility import Units
from dispatch.rollcall import Rollcall, Skipped
from matters import timeline
from matters.models import Matter
from organization import clock
from organization.choices import Level, Role, Slot
from organization.models import Department, DutyTurn, Person, Post

Targets = Sequence[tuple[Node, Sequence[str]]]  # each node with the roles to tell

CLIMB = (Level.TOWN, Level.DISTRICT)
DESK = (Role.DISPATCHER, Role.HEAD)


class Told(TypedDict):
    node: Node
    role: str
    person: Person
    phone: str  # of a turn of duty; messages and calls go there instead of to the person's own
    skipped: list[Skipped]


@dataclass(frozen=True)
class Seat:
    """Somebody who may be told, and the deputy named for when they are away. `unit`: in whose name."""

    person: Person
    deputy: Person | None
    unit: int
    phone: str = ""
    posted: bool = False  # by a post that holds today
    sees: bool = True  # the head of a command room sees a matter only once it comes to the room


Step = tuple[str, list[Seat]]  # one rank of those who may be told, and what it is called


def resolve(matter: Matter, targets: Targets, timing: Timing) -> list[Told]:
    """Who is told, once for each node and role."""
    roll = Rollcall(timing)
    roll.holders({node.department_id for node, _ in targets})
    roll.meet([node.assignee for node, _ in targets])
    found: list[Told] = []
    for node, roles in targets:
        for role in roles:
            search = _Search(matter, node, timing, roll)
            found += [
                {"node": node, "role": role, "person": person, "phone": phone, "skipped": search.skipped}
                for person, phone in search.first_there(role)
            ]
    return found


def passed_over(told: Iterable[dict[str, Any]]) -> list[Skipped]:
    """Whom a telling passed over, each once; `told` is what `outbox.tell` answered."""
    found = {each.get("person") or each["role"]: each for row in told for each in row.get("skipped", ())}
    return list(found.values())


@timeline.official
def words(told: Sequence[dict[str, Any]]) -> str:
    """One sentence for the record, or "": who is not there, and who was told instead."""
    skipped = passed_over(told)
    missing = [each for each in skipped if each.get("name")]
    if not missing:
        return ""
    away = _(", ").join(each["name"] for each in missing)
    instead = dict.fromkeys(row["name"] for row in told if row.get("skipped"))
    return _("Not there: %(away)s; told instead: %(instead)s.") % {
        "away": away,
        "instead": _(", ").join(instead),
    }


class _Search:
    """Looks for whoever of a role is there, rank by rank, and notes whom it passed over."""

    def __init__(self, matter: Matter, node: Node, timing: Timing, roll: Rollcall) -> None:
        self.matter, self.node, self.timing, self.roll = matter, node, timing, roll
        self.skipped: list[Skipped] = []

    def first_there(self, role: str) -> list[tuple[Person, str]]:
        """(person, phone) of the first rank in which somebody is there who may also open the matter."""
        blind: list[Seat] = []
        for name, seats in self._ranks(role):
            there = self._there(name, seats)
            if any(seat.sees for seat in there):
                return _reached(there)
            blind += there
        return _reached(blind)

    def _there(self, name: str, seats: list[Seat]) -> list[Seat]:
        if not seats:
            self._note({"role": name, "why": "nobody"})
            return []
        self._meet(seats, all_of_them=bool(self.matter.about_department_id))
        there = [seat for seat in seats if not self._missing(name, seat)]
        if not any(seat.sees for seat in there):
            deputies = [self._deputy(seat) for seat in seats if seat not in there]
            self._meet(filter(None, deputies), all_of_them=True)
            there += [seat for seat in deputies if seat and not self._missing("deputy", seat)]
        return there

    def _meet(self, seats: Iterable[Seat], *, all_of_them: bool) -> None:
        self.roll.meet([seat.person for seat in seats if all_of_them or not seat.posted])

    def _deputy(self, seat: Seat) -> Seat | None:
        """The deputy of this absence, else the one named for always."""
        absence = self.roll.away(seat.person)
        person = absence.deputy if absence and absence.deputy else seat.deputy
        return Seat(person, None, seat.unit, sees=seat.sees) if person else None

    def _missing(self, name: str, seat: Seat) -> bool:
        """Whether the person cannot be told; the reason is noted."""
        absence = self.roll.away(seat.person)
        if not (why := self._why_not(seat, away=absence is not None)):
            return False
        note: Skipped = {"role": name, "why": why, "person": seat.person.pk, "name": seat.person.name}
        if why == "away" and absence:
            note["until"] = absence.to_at.astimezone(clock.ZONE).isoformat()
        self._note(note)
        return True

    def _why_not(self, seat: Seat, *, away: bool) -> str:
        if not seat.person.is_active:
            return "inactive"
        if not seat.posted and not self.roll.units(seat.person):
            return "expired"
        about = self.matter.about_department_id
        if about and about in self.roll.units(seat.person):
            return "recused"
        if self.matter.sensitive and not seat.posted and not self._is_confided(seat):
            return "confidential"
        return "away" if away else ""

    def _is_confided(self, seat: Seat) -> bool:
        """Of a sensitive matter a stand-in learns only as somebody of the unit, in a command room as its desk."""
        if seat.person.pk == self.node.assignee_id:
            return True
        posts = self.roll.holders([seat.unit])[seat.unit]
        return any(
            post.person_id == seat.person.pk and (post.sensitive_desk or not self._is_room(seat.unit))
            for post in posts
        )

    def _is_room(self, unit: int) -> bool:
        return unit != self.node.department_id or self.node.department.is_command_room

    def _note(self, note: Skipped) -> None:
        """Each person and each empty role is noted once."""
        known = {each.get("person") or each["role"] for each in self.skipped}
        if (note.get("person") or note["role"]) not in known and not (
            note["why"] == "nobody" and note["role"] in {each["role"] for each in self.skipped}
        ):
            self.skipped.append(note)

    # the ranks of each role, the nearest first

    def _ranks(self, role: str) -> Iterator[Step]:
        if role == "supervisor" and self.matter.sensitive:  # not theirs to know
            return
        nearest: dict[str, Callable[[], Iterator[Step]]] = {
            "holder": self._holder, "head": self._head, "duty": self._duty, "supervisor": self._supervisors,
            "mode": self._of_mode,
        }  # fmt: skip
        if role in nearest:
            yield from nearest[role]()
        yield from self._above(role)
        yield from self._anybody()

    def _holder(self) -> Iterator[Step]:
        yield from self._in_hand()
        yield from self._of_unit(Role.HANDLER, Role.DISPATCHER, name="holder")
        yield from self._of_unit(Role.HEAD, name="head")
        yield from self._on_duty_near(Slot.OFFICER)

    def _head(self) -> Iterator[Step]:
        yield from self._of_unit(Role.HEAD, name="head")
        yield from self._on_duty_near(Slot.LEADER)

    def _duty(self) -> Iterator[Step]:
        yield from self._on_duty(self.node.department_id, Slot.OFFICER)
        yield from self._of_unit(Role.HANDLER, Role.DISPATCHER, name="holder")
        yield from self._of_unit(Role.HEAD, name="head")
        yield from self._on_duty_near(Slot.OFFICER)

    def _supervisors(self) -> Iterator[Step]:
        yield "supervisor", self._seats(self.roll.supervisors(self.matter.area.lineage))

    def _of_mode(self) -> Iterator[Step]:
        """Whom the emergency mode in force at the place names besides."""
        mode = recognition.mode_over(self.matter, self.timing)
        called = Person.objects.filter(pk__in=mode.called).order_by("pk") if mode else ()
        yield "mode", [Seat(person, None, self.node.department_id) for person in called]

    def _in_hand(self) -> Iterator[Step]:
        """Whoever was given the step."""
        if person := self.node.assignee:
            posts = self.roll.holders([self.node.department_id])[self.node.department_id]
            deputy = next((post.deputy for post in posts if post.person_id == person.pk), None)
            yield "holder", [Seat(person, deputy, self.node.department_id)]

    def _of_unit(self, *roles: str, name: str) -> Iterator[Step]:
        posts = self.roll.holders([self.node.department_id])[self.node.department_id]
        if self.node.department.is_command_room:
            posts = self._confided(posts)
        yield name, self._seats(post for post in posts if post.role in roles)

    def _on_duty(self, unit: int, first: str) -> Iterator[Step]:
        """Who is on duty in the unit, if it keeps a roster."""
        for slot in sorted(Slot.values, key=lambda slot: slot != first):
            if turn := self.roll.turn(unit, slot):
                yield "duty", [_of_turn(turn)]

    def _on_duty_near(self, first: str) -> Iterator[Step]:
        """Who is on duty in the unit; most units keep no roster, their town's command room is on duty for them."""
        unit = self.node.department_id
        if not any(self.roll.turn(unit, slot) for slot in Slot.values):
            level = max(Level(self.node.department.level), Level.TOWN, key=list(Level).index)
            unit = self._units().command_room(level).pk
        yield from self._on_duty(unit, first)

    def _units(self) -> Units:
        about, known = self.matter.about_department_id, self.timing.known
        return Units(self.matter.area, at=self.timing.at, about=about, known=known)

    def _above(self, role: str) -> Iterator[Step]:
        """The command rooms above, up to the district's: their dispatchers and heads, and who is on duty there."""
        units = self._units()
        lowest, slot = self._lowest(role), Slot.LEADER if role == "duty_leader" else Slot.OFFICER
        for room in dict.fromkeys(units.command_room(level) for level in CLIMB[CLIMB.index(lowest) :]):
            desk = ("above", self._seats(self._confided(self._desk(room)), of_a_desk=True))
            duty = list(self._on_duty(room.pk, slot))
            yield from [*duty, desk] if role.startswith("duty") else [desk, *duty]

    def _lowest(self, role: str) -> Level:
        """The level at which looking outside the unit begins."""
        own = Level(self.node.department.level)
        if role in ("supervisor", "duty_leader") or own == Level.DISTRICT:
            return Level.DISTRICT
        return Level.TOWN if role == "room" else max(own.above, Level.TOWN, key=list(Level).index)

    def _desk(self, room: Department) -> list[Post]:
        return [post for post in self.roll.holders([room.pk])[room.pk] if post.role in DESK]

    def _anybody(self) -> Iterator[Step]:
        """When nobody up to the district is there: whoever watches over the place, else who is left in the unit."""
        watching = Post.objects.filter(
            Q(role__in=[Role.DISPATCHER, Role.SUPERVISOR], area__path__in=self.matter.area.lineage)
            | Q(
                role=Role.HEAD,
                department__kind="command",
                department__area__path__in=self.matter.area.lineage,
            )
        )
        watching = watching.filter(person__is_active=True).valid_on(self.roll.day)
        yield "watch", self._seats(self._confided(watching.for_telling().order_by("pk")), of_a_desk=True)
        yield from self._of_unit(Role.HANDLER, Role.HEAD, Role.DISPATCHER, name="holder")

    def _confided(self, posts: Iterable[Post]) -> list[Post]:
        return [post for post in posts if post.sensitive_desk or not self.matter.sensitive]

    def _seats(self, posts: Iterable[Post], *, of_a_desk: bool = False) -> list[Seat]:
        unit, sees = self.node.department_id, self.matter.sensitive or not of_a_desk
        return [
            Seat(
                post.person, post.deputy, post.department_id or unit, posted=True,
                sees=sees or post.role != Role.HEAD,
            )
            for post in posts
        ]  # fmt: skip


def _reached(there: Iterable[Seat]) -> list[tuple[Person, str]]:
    """Each person once, with the number."""
    once = {seat.person.pk: (seat.person, seat.phone) for seat in there}
    return list(once.values())


def _of_turn(turn: DutyTurn) -> Seat:
    return Seat(turn.person, turn.deputy, turn.department_id, turn.phone)
