"""Each status and each verb: what the table allows is done, all else is refused and leaves no trace."""

import pytest
from django.db import transaction

from dispatch import answering, handling, triage
from matters.models import Entry, Matter
from matters.refusals import Refused
from organization.actors import Actor
from tests.dispatch.walking import lead

pytestmark = pytest.mark.django_db

RULE = Actor.rule("test")  # may everything, so that only the moment can refuse

LEGAL = {
    "reported": {"accept", "dispatch", "correct", "decline", "comment"},
    "dispatched": {"sign", "assign", "contact", "progress", "hand_in", "send_back", "correct", "comment"},
    "verifying": {"verify", "comment"},
    "callback": {"rate", "reopen", "comment"},
    "callback, to be called": {"contact", "hand_in", "reopen", "comment"},
    "closed": {"reopen"},
    "closed on the spot": {"reopen"},
    "declined": {"reopen"},
    "merged": set(),
    "voided": set(),
}

OF_NODE = {
    "sign": {},
    "assign": {"assignee": "village_handler"},
    "contact": {"reached": True, "how": "phone"},
    "progress": {"text": "看过了"},
    "hand_in": {"text": "已处理"},
    "send_back": {"reason": "not_ours", "text": "不归我们"},
}
OF_MATTER = {
    "accept": (triage, {}),
    "dispatch": (triage, {"department": "enforcement"}),
    "correct": (triage, {"text": "紧急", "urgency": "urgent"}),
    "decline": (triage, {"reason": "court", "text": "请依法上诉"}),
    "verify": (answering, {"solved": True}),
    "rate": (answering, {"solved": "yes", "grade": 5}),
    "reopen": (answering, {"text": "又出现了"}),
    "comment": (answering, {"text": "记一笔"}),
}


def use(town, verb, matter):
    if verb in OF_NODE:
        leads = matter.nodes.filter(part="lead").order_by("pk")
        node = leads.running().first() or leads.last()
        facts, subject, module = OF_NODE[verb], node.pk, handling
    else:
        module, facts = OF_MATTER[verb]
        subject = matter.pk
    facts = {
        name: getattr(town, each) if name in ("assignee", "department") else each
        for name, each in facts.items()
    }
    getattr(module, verb)(subject, **facts, by=RULE, at=town.now)


def matter_in(town, state):
    """A matter brought to the state by its verbs."""
    if state == "reported":
        return town.report(None, text="有人飞线充电")
    if state == "closed on the spot":
        return town.report("ZF11", handled_text="当场停工")
    if state in ("declined", "merged", "voided"):
        matter = town.report(None, text="有人飞线充电")
        triage.decline(matter.pk, reason="court", text="请依法上诉", by=RULE, at=town.now)
        if state != "declined":
            Matter.objects.filter(pk=matter.pk).update(status=state)
        return matter
    matter = town.report("ZF11", area=town.grid)
    path = ["dispatched", "verifying", "callback", "closed"]
    steps = {"verifying": "hand_in", "callback": "verify", "closed": "rate"}
    wanted = state.partition(",")[0]
    for each in path[1 : path.index(wanted) + 1]:
        use(town, steps[each], matter)
    if state == "callback, to be called":
        answering.rate(matter.pk, solved="no", by=Actor.reporter(), at=town.now)
    return matter


def everything(matter):
    """All that a verb could change."""
    row = Matter.objects.filter(pk=matter.pk).values().get()
    nodes = list(matter.nodes.order_by("pk").values())
    return row, nodes, Entry.objects.filter(matter=matter).count(), matter.routings.count()


@pytest.mark.parametrize("state", LEGAL)
def test_a_verb_at_the_wrong_moment_is_refused_and_changes_nothing(town, state, subtests):
    matter = matter_in(town, state)
    before = everything(matter)
    assert before[0]["status"] == state.split(",")[0].split(" ")[0]
    for verb in sorted({*OF_NODE, *OF_MATTER} - LEGAL[state]):
        if verb in OF_NODE and not matter.nodes.exists():
            continue
        with subtests.test(verb=verb):
            with pytest.raises(Refused) as refusal:
                use(town, verb, matter)
            assert refusal.value.code == "illegal_transition"
            assert everything(matter) == before


@pytest.mark.parametrize("state", [state for state, verbs in LEGAL.items() if verbs])
def test_a_verb_at_its_moment_is_done_and_written(town, state, subtests):
    matter = matter_in(town, state)
    entries, revision = matter.entries.count(), Matter.objects.get(pk=matter.pk).revision
    for verb in sorted(LEGAL[state]):
        if verb == "assign":
            continue  # the step of a unit without this person: test_handling has it
        with subtests.test(verb=verb), transaction.atomic():
            use(town, verb, matter)
            assert matter.entries.count() > entries
            changed = Matter.objects.get(pk=matter.pk).revision > revision
            assert changed is (verb not in ("comment", "contact", "progress"))
            transaction.set_rollback(True)


@pytest.mark.parametrize("verb", ["sign", "accept"])
def test_what_is_done_once_is_refused_the_second_time(town, verb):
    matter = matter_in(town, "dispatched" if verb == "sign" else "reported")
    use(town, verb, matter)
    before = everything(matter)
    with pytest.raises(Refused) as refusal:
        use(town, verb, matter)
    assert refusal.value.code in ("already_signed", "already_accepted")
    assert everything(matter) == before


def test_every_open_matter_has_a_step_that_runs_and_every_ended_one_has_none(town):
    for state in LEGAL:
        matter = Matter.objects.get(pk=matter_in(town, state).pk)
        assert matter.is_open is bool(matter.nodes.running().count()), state
        assert matter.nodes.running().filter(part="lead").count() == int(matter.is_open)
        if matter.is_open:
            assert lead(matter).department == matter.responsible
