"""Anything may happen in any order: hypothesis plays the officers, the clock, the sweepers and their accidents.

After every step the checks of `./run chaos` read the tables. A crash is an exception that nothing catches, at a chosen
statement; a second sweeper is a call for an alarm that was read before the first one rang it.
"""

import os
from datetime import timedelta

import pytest
from django.core.mail import get_connection
from django.db import connection, transaction
from hypothesis import Phase
from hypothesis import settings as examples
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from dispatch import answering, calling, escalation, handling, limits, outbox, triage
from dispatch.models import Node
from matters.models import Matter
from matters.refusals import Invalid, NotAllowed, Refused, Stale
from ops.chaos import checking
from organization import people
from tests.dispatch.walking import walk
from tests.town import NOW

pytestmark = pytest.mark.django_db

LONG = bool(os.environ.get("GOVFLOW_LONG"))
REFUSALS = (Refused, NotAllowed, Invalid, Stale)
CATEGORIES = ["ZZ01", "ZZ07", "BM11", "ZF11", "JG01", "JG06", "ZZ13", "ZZ18", None]
CAST = ["village_head", "town_handler", "rescue_handler", "police_head", "market_handler", "bureau_handler", "desk",
        "district_desk", "grid_member", "sensitive_desk", "district_head"]  # fmt: skip
BOTH = st.booleans()
PICK = st.integers(0, 50)


class Crash(BaseException):
    """The process is gone: nothing in the engine may catch it."""


class District(RuleBasedStateMachine):
    town = None

    def __init__(self):
        super().__init__()
        self.now, self.numbers = NOW, []
        self.undo = transaction.atomic()
        self.undo.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    # --- what people do

    @initialize(category=st.sampled_from(CATEGORIES))
    def begin(self, category):
        self.report(category)

    @rule(category=st.sampled_from(CATEGORIES))
    def report(self, category):
        if len(self.numbers) < 5:
            self.numbers.append(self.town.report(category, at=self.now).number)

    @rule(pick=PICK)
    def accept(self, pick):
        self.on_matter(pick, "triage", triage.accept)

    @rule(pick=PICK)
    def dispatch(self, pick):
        self.on_matter(pick, "triage", triage.dispatch, department=self.town.enforcement)

    @rule(pick=PICK, category=st.sampled_from(["ZZ01", "ZF11", "JG01"]))
    def correct(self, pick, category):
        self.on_matter(
            pick,
            "handle",
            triage.correct,
            category=self.town.categories[category],
            text="类别不对",
            who="desk",
        )

    @rule(pick=PICK)
    def sign(self, pick):
        self.on_node(pick, handling.sign)

    @rule(pick=PICK)
    def acknowledge(self, pick):
        self.on_node(pick, calling.acknowledge)

    @rule(pick=PICK)
    def contact(self, pick):
        self.on_node(pick, handling.contact, reached=True, how="phone", text="已联系")

    @rule(pick=PICK)
    def hand_in(self, pick):
        self.on_node(pick, handling.hand_in, text="已处理")

    @rule(pick=PICK)
    def send_back(self, pick):
        self.on_node(pick, handling.send_back, reason="not_ours", text="不属于本单位")

    @rule(pick=PICK, solved=BOTH)
    def verify(self, pick, solved):
        self.on_matter(pick, "verify", answering.verify, solved=solved, text="现场看过")

    @rule(pick=PICK, grade=st.sampled_from([1, 5]))
    def rate(self, pick, grade):
        self.on_matter(pick, "callback", answering.rate, solved="yes", grade=grade)

    @rule(pick=PICK)
    def reopen(self, pick):
        self.on_matter(pick, "", answering.reopen, text="又出现了")

    # --- what time and machines do

    @rule(hours=st.sampled_from([0, 1, 5, 24, 80]))
    def time_passes_and_sweepers_run(self, hours):
        self.now += timedelta(hours=hours)
        walk(self.now)

    @rule(days=st.sampled_from([1, 3, 9]))
    def an_outage_ends(self, days):
        self.now += timedelta(days=days)
        escalation.sweep(at=self.now)

    @precondition(lambda self: self.numbers)
    @rule(days=st.sampled_from([1, 3]))
    def a_second_sweeper_comes_late(self, days):
        self.now += timedelta(days=days)
        timing, due = limits.timing(self.now), self.due()
        first = [node for node, matter, _alarm in due if escalation.ring(node, matter, timing)]
        before = {node: self.rungs(node) for node in first}
        for node, matter, alarm in due:
            if not Node.objects.filter(pk=node, next_alarm_at=alarm).exists():
                self.again(node, matter, timing)
        assert set(before) <= {node for node, *_ in due}

    @rule(days=st.sampled_from([1, 3, 9]), place=st.integers(1, 14))
    def a_sweeper_dies(self, days, place):
        self.now += timedelta(days=days)
        for node, matter, _alarm in self.due()[:1]:
            before = self.rungs(node)
            died = self.dying_at(
                place, lambda node=node, matter=matter: escalation.ring(node, matter, limits.timing(self.now))
            )
            assert self.rungs(node) == before + (not died)

    @rule(fails=BOTH)
    def relay(self, fails):
        self.fails["now"] = fails
        outbox.relay(at=self.now)

    # --- what must hold

    @invariant()
    def nothing_is_lost(self):
        assert Matter.objects.filter(number__in=self.numbers).count() == len(self.numbers)

    @invariant()
    def the_tables_say_what_must_be_true(self):
        with connection.cursor() as cursor:
            assert checking.breaches(cursor) == {}

    # --- how

    def due(self):
        return list(
            Node.objects.alarm_due(self.now)
            .order_by("next_alarm_at", "pk")
            .values_list("pk", "matter", "next_alarm_at")
        )

    def rungs(self, node):
        """What rang; in an emergency there are also those it passed over."""
        return Node.objects.get(pk=node).rungs.filter(skipped=False).count()

    def again(self, node, matter, timing):
        """The alarm this sweeper knows of is gone: it may ring only what is due by then."""
        waits = Node.objects.filter(pk=node).alarm_due(timing.at).exists()
        before = self.rungs(node)
        assert escalation.ring(node, matter, timing) == waits
        assert self.rungs(node) == before + waits

    def dying_at(self, place, work):
        count = 0

        def die(execute, sql, *rest):
            nonlocal count
            count += 1
            if count == place:
                raise Crash
            return execute(sql, *rest)

        try:
            with connection.execute_wrapper(die):
                work()
        except Crash:
            return True
        return False

    def on_node(self, pick, verb, **facts):
        nodes = list(Node.objects.running().order_by("pk").select_related("department"))
        if nodes:
            self.attempt(nodes[pick % len(nodes)], verb, nodes[pick % len(nodes)].pk, pick, facts)

    def on_matter(self, pick, kind, verb, **facts):
        nodes = list(
            (Node.objects.running().filter(kind=kind) if kind else Node.objects.all()).order_by("pk")
        )
        if nodes:
            node = nodes[pick % len(nodes)]
            self.attempt(node, verb, node.matter_id, pick, facts)

    def attempt(self, node, verb, subject, pick, facts):
        """By somebody of the unit, or by whoever comes along and is turned away."""
        who = facts.pop("who", None)
        by = self.town.actor(who or CAST[pick % len(CAST)], at=self.now)
        ours = people.holders([node.department_id], roles=("handler", "head", "dispatcher"), at=self.now)
        if not who and pick % 4 and ours.get(node.department_id):
            by = people.actor(ours[node.department_id][0].person, at=self.now)
        try:
            with transaction.atomic():
                verb(subject, by=by, at=self.now, **facts)
        except REFUSALS:
            pass


def test_whatever_happens_in_whatever_order_the_tables_stay_true(town, monkeypatch):
    fails = {"now": False}
    backend = type(get_connection())
    honest = backend.send_messages

    def sending(self, letters):
        if fails["now"]:
            raise OSError("the mail server is away")
        return honest(self, letters)

    monkeypatch.setattr(backend, "send_messages", sending)
    machine = type("District", (District,), {"town": town, "fails": fails})
    # in the ordinary suite a failing story is told as it was found: making it shorter takes longer than the suite may
    budget = (
        {"max_examples": 300, "stateful_step_count": 50}
        if LONG
        else {"max_examples": 6, "stateful_step_count": 15}
    )
    run_state_machine_as_test(
        machine, settings=examples(**budget, phases=list(Phase) if LONG else [Phase.generate])
    )
