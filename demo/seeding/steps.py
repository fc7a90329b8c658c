"""Stretches of a story. Each is a generator: it yields the moment at which it wants to go on."""

from datetime import timedelta

from dispatch import calling
from dispatch.choices import NodeKind, NodeStatus
from matters.choices import Part

GOOD = [5, 5, 5, 4, 4, 4, 3]


def answer(story):
    """Whoever an emergency calls answers within minutes, in every unit."""
    if any(node.ring_at for node in story.nodes()):
        yield story.at + timedelta(minutes=story.rng.uniform(0.3, 2.5))
        for node in story.nodes():
            if node.ring_at:
                calling.acknowledge(node.pk, by=story.cast.worker(node), at=story.at)


def reach_a_unit(story):
    """Whatever lies in a tray is accepted and dispatched by hand."""
    yield from answer(story)
    if story.lead().kind == NodeKind.TRIAGE:
        yield story.wait(story.rng.uniform(10, 60))
        if story.chance(0.6) and story.lead().status == NodeStatus.OPEN:
            story.accept()
            yield story.wait(story.rng.uniform(5, 90))
        story.triage()
        yield from answer(story)


def take_up(story):
    """The lead signs, and often rings the reporter."""
    yield from reach_a_unit(story)
    yield story.share(0.04, 0.12)
    lead = story.lead()
    if lead.status == NodeStatus.OPEN:
        story.on("sign", lead)
    if story.chance(0.4):
        yield story.share(0.03, 0.08)
        story.on("contact", story.lead(), reached=story.chance(0.85), how="phone", text=story.say("contact"))


def finish_parts(story, leave=0):
    """Required assisting units do theirs, all but `leave` of them."""
    for part in _required(story)[leave:]:
        yield story.share(0.02, 0.09)
        if story.still_runs(part):
            story.on("hand_in", part, text=story.say("assisting"))
    while leave == 0 and (parts := _required(story)):  # those that were handed up meanwhile
        yield story.share(0.02, 0.05)
        story.on("hand_in", parts[0], text=story.say("assisting"))


def handle(story):
    """From the report to the lead's word that it is done."""
    yield from take_up(story)
    yield from finish_parts(story)
    if story.chance(0.25):
        yield story.share(0.05, 0.15)
        story.on("progress", story.lead(), text=story.say("progress"), public=story.chance(0.5))
    yield story.share(0.1, 0.4)
    story.on("hand_in", story.lead(), text=_done(story))


def verified(story):
    yield story.wait(story.rng.uniform(15, 150))
    story.verify(solved=True)


def not_solved(story):
    yield story.wait(story.rng.uniform(15, 150))
    story.verify(solved=False)


def rated(story, solved="yes", grades=GOOD):
    closing = story.lead().due_at
    yield min(story.hours(0.5, 20), story.at + (closing - story.at) / 2)
    story.rate(solved, story.rng.choice(grades))


def to_callback(story):
    yield from handle(story)
    yield from verified(story)


def called(story):
    """A low rating, and the desk's call to the reporter."""
    yield from to_callback(story)
    yield from rated(story, solved=story.rng.choice(["partly", "no"]), grades=[1, 2, 2])


def _required(story):
    nodes = story.nodes()
    return [
        node
        for node in nodes
        if node.part == Part.ASSISTING and node.required and node.kind == NodeKind.HANDLE
    ]


def _done(story):
    words = story.world.answers
    return story.rng.choice(words["hand_in"].get(story.plan.category.platform.name, words["hand_in_default"]))
