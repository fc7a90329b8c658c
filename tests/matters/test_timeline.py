import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from matters import timeline
from matters.choices import Kind
from matters.models import Entry, Matter
from matters.timeline import Line


@pytest.fixture
def matter(town):
    """With three entries."""
    matter = town.register()
    for text in ("已到现场", "已劝离"):
        timeline.record(
            matter, Line(Kind.PROGRESSED, text=text, data={"node": 1}), by=town.actor("desk"), at=town.now
        )
    return matter


def execute(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def tamper(sql, *values):
    """What somebody with the database's highest rights could do."""
    execute("SET LOCAL session_replication_role = replica; " + sql, *values)


def test_entries_are_numbered_without_gaps_and_the_matter_knows_the_end(matter):
    entries = list(matter.entries.for_timeline())
    assert [entry.seq for entry in entries] == [1, 2, 3]
    stored = Matter.objects.get(pk=matter.pk)
    assert (stored.entry_count, stored.head) == (3, entries[-1].digest)
    assert timeline.breaks(stored) == []


def test_an_entry_costs_two_queries(town, matter, django_assert_num_queries):
    desk = town.actor("desk")
    with django_assert_num_queries(2):
        timeline.record(matter, Line(Kind.COMMENTED, text="好"), by=desk, at=town.now)
    assert timeline.breaks(Matter.objects.get(pk=matter.pk)) == []


def test_two_writers_cannot_both_write_the_same_entry(town, matter):
    stale = Matter.objects.get(pk=matter.pk)
    timeline.record(matter, Line(Kind.COMMENTED, text="一"), by=town.actor("desk"), at=town.now)
    with pytest.raises(DatabaseError, match="entry_seq_once"), transaction.atomic():
        timeline.record(stale, Line(Kind.COMMENTED, text="二"), by=town.actor("desk"), at=town.now)


def test_an_entry_says_who_did_it_by_the_name_of_that_day(town, matter):
    town.desk.name = "改名后"
    town.desk.save()
    entry = matter.entries.get(seq=2)
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == ("person", town.desk.pk, "秦雨桐")


def test_personal_words_enter_the_chain_only_as_commitments(matter):
    entry = matter.entries.get(seq=2)
    assert set(entry.commitments) == {"text", "actor_name"}
    assert "已到现场" not in json.dumps(entry.commitments, ensure_ascii=False)
    assert timeline.commitments(matter, entry) == entry.commitments
    matter.salt = b"another salt...."
    assert timeline.commitments(matter, entry) != entry.commitments


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'closed'",
        "at = at + interval '1 second'",
        "public = true",
        "actor_id = 1",
        "data = '{}'",
        "text = '伪造'",
        "why = '加上的'",
        "actor_name = '别人'",
        "digest = repeat('0', 64)",
        "commitments = '{}'",
    ],
)
def test_an_edit_past_the_trigger_is_found(matter, change):
    tamper(f"UPDATE matters_entry SET {change} WHERE matter_id = %s AND seq = 2", matter.pk)
    assert timeline.breaks(Matter.objects.get(pk=matter.pk))


@pytest.mark.parametrize(("seq", "sentence"), [(2, "entry 2 is missing"), (3, "the end of the timeline")])
def test_a_deletion_past_the_trigger_is_found(matter, seq, sentence):
    tamper("DELETE FROM matters_entry WHERE matter_id = %s AND seq = %s", matter.pk, seq)
    assert sentence in timeline.breaks(Matter.objects.get(pk=matter.pk))[0]


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE matters_entry SET text = '伪造'",
        "UPDATE matters_entry SET text = text || '。'",
        "UPDATE matters_entry SET at = at + interval '1 day'",
        "UPDATE matters_entry SET text = '', public = true",
        "UPDATE matters_entry SET digest = ''",
        "DELETE FROM matters_entry",
    ],
)
def test_the_database_refuses_to_rewrite_or_delete_entries(matter, sql):
    with pytest.raises(DatabaseError, match="insert-only"):
        execute(sql)
    assert timeline.breaks(Matter.objects.get(pk=matter.pk)) == []


def test_only_a_test_database_may_empty_the_timeline(matter):
    """The same trigger, asked in a database whose name does not begin with test_."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT prosrc FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE t.tgrelid = 'matters_entry'::regclass AND t.tgname LIKE '%%emptied%%'"
        )
        (body,) = cursor.fetchone()
        production = body.replace("current_database()", "'govflow'")
        cursor.execute("CREATE TABLE other_timeline ()")
        cursor.execute(f"CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $${production}$$")
        cursor.execute("CREATE TRIGGER t BEFORE TRUNCATE ON other_timeline EXECUTE FUNCTION refuse()")
    with pytest.raises(DatabaseError, match="insert-only"):
        execute("TRUNCATE other_timeline")


def test_words_can_be_erased_by_law_without_breaking_the_chain(matter):
    execute("UPDATE matters_entry SET text = '', actor_name = '' WHERE matter_id = %s", matter.pk)
    assert matter.entries.get(seq=2).text == ""
    assert timeline.breaks(Matter.objects.get(pk=matter.pk)) == []


def verify(*arguments):
    out = io.StringIO()
    try:
        call_command("verify_timeline", *arguments, stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


def test_verify_timeline_is_quiet_about_whole_timelines(matter):
    assert verify() == (0, "1 timelines read, 0 broken.\n")


def test_verify_timeline_names_each_break_and_fails(town, matter):
    whole = town.register()
    tamper("UPDATE matters_entry SET text = '伪造' WHERE matter_id = %s AND seq = 2", matter.pk)
    code, text = verify()
    assert code == 1
    assert text.splitlines() == [
        f"{matter.number}: the words of entry 2 were changed",
        "2 timelines read, 1 broken.",
    ]
    assert verify("--matter", whole.number)[0] == 0
    assert verify("--matter", matter.number)[0] == 1


def test_verify_timeline_refuses_an_unknown_number(matter):
    with pytest.raises(CommandError, match="2020-00001"):
        verify("--matter", "2020-00001")


def test_the_end_of_every_timeline_is_exported_for_keeping_outside(matter, tmp_path):
    assert verify("--export", str(tmp_path / "heads"))[0] == 0
    about, head = (json.loads(line) for line in (tmp_path / "heads").read_text().splitlines())
    assert about["matters"] == 1
    assert head == {"number": matter.number, "entry_count": 3, "head": matter.head}


def test_an_entry_is_made_only_by_the_timeline(matter):
    assert str(Entry.objects.get(matter=matter, seq=3)) == f"{matter.pk}#3 progressed"
