"""How the matters of the mass data end, each with its share. Every function writes the rows and answers the
columns of the matter's own row."""

from datetime import timedelta

from demo.seeding.lives import dispatched, rule
from dispatch.choices import Action, NodeKind, NodeStatus, Outcome, TrayReason
from dispatch.limits import shared
from matters.choices import Ending, Kind, Part, Status
from organization.calendar import Limit, Unit, due_at
from organization.choices import Level

DAY, HOURS, TWO_DAYS = Limit(1, Unit.WD), Limit(8, Unit.WH), Limit(2, Unit.WD)


def on_the_spot(life):
    actor = _report(life)
    text = life.mass.rng.choice(life.mass.words["answers"]["handled"])
    life.entry(str(Kind.CLOSED), actor, text=text, public=True)
    return {
        "status": Status.CLOSED, "ending": Ending.ON_THE_SPOT, "closed_at": life.at, "handled_text": text,
        "level": Level.GRID, "turn_since": life.at,
    }  # fmt: skip


def rated(life):
    facts, callback = _to_callback(life)
    life.later(1, 20)
    grade = life.mass.rng.choice([5, 5, 5, 4, 4, 3])
    life.entry(str(Kind.RATED), ("reporter", None, ""), public=True, data={"solved": "yes", "grade": grade})
    life.entry(str(Kind.CLOSED), rule("dispatch"), public=True, data={"ending": Ending.RATED})
    life.close(callback, TWO_DAYS)
    rating = life.tables["rating"]
    rating.add(id=rating.next_key(), matter_id=life.matter, round=1, solved="yes", grade=grade, at=life.at)
    life.take_part(until=life.at)
    return {**facts, "status": Status.CLOSED, "ending": Ending.RATED, "closed_at": life.at}


def unanswered(life):
    facts, callback = _to_callback(life)
    life.at = due_at(life.mass.calendar, life.at, TWO_DAYS)
    entry = life.entry(str(Kind.CLOSED), rule("ladder"), public=True, data={"ending": Ending.UNANSWERED})
    life.close(callback, TWO_DAYS, status=NodeStatus.STOPPED, fired=[Action.LAPSE])
    life.lapse(callback, entry)
    life.take_part(until=life.at)
    return {**facts, "status": Status.CLOSED, "ending": Ending.UNANSWERED, "closed_at": life.at}


def declined(life):
    _report(life)
    room = life.units.command_room()
    triage = life.node(NodeKind.TRIAGE, room, HOURS)
    _route(life, room, reason=TrayReason.DECLINE_PROPOSED)
    life.entry(str(Kind.TRAYED), rule("dispatch"), department=room.pk)
    life.later(0.2, 3)
    text = life.mass.rng.choice(life.mass.words["answers"]["decline"])
    life.entry(str(Kind.DECLINED), life.mass.actor(room), department=room.pk, text=text, public=True)
    life.close(triage, HOURS)
    life.take_part(until=life.at)
    return {"status": Status.DECLINED, "level": Level.TOWN, "responsible_id": room.pk, "turn_since": life.at}


def unsigned(life):
    return _open(life, is_signed=False)


def in_hand(life):
    return _open(life, is_signed=True)


def verifying(life):
    facts = _handled(life)
    node = life.leave_open(_verify(life)[0])
    life.take_part()
    return {
        **facts, "status": Status.VERIFYING, "level": Level.VILLAGE, "responsible_id": node.department_id,
        "due_at": node.due_at, "soonest_due_at": node.due_at, "turn_since": life.at,
    }  # fmt: skip


def asking(life):
    facts, callback = _to_callback(life)
    life.leave_open(callback)
    life.take_part()
    return {**facts, "status": Status.CALLBACK}


ENDINGS = [  # (life, share, is open)
    (on_the_spot, 240, False),
    (rated, 440, False),
    (unanswered, 170, False),
    (declined, 30, False),
    (unsigned, 25, True),
    (in_hand, 65, True),
    (verifying, 15, True),
    (asking, 15, True),
]


def _report(life):
    actor = life.mass.draw_report(life)
    life.entry(str(Kind.REPORTED), actor, text=life.text, public=True, data={"channel": life.channel.code})
    return actor


def _route(life, unit, reason=""):
    routing = life.tables["routing"]
    routing.add(
        id=routing.next_key(), matter_id=life.matter, at=life.at, reason=reason, department_id=unit.pk,
        outcome=Outcome.TRAY if reason else Outcome.DISPATCHED, line_id=None if reason else life.line.pk,
        matched={"category": {"code": life.line.code, "name": life.line.category.name}},
    )  # fmt: skip


def _dispatch(life):
    """Report and dispatch; the lead's and the assisting nodes, and what the matter's row says of them."""
    _report(life)
    limit, calendar = life.line.limit, life.mass.calendar
    due = due_at(calendar, life.at, limit)
    promise = due_at(calendar, due, Limit(5, "WD"))
    lead = life.node(NodeKind.HANDLE, life.unit, limit, line=life.line)
    parts = [
        life.node(NodeKind.HANDLE, unit, shared(limit), part=Part.ASSISTING, line=life.line)
        for unit in life.assisting
    ]
    _route(life, life.unit)
    dispatched(life, [life.unit, *life.assisting], life.line, promise, due)
    facts = {
        "promise_at": promise,
        "first_due_at": due,
        "turn_since": life.at,
        "responsible_id": life.unit.pk,
    }
    return lead, parts, {**facts, "level": life.unit.level}


def _open(life, is_signed):
    lead, parts, facts = _dispatch(life)
    opened = life.at
    if is_signed:
        life.at += (life.mass.now - life.at) * life.mass.rng.uniform(0.1, 0.9)
        life.entry(
            str(Kind.SIGNED),
            life.mass.actor(life.unit),
            department=life.unit.pk,
            data={"node": lead["id"]},
            public=True,
        )
    nodes = [life.leave_open(lead, line=life.line, is_signed=is_signed)]
    nodes += [life.leave_open(part, line=life.line) for part in parts]
    life.take_part()
    facts |= {
        "due_at": nodes[0].due_at,
        "soonest_due_at": min(node.due_at for node in nodes),
        "turn_since": opened,
    }
    return {**facts, "status": Status.DISPATCHED}


def _handled(life):
    lead, parts, facts = _dispatch(life)
    spent = (min(facts["first_due_at"], life.mass.now - timedelta(minutes=2)) - life.at) / (len(parts) + 4)
    life.at += spent * life.mass.rng.uniform(0.05, 0.9)
    signed_at = life.at
    words = life.mass.words["answers"]
    life.entry(
        str(Kind.SIGNED),
        life.mass.actor(life.unit),
        department=life.unit.pk,
        data={"node": lead["id"]},
        public=True,
    )
    for part, unit in zip(parts, life.assisting, strict=True):
        life.at += spent * life.mass.rng.uniform(0.1, 0.9)
        text = life.mass.rng.choice(words["assisting"])
        life.entry(
            str(Kind.HANDED_IN),
            life.mass.actor(unit),
            department=unit.pk,
            text=text,
            data={"node": part["id"]},
        )
        life.close(part, shared(life.line.limit))
    life.at += spent * life.mass.rng.uniform(0.1, 0.9)
    text = life.mass.rng.choice(words["hand_in_default"])
    node = {"node": lead["id"]}
    life.entry(
        str(Kind.HANDED_IN),
        life.mass.actor(life.unit),
        department=life.unit.pk,
        text=text,
        public=True,
        data=node,
    )
    life.close(lead, life.line.limit, signed_at=signed_at)
    return facts


def _verify(life):
    village = life.units.at(Level.VILLAGE, None)
    member, actor = life.mass.member(life.grid)
    return life.node(NodeKind.VERIFY, village, DAY, assignee=member), actor


def _to_callback(life):
    facts = _handled(life)
    verify, actor = _verify(life)
    life.at += min(timedelta(hours=life.mass.rng.uniform(0.3, 5)), (life.mass.now - life.at) / 2)
    text = life.mass.rng.choice(life.mass.words["answers"]["verify_yes"])
    life.entry(str(Kind.VERIFIED), actor, text=text, public=True, data={"node": verify["id"], "solved": True})
    life.close(verify, DAY)
    room = life.units.command_room(Level.DISTRICT if life.unit.level == Level.DISTRICT else Level.TOWN)
    callback = life.node(NodeKind.CALLBACK, room, TWO_DAYS, asks=True)
    life.entry(str(Kind.CALLBACK_OPENED), rule("dispatch"), public=True, data={"node": callback["id"]})
    return {**facts, "responsible_id": room.pk, "level": room.level, "turn_since": life.at}, callback
