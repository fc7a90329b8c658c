"""The rows of one matter's life for mass data: same shape and same chain as the verbs write, without the verbs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from dispatch import deadlines, limits
from dispatch.choices import Action, NodeKind, NodeStatus, SpanKind
from dispatch.models import Node
from matters import timeline
from matters.choices import Kind, Part
from matters.models import new_salt
from organization.calendar import due_at
from organization.choices import ActorKind


@dataclass(slots=True)
class Line:
    """What `timeline.digest` and `timeline.commitments` read of an entry."""

    seq: int
    kind: str
    at: datetime
    actor_kind: str
    actor_id: int | None
    actor_name: str
    department_id: int | None
    text: str
    why: str
    public: bool
    data: dict
    commitments: dict = field(default_factory=dict)


@dataclass(slots=True)
class Chain:
    """The end of a timeline: what a Matter row keeps of it."""

    number: str
    salt: bytes
    seq: int = 0
    head: str = ""


class Life:
    """Writes the rows of one matter. `at` moves on with each step."""

    def __init__(self, mass, matter, number, at):
        self.mass, self.tables, self.matter, self.at = mass, mass.tables, matter, at
        self.chain = Chain(number, new_salt())
        self.parts = {}
        self.people = {}

    def later(self, least, most):
        """Some hours on."""
        self.at += timedelta(seconds=self.mass.rng.uniform(least, most) * 3600)

    def entry(self, kind, actor, *, department=None, text="", why="", public=False, data=None):
        chain = self.chain
        chain.seq += 1
        line = Line(chain.seq, kind, self.at, *actor, department, text, why, public, data or {})
        line.commitments = timeline.commitments(chain, line)
        chain.head = timeline.digest(chain.number, line, chain.head)
        key = self.tables["entry"].next_key()
        self.tables["entry"].add(
            id=key, matter_id=self.matter, seq=line.seq, kind=kind, at=line.at, actor_kind=line.actor_kind,
            actor_id=line.actor_id, actor_name=line.actor_name, department_id=department, text=text, why=why,
            public=public, data=line.data, commitments=line.commitments, digest=chain.head,
        )  # fmt: skip
        return key

    def node(
        self, kind, unit, limit, *, part=Part.LEAD, line=None, assignee=None, asks=False, urgency="normal"
    ):
        """A node as it opens; `close` or `leave_open` writes it."""
        self.parts.setdefault(unit.pk, self.at)
        if assignee:
            self.people.setdefault(assignee, self.at)
        return {
            "id": self.tables["node"].next_key(), "matter_id": self.matter, "kind": kind, "part": part,
            "department_id": unit.pk, "assignee_id": assignee, "level": unit.level, "line_id": line and line.pk,
            "asks": asks, "opened_at": self.at, "limit_amount": limit.amount, "limit_unit": str(limit.unit),
            "calendar_version": self.mass.calendar.version, "urgency": urgency, "urge_every": "1WD",
        }  # fmt: skip

    def close(self, node, limit, *, status=NodeStatus.HANDED_IN, signed_at=None, fired=()):
        """An ended node. Its passed moments are rounded from opening and due: no alarm is taken from them any more."""
        due = due_at(self.mass.calendar, node["opened_at"], limit)
        length = due - node["opened_at"]
        quarter = node["opened_at"] + length / 4
        timed = (
            {}
            if node["asks"]
            else {"remind_at": node["opened_at"] + length * 0.8, "escalate_at": due + length}
        )
        if node["kind"] == NodeKind.HANDLE:
            timed |= {"sign_due_at": quarter, "returnable_until": quarter, "responded_at": signed_at}
        self.tables["node"].add(
            **node, **timed, due_at=due, status=status, ended_at=self.at, signed_at=signed_at,
            fired=list(fired), rung=len(fired), next_action="", revision=3,
        )  # fmt: skip

    def leave_open(self, node, *, line=None, is_signed=False):
        """A running node with its real clock; returns it, armed."""
        row = Node(**node)
        if is_signed:
            row.status, row.signed_at, row.responded_at = NodeStatus.SIGNED, self.at, self.at
        timing = limits.Timing(node["opened_at"], self.mass.calendar, self.mass.policy)
        deadlines.start(row, timing, line=line)
        self.mass.opened.append(row)
        self.tables["node"].add(
            **{column.attname: getattr(row, column.attname) for column in Node._meta.concrete_fields}
        )
        self.tables["span"].add(
            id=self.tables["span"].next_key(), matter_id=self.matter, node_id=row.pk, kind=SpanKind.RUN,
            began_at=row.opened_at, calendar_version=row.calendar_version,
        )  # fmt: skip
        return row

    def lapse(self, node, entry):
        """The rung of a rating that nobody gave."""
        self.tables["rung"].add(
            id=self.tables["rung"].next_key(), node_id=node["id"], number=1, action=Action.LAPSE, planned_at=self.at,
            due_at=self.at, fired_at=self.at, entry_id=entry,
        )  # fmt: skip

    def take_part(self, until=None):
        parts = [
            *(("department_id", *part) for part in self.parts.items()),
            *(("person_id", *part) for part in self.people.items()),
        ]
        for of, who, since in parts:
            key = self.tables["participation"].next_key()
            self.tables["participation"].add(
                id=key, matter_id=self.matter, since=since, until=until, **{of: who}
            )


def rule(name):
    return (str(ActorKind.RULE), None, name)


def dispatched(life, units, line, promise_at, due):
    """The platform's own entry of a dispatch."""
    return life.entry(
        str(Kind.DISPATCHED), rule("dispatch"), department=units[0].pk, public=True,
        why=f"清单条目 {line.code}（第 {line.version} 版）：{line.category.name}由{units[0].name}主办。",
        data={"due_at": due.isoformat(), "promise_at": promise_at.isoformat(), "outside": []},
    )  # fmt: skip
