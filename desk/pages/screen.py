"""The duty screen: what rings and who is being called, what waits for a look, what is being worked on."""

from django.urls import reverse

from desk.pages import clocks
from dispatch import ladders, policies
from dispatch.choices import Action
from dispatch.models import Node, Outbox, Rung
from matters import masking
from matters.choices import Kind
from matters.models import Entry

MOST_ANSWERED = 20
_ANSWERS = (Kind.ACKNOWLEDGED, Kind.SIGNED, Kind.ACCEPTED)


def of(by, at, *, wall):
    """Everything the screen shows, in the same number of queries however much it is. A wall shows nothing sensitive."""
    seen = Node.objects.visible_to(by)
    if wall:
        seen = seen.filter(matter__sensitive=False)
    nodes = list(seen.for_duty())
    return {
        "ringing": _ringing([node for node in nodes if node.ring_at], by, at, wall),
        "looks": [_look(node, by, at, wall) for node in nodes if node.look_due_at and not node.ring_at],
        "answered": _answered(seen, at, wall),
    }


def _calls(ringing):
    """{node: its newest call}."""
    calls = Rung.objects.filter(node__in=ringing, action=Action.RING).order_by("node", "-number")
    return {rung.node_id: rung for rung in calls.distinct("node")}


def _numbers(ringing):
    """{(node, person): (number, state)} of the newest call that left the house; {person: number} by their row."""
    sent = Outbox.objects.filter(node__in=ringing, kind=Action.RING, recipient__isnull=False)
    sent = sent.order_by("node", "recipient", "-pk").distinct("node", "recipient").select_related("recipient")
    return {(row.node_id, row.recipient_id): row.phone or row.recipient.phone for row in sent}


def _words(nodes):
    """{matter: why it was recognised as an emergency}."""
    found = Entry.objects.filter(matter__in={node.matter_id for node in nodes}, kind=Kind.RECOGNISED)
    return {entry.matter_id: entry.why for entry in found.order_by("seq")}


def _row(node, at, wall):
    """What it is and where. On a wall nobody's words: they may name people."""
    matter = node.matter
    return {
        "id": node.pk,
        "number": matter.number,
        "href": reverse("desk:matter", args=[matter.number]),
        "title": _named(matter) if wall or matter.sensitive else masking.text(matter.title),
        "place": matter.area.name,
        "address": "" if wall or matter.sensitive else masking.text(matter.address),
        "unit": node.department.name,
        "step": node.get_kind_display(),
        "minutes": int((at - node.opened_at).total_seconds() // 60),
        "since": node.opened_at,
    }


def _named(matter):
    """What kind of matter it is, for eyes that may not read the words."""
    return matter.category.name if matter.category else matter.get_urgency_display()


def _ringing(nodes, by, at, wall):
    """One card for each matter, with a line for each unit that has not answered."""
    calls, numbers, words = _calls(nodes), _numbers(nodes), _words(nodes)
    cards = {}
    for node in nodes:
        card = cards.setdefault(node.matter_id, _row(node, at, wall) | {"units": [], "shown": set()})
        card["why"] = words.get(node.matter_id, "")
        may = policies.may_acknowledge(node, by) is not None
        known = numbers if may and not wall else {}
        called = _called(node, calls.get(node.pk), known, card["shown"])
        card["units"].append(_row(node, at, wall) | {"may": may, "next": node.ring_at, "called": called})
    return list(cards.values())


def _called(node, call, numbers, shown):
    """Who is being called for this unit; whoever stands on the card already is not named twice."""
    people = {each["person"]: each for each in call.tells if each["person"] not in shown} if call else {}
    shown |= set(people)
    return [
        {
            "name": each["name"],
            "role": ladders.ROLE_NAMES.get(each["role"], ""),
            "phone": numbers.get((node.pk, person), ""),
        }
        for person, each in people.items()
    ]


def _look(node, by, at, wall):
    may = policies.post_for_matter("look", node.matter, [node], by) is not None
    return {**_row(node, at, wall), "due": node.look_due_at, "late": node.look_due_at < at, "may": may}


def _answered(seen, at, wall):
    nodes = list(seen.answered().order_by("due_at", "pk")[:MOST_ANSWERED])
    matters = {node.matter_id for node in nodes}
    entries = Entry.objects.filter(matter__in=matters, kind__in=_ANSWERS).order_by("seq")
    who = {entry.data.get("node"): entry for entry in entries}
    return [
        {
            **_row(node, at, wall),
            "due": clocks.of_node(node, at),
            "who": who[node.pk].actor_name if node.pk in who else "",
            "at": who[node.pk].at if node.pk in who else node.signed_at,
            "status": node.get_status_display(),
        }
        for node in nodes
    ]
