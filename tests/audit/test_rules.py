"""A busy district breaks no rule; each rule finds exactly the fault that is planted for it, by itself."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F

from audit import running
from audit.rules import RULES
from dispatch.models import Node, Rung
from matters import timeline
from matters.models import Matter
from matters.timeline import Line
from organization.actors import Actor
from tests.audit.busy import END

pytestmark = pytest.mark.django_db

# Pieces of SQL that point at one row of the busy district.
LEAD = "(SELECT n.id FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id WHERE m.number = '{late}'" \
    " AND n.part = 'lead' AND n.status IN ('open', 'signed'))"  # fmt: skip
LATE = "(SELECT n.id FROM dispatch_node n JOIN matters_matter m ON m.id = n.matter_id WHERE m.number = '{late}'" \
    " AND n.part = 'lead' AND n.status = 'escalated')"  # fmt: skip
OF_LATE = "(SELECT id FROM matters_matter WHERE number = '{late}')"
CLOSED = "(SELECT id FROM matters_matter WHERE number = '{rated}')"
SECRET = "(SELECT id FROM matters_matter WHERE number = '{secret}')"
DECLINED = "(SELECT id FROM matters_matter WHERE number = '{declined}')"
CORRECTED = "(SELECT id FROM matters_matter WHERE number = '{corrected}')"
ABOUT = "(SELECT id FROM matters_matter WHERE number = '{about}')"


def write_as_the_ladder(busy):
    """An entry of the ladder's that no rung wrote, with a digest that fits: what a clever forger would add."""
    matter = Matter.objects.get(pk=busy.matters["late"].pk)
    timeline.record(matter, Line("reminded", data={"node": 1, "rung": 1}), by=Actor.rule("ladder"), at=END)


def ring_again(busy):
    """The same reminder a second time, with everything that belongs to it."""
    run("ALTER TABLE dispatch_rung DROP CONSTRAINT action_once")
    matter = Matter.objects.get(pk=busy.matters["late"].pk)
    late = busy.node("late", part="lead", status="escalated")
    first = late.rungs.get(action="remind")
    line = Line("reminded", data={"node": late.pk, "rung": late.rung + 1})
    entry = timeline.record(matter, line, by=Actor.rule("ladder"), at=first.fired_at)
    first.pk, first.number, first.tells, first.entry = None, late.rung + 1, [], entry
    first.save(force_insert=True)
    Node.objects.filter(pk=late.pk).update(rung=late.rung + 1)


def run(sql):
    with connection.cursor() as cursor:
        cursor.execute(sql)


# rule: statements that break it and nothing else. Constraints that forbid the fault are dropped first.
FAULTS = {
    "alarm_exactly_while_running": f"""
        ALTER TABLE dispatch_node DROP CONSTRAINT running_node_has_an_alarm_and_no_other;
        UPDATE dispatch_node SET next_alarm_at = NULL, next_action = '' WHERE id = {LEAD}""",
    "open_matter_has_one_running_lead": f"""
        UPDATE dispatch_node SET part = 'assisting' WHERE id = {LEAD}""",
    "ended_matter_has_no_running_step": f"""
        UPDATE dispatch_node n SET status = 'open', ended_at = NULL, signed_at = NULL, part = 'assisting',
            fired = '{{{{}}}}', next_action = 'sign_missed', next_alarm_at = s.at, sign_due_at = s.at,
            remind_at = s.at + interval '1 hour', due_at = s.at + interval '2 hours',
            escalate_at = s.at + interval '3 hours'
        FROM (SELECT now() + ahead + interval '1 minute' AS at FROM organization_clockoffset) s
        WHERE n.matter_id = {DECLINED} AND n.kind = 'triage';
        UPDATE matters_participation SET until = NULL WHERE matter_id = {DECLINED}""",
    "step_moments_fit_its_status": f"""
        UPDATE dispatch_node SET signed_at = opened_at WHERE id = {LEAD} AND 'sign_missed' = ANY (fired)""",
    "matter_row_follows_its_running_steps": f"""
        UPDATE matters_matter SET due_at = due_at + interval '1 hour' WHERE id = {OF_LATE}""",
    "a_unit_has_one_running_part": f"""
        DROP INDEX a_unit_has_one_running_part;
        UPDATE dispatch_node SET department_id = (SELECT department_id FROM dispatch_node WHERE id = {LEAD})
        WHERE id = (SELECT max(id) FROM dispatch_node WHERE matter_id = {OF_LATE} AND status = 'open'
                    AND part = 'assisting')""",
    "the_late_unit_keeps_a_part": f"""
        UPDATE dispatch_node k SET opened_at = k.opened_at - interval '1 minute' FROM dispatch_node late
        WHERE late.id = {LATE} AND k.matter_id = late.matter_id AND k.department_id = late.department_id
          AND NOT k.climbs;
        UPDATE dispatch_clockspan s SET began_at = n.opened_at FROM dispatch_node n
        WHERE n.id = s.node_id AND s.began_at > n.opened_at""",
    "an_emergency_rings_until_somebody_answers": """
        UPDATE dispatch_node n SET acknowledged_at = now() FROM matters_matter m
        WHERE m.id = n.matter_id AND m.number = '{emergency}' AND n.ring_at IS NOT NULL AND n.part = 'lead'""",
    "a_running_clock_is_accounted_for": f"""
        UPDATE dispatch_clockspan SET began_at = began_at + interval '1 second' WHERE node_id = {LEAD}""",
    "nothing_waits_past_its_moment": """
        UPDATE organization_clockoffset SET ahead = ahead + (
            SELECT min(next_alarm_at) - min(now() + ahead) + interval '61 seconds'
            FROM dispatch_node, organization_clockoffset WHERE next_alarm_at IS NOT NULL)""",
    "a_failing_step_is_never_given_up": f"""
        UPDATE dispatch_node SET failures = 9, retry_at = now() + interval '1 day' WHERE id = {LEAD}""",
    "alarm_is_the_earliest_thing_to_come": f"""
        UPDATE dispatch_node SET next_alarm_at = next_alarm_at + interval '1 hour' WHERE id = {LEAD}""",
    "running_step_has_something_to_come": f"""
        UPDATE dispatch_node SET escalate_at = NULL WHERE id = {LEAD}""",
    "no_stale_calendar": """
        INSERT INTO organization_calendarversion
            (number, published_at, note, office_hours, closes_at_midnight, confirmed_years)
        SELECT number + 1, published_at, note, office_hours, closes_at_midnight, confirmed_years
        FROM organization_calendarversion""",
    "rung_fires_once": ring_again,
    "rungs_are_numbered_without_a_gap": f"""
        UPDATE dispatch_node SET rung = rung + 1 WHERE id = {LATE}""",
    "step_knows_what_has_rung": f"""
        UPDATE dispatch_node SET fired = array_remove(fired, 'warn') WHERE id = {LATE}""",
    "no_rung_fires_early": f"""
        UPDATE dispatch_rung SET due_at = fired_at + interval '1 second' WHERE node_id = {LATE} AND action = 'warn'""",
    "no_rung_after_the_end": """
        UPDATE dispatch_node n SET ended_at = (SELECT min(fired_at) FROM dispatch_rung WHERE node_id = n.id)
        FROM matters_matter m WHERE m.id = n.matter_id AND m.number = '{corrected}' AND n.status = 'stopped'
          AND n.rung > 1""",
    "rung_has_its_entry": f"""
        UPDATE dispatch_rung r SET entry_id = other.entry_id FROM dispatch_rung other
        WHERE r.node_id = {LATE} AND other.node_id = r.node_id
          AND (r.action, other.action) IN (('remind', 'warn'), ('warn', 'remind'))""",
    "entry_of_the_ladder_has_its_rung": write_as_the_ladder,
    "hand_up_is_recorded_once_with_its_rung": f"""
        UPDATE dispatch_escalation e SET successor_id = (SELECT min(id) FROM dispatch_node WHERE matter_id <> {OF_LATE}
            AND kind = 'callback') WHERE e.node_id = (SELECT min(node_id) FROM dispatch_escalation WHERE node_id IN
            (SELECT id FROM dispatch_node WHERE matter_id = {OF_LATE} AND part = 'assisting'))""",
    "escalating_rung_hands_up": f"""
        UPDATE dispatch_escalation SET rung_id = NULL WHERE node_id = {LATE}""",
    "whom_a_rung_told_has_a_notice": f"""
        DELETE FROM dispatch_notice WHERE node_id = {LATE} AND kind = 'warn'""",
    "message_of_a_rung_has_its_rung": f"""
        INSERT INTO dispatch_notice (person_id, matter_id, node_id, kind, at)
        SELECT person_id, matter_id, node_id, kind, at + interval '1 second' FROM dispatch_notice
        WHERE node_id = {LATE} AND kind = 'warn' LIMIT 1""",
    "catching_up_keeps_its_pause": f"""
        UPDATE dispatch_rung r SET planned_at = CASE r.action WHEN 'remind' THEN remind.fired_at - interval '60 days'
            ELSE remind.fired_at END
        FROM dispatch_rung remind WHERE remind.node_id = {LATE} AND remind.action = 'remind'
          AND r.node_id = remind.node_id AND r.action IN ('remind', 'warn')""",
    "numbers_and_foreign_numbers_are_unique": """
        ALTER TABLE matters_matter DROP CONSTRAINT same_external_id_same_matter;
        UPDATE matters_matter o SET client_id = f.client_id, external_id = f.external_id
        FROM matters_matter f WHERE f.number = '{foreign}' AND o.number = '{late}'""",
    "an_answered_report_is_kept": """
        UPDATE matters_receipt SET matter_id = NULL WHERE status_code = 201""",
    "status_follows_the_timeline": f"""
        UPDATE matters_matter SET status = 'verifying' WHERE id = {OF_LATE}""",
    "end_has_its_moment": f"""
        UPDATE matters_matter SET ending = '' WHERE id = {CLOSED}""",
    "level_rises_only_by_a_recorded_act": f"""
        UPDATE dispatch_node SET level = 'grid' WHERE matter_id = {CORRECTED} AND status = 'stopped' AND part = 'lead';
        UPDATE dispatch_node SET opened_at = opened_at - interval '1 second' WHERE id = (
            SELECT min(id) FROM dispatch_node
            WHERE matter_id = {CORRECTED} AND part = 'lead' AND status = 'escalated')""",
    "escalated_level_is_that_of_the_hand_ups": f"""
        UPDATE matters_matter SET escalated_level = 'district' WHERE id = {OF_LATE}""",
    "revisions_rise_with_what_happened": f"""
        UPDATE matters_matter SET revision = 1 WHERE id = {OF_LATE}""",
    "parts_agree_with_steps": f"""
        UPDATE matters_participation SET until = since WHERE matter_id = {OF_LATE} AND department_id = (
            SELECT department_id FROM dispatch_node WHERE id = {LEAD})""",
    "every_step_has_its_why": f"""
        DELETE FROM dispatch_routing WHERE matter_id = {OF_LATE}""",
    "timeline_is_whole": f"""
        ALTER TABLE matters_entry DISABLE TRIGGER USER;
        UPDATE matters_entry SET text = '伪造' WHERE matter_id = {OF_LATE} AND seq = 1;
        SET CONSTRAINTS ALL IMMEDIATE;
        ALTER TABLE matters_entry ENABLE TRIGGER USER""",
    "entries_cannot_be_rewritten": "ALTER TABLE matters_entry DISABLE TRIGGER USER",
    "no_message_waits": f"""
        UPDATE dispatch_outbox SET state = 'ready', sent_at = NULL, retry_at = NULL, lease = NULL
        WHERE id = (SELECT min(id) FROM dispatch_outbox WHERE matter_id = {OF_LATE})""",
    "no_message_is_given_up_unseen": f"""
        UPDATE dispatch_outbox SET state = 'dead', sent_at = NULL, attempts = 8, error = 'no such mailbox'
        WHERE id = (SELECT min(id) FROM dispatch_outbox WHERE matter_id = {OF_LATE})""",
    "message_state_fits_its_moments": f"""
        UPDATE dispatch_outbox SET sent_at = NULL
        WHERE id = (SELECT min(id) FROM dispatch_outbox WHERE matter_id = {OF_LATE} AND state = 'sent')""",
    "message_has_one_id": """
        DO $$ DECLARE it record; BEGIN
            FOR it IN SELECT conname FROM pg_constraint WHERE conrelid = 'dispatch_outbox'::regclass AND contype = 'u'
            LOOP EXECUTE 'ALTER TABLE dispatch_outbox DROP CONSTRAINT ' || quote_ident(it.conname); END LOOP;
        END $$;
        UPDATE dispatch_outbox SET message_id = (SELECT message_id FROM dispatch_outbox ORDER BY id LIMIT 1)
        WHERE id = (SELECT id FROM dispatch_outbox ORDER BY id OFFSET 1 LIMIT 1)""",
    "sensitive_matters_stay_inside": f"""
        INSERT INTO dispatch_notice (person_id, matter_id, kind, at)
        SELECT p.id, m.id, 'opened', m.reported_at FROM organization_person p, matters_matter m
        WHERE p.username = 'town_supervisor' AND m.id = {SECRET}""",
    "a_unit_never_has_what_is_about_it": f"""
        INSERT INTO dispatch_notice (person_id, matter_id, kind, at)
        SELECT p.id, m.id, 'opened', m.reported_at FROM organization_person p, matters_matter m
        WHERE p.username = 'town_handler' AND m.id = {ABOUT}""",
}


def found():
    """Names of the rules that are broken."""
    return {each.rule.name: list(each.lines) for each in running.look().findings if each.lines}


def test_a_busy_district_breaks_no_rule(busy):
    report = running.look()
    assert report.lines() == []
    assert len(report.findings) == len(RULES)


def test_the_busy_district_has_something_of_everything(busy):
    """Else a rule could be quiet because there is nothing to look at."""
    seen = set(Rung.objects.values_list("action", flat=True))
    assert seen >= {"sign_missed", "response_missed", "return_lapsed", "remind", "warn", "escalate", "supervise",
                    "urge", "lapse", "ring"}  # fmt: skip
    assert {matter.status for matter in busy.matters.values()} == {
        "reported", "dispatched", "callback", "closed", "declined"
    }  # fmt: skip
    late = Rung.objects.filter(fired_at__gt=F("planned_at") + timedelta(minutes=1))
    assert late.exists(), "an outage was caught up with"


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_found_by_its_rule_and_no_other(busy, name):
    fault = FAULTS[name]
    if callable(fault):
        fault(busy)
    else:
        run(fault.format(**{each.replace(" ", "_"): m.number for each, m in busy.matters.items()}))
    broken = found()
    assert set(broken) == {name}, broken


def test_every_rule_has_its_fault():
    assert {rule.name for rule in RULES} == {*FAULTS, "business_time_is_real_time"}
    assert len({rule.name for rule in RULES}) == len(RULES)


def test_outside_demo_mode_a_moved_clock_is_a_breach(busy, settings):
    [rule] = [rule for rule in RULES if rule.name == "business_time_is_real_time"]
    assert running.look(rules=[rule]).lines() == []
    settings.DEMO = False
    [line] = running.look(rules=[rule]).lines()
    assert "the clock of business runs" in line
