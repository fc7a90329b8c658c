"""`manage.py audit_invariants`: a line for each breach, exit 1; and what is kept for the check page."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import running
from audit.models import AuditRun
from audit.rules import RULES
from audit.tasks import audit

pytestmark = pytest.mark.django_db


def command(*arguments):
    out = io.StringIO()
    try:
        call_command("audit_invariants", *arguments, stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


def break_two(busy):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE matters_matter SET revision = 1, escalated_level = NULL WHERE id = %s",
            [busy.matters["late"].pk],
        )


def test_it_is_quiet_about_a_sound_database(busy):
    code, text = command()
    assert code == 0, text
    assert text.splitlines()[0].startswith(f"{len(RULES)} rules checked in ")
    assert text.endswith(" s, 0 breaches.\n")


def test_it_prints_a_line_for_each_breach_and_fails(busy):
    break_two(busy)
    code, text = command()
    number = busy.matters["late"].number
    assert code == 1
    assert text.splitlines()[0] == (
        f"escalated_level_is_that_of_the_hand_ups: {number}: says it was handed up to none, its hand-ups say town"
    )
    assert text.splitlines()[1].startswith(f"revisions_rise_with_what_happened: {number}: ")


def test_it_speaks_json(busy):
    break_two(busy)
    code, text = command("--json")
    found = json.loads(text)
    assert (code, found["breaches"], len(found["rules"])) == (1, 2, len(RULES))
    assert {rule["name"] for rule in found["rules"] if rule["breaches"]} == {
        "escalated_level_is_that_of_the_hand_ups",
        "revisions_rise_with_what_happened",
    }


def test_one_rule_can_be_asked_and_its_time_be_seen(busy):
    break_two(busy)
    code, text = command("--rule", "timeline_is_whole", "--times")
    assert code == 0, text
    assert "s  timeline_is_whole" in text and "revisions" not in text


def test_history_before_a_moment_is_passed_over(busy):
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM dispatch_notice WHERE node_id = %s AND kind = 'warn'",
            [busy.node("late", part="lead", status="escalated").pk],
        )
    assert command("--since", "2026-06-15")[0] == 1
    assert command("--since", "2026-06-26T17:00")[0] == 0


def test_a_moment_that_is_none_is_refused(busy):
    with pytest.raises(CommandError, match="soon is not a moment"):
        command("--since", "soon")


def test_a_run_is_kept_with_what_it_found_and_old_ones_go(busy, monkeypatch):
    monkeypatch.setattr(running, "KEPT_RUNS", 2)
    audit()
    break_two(busy)
    assert command("--keep")[0] == 1
    audit()
    kept = list(AuditRun.objects.order_by("-pk"))
    assert [run.breaches for run in kept] == [2, 2]
    assert len(kept[0].rules) == len(RULES)
    assert kept[0].lines[1].startswith("revisions_rise_with_what_happened")
