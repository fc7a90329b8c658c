"""Heads kept outside the database tell a rollback from a fork, and a folder that was tampered with from both."""

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from audit import anchors
from audit.tasks import anchor
from matters import timeline
from matters.models import Matter
from matters.timeline import Line
from organization.actors import Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(settings, tmp_path):
    settings.ANCHORS = tmp_path / "anchors"
    return settings.ANCHORS


@pytest.fixture
def matter(town):
    return town.register()


def write(folder):
    out = io.StringIO()
    call_command("anchor_heads", "--folder", str(folder), stdout=out)
    return json.loads(out.getvalue())


def verify(folder):
    out = io.StringIO()
    try:
        call_command("verify_timeline", "--anchors", str(folder), stdout=out)
    except SystemExit as stop:
        return stop.code, out.getvalue().splitlines()[:-1]
    return 0, out.getvalue().splitlines()[:-1]


def add(matter, town, text="补充"):
    matter = Matter.objects.get(pk=matter.pk)
    timeline.record(matter, Line("commented", text=text), by=Actor.rule("test"), at=town.now)


def run(*statements):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE matters_entry DISABLE TRIGGER USER")
        for sql, *values in statements:
            cursor.execute(sql, values)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE matters_entry ENABLE TRIGGER USER")


def take_back(matter):
    """As a backup from before the last entry would have it: whole in itself."""
    previous = matter.entries.get(seq=1).digest
    run(
        ("DELETE FROM matters_entry WHERE matter_id = %s AND seq = 2", matter.pk),
        ("UPDATE matters_matter SET entry_count = 1, head = %s WHERE id = %s", previous, matter.pk),
    )


def test_a_database_that_only_went_on_agrees(folder, town, matter):
    first = write(folder)
    add(matter, town)
    town.register()
    second = write(folder)
    assert (first["matters"], first["changed"], second["matters"], second["changed"]) == (1, 1, 2, 2)
    assert second["previous"] and second["root"] != first["root"]
    add(matter, town)
    assert verify(folder) == (0, [])


def test_what_did_not_change_is_not_written_again(folder, matter):
    write(folder)
    again = write(folder)
    assert again["changed"] == 0
    assert (folder / again["heads"]).read_text() == ""
    assert verify(folder) == (0, [])


def test_a_rolled_back_database_is_told(folder, town, matter):
    add(matter, town)
    line = write(folder)
    take_back(matter)
    said = f"{matter.number}: had 2 entries on {line['at']} and has 1: the database was rolled back"
    assert verify(folder) == (1, [said])


def test_a_timeline_written_anew_is_told(folder, town, matter):
    """Somebody with every right takes the last entry away and writes another, with digests that fit."""
    add(matter, town)
    line = write(folder)
    take_back(matter)
    add(matter, town, text="另一番说法")
    said = f"{matter.number}: entry 2 is not the one of {line['at']}: the timeline was written anew"
    assert verify(folder) == (1, [said])


def test_a_matter_that_vanished_is_told(folder, matter):
    line = write(folder)
    run(("UPDATE matters_matter SET number = '2000-1' WHERE id = %s", matter.pk))
    code, said = verify(folder)
    assert code == 1
    assert f"{matter.number}: was there on {line['at']} with 1 entries, and is not in the database" in said


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda folder: (folder / "heads-00001.txt").unlink(), "heads-00001.txt is missing"),
        (
            lambda folder: (folder / "heads-00001.txt").write_text(""),
            "heads-00001.txt is not the file line 1",
        ),
        (
            lambda folder: (folder / "anchors.jsonl").write_text(
                (folder / "anchors.jsonl").read_text().splitlines()[1] + "\n"
            ),
            "line 1 of anchors.jsonl does not follow",
        ),
    ],
)
def test_a_folder_that_was_tampered_with_is_told_and_never_added_to(folder, town, matter, spoil, said):
    write(folder)
    add(matter, town)
    write(folder)
    spoil(folder)
    code, [line] = verify(folder)
    assert code == 1 and said in line
    with pytest.raises(CommandError, match="Nothing was written"):
        write(folder)


def test_without_the_key_nobody_can_seal_a_line(folder, settings, matter):
    settings.ANCHOR_KEY = "k" * 40
    write(folder)
    assert verify(folder) == (0, [])
    settings.ANCHOR_KEY = "x" * 40
    code, [line] = verify(folder)
    assert code == 1 and "does not bear the right seal" in line


def test_an_empty_folder_is_no_proof(folder, matter):
    assert verify(folder) == (1, [f"{folder}: nothing was anchored here."])


def test_the_nightly_task_anchors_where_the_settings_say(folder, matter):
    anchor()
    when, matters = anchors.latest(folder)
    assert matters == 1
    assert when.tzinfo is not None
