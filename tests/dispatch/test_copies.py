"""A restored copy sends nothing until a person says go."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from dispatch import copies, outbox
from dispatch.choices import Hold
from dispatch.models import Home, Outbox, Release
from matters.refusals import Invalid, Refused
from organization import clock
from tests.dispatch.processes import in_child, wait

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    """An installation of its own, which the database comes to belong to."""
    settings.HOME, settings.RESTORED, settings.INSTANCE_ID = tmp_path / "home", "", ""
    assert copies.hold() is None
    return settings.HOME


def move_elsewhere(settings, tmp_path):
    """The database as another installation sees it that was given a copy."""
    settings.HOME = tmp_path / "elsewhere"
    settings.HOME.mkdir()
    (settings.HOME / "instance").write_text("of-another-installation\n")


def load_anew():
    """What a dump loaded into a fresh database says of where it came from."""
    Home.objects.update(database="7000000000000000000:16384")


def release(town, **facts):
    return copies.release(**{"by": "陶文静", "why": "演练后启用", "at": town.now, "older_than": None} | facts)


def test_the_first_to_ask_makes_the_database_its_own_and_is_never_held(home):
    assert (home / "instance").read_text().strip() == Home.objects.get().token
    assert copies.hold() is None
    assert list(home.iterdir()) == [home / "instance"], "no draft is left behind"


def test_a_copy_in_another_installation_sends_nothing(town, settings, tmp_path):
    town.report("ZZ13")
    move_elsewhere(settings, tmp_path)
    assert copies.hold() == Hold.OTHER_HOME
    assert outbox.relay(at=town.now) == 0
    assert mail.outbox == []
    assert set(Outbox.objects.values_list("state", "attempts")) == {("ready", 0)}


def test_a_copy_beside_an_empty_folder_makes_itself_no_mark_and_sends_nothing(settings, tmp_path):
    settings.HOME = tmp_path / "empty"
    assert copies.hold() == copies.hold() == Hold.NO_HOME
    assert not settings.HOME.exists()


def test_a_dump_loaded_anew_is_held_though_the_folder_is_the_same(town):
    town.report("ZZ13")
    load_anew()
    assert copies.hold() == Hold.OTHER_DATABASE
    assert outbox.relay(at=town.now) == 0


def test_another_database_of_the_same_server_has_another_name():
    assert copies._database() == copies._database()
    with connection.cursor() as cursor:
        cursor.execute("SELECT system_identifier::text FROM pg_control_system()")
        [server] = cursor.fetchone()
        cursor.execute(copies.DATABASE.replace("current_database()", "'postgres'"))
        [other] = cursor.fetchone()
    assert copies._database() != other
    assert {name.split(":")[0] for name in (copies._database(), other)} == {server}


def test_whoever_restores_sets_restored_and_nothing_leaves_until_it_is_answered_for(town, settings):
    town.report("ZZ13")
    settings.RESTORED = "2026-11-28"
    assert copies.hold() == Hold.RESTORED
    assert outbox.relay(at=town.now) == 0
    release(town)
    assert copies.hold() is None, "the variable may stay where it is"
    settings.RESTORED = "2026-12-01"
    assert copies.hold() == Hold.RESTORED, "a second restore is a second question"


def test_hosts_that_serve_one_database_share_an_id(settings, tmp_path):
    settings.INSTANCE_ID, settings.HOME = "yunlan", tmp_path / "host-a"
    Home.objects.all().delete()
    assert copies.hold() is None
    settings.HOME = tmp_path / "host-b"
    assert copies.hold() is None
    settings.INSTANCE_ID = "drill"
    assert copies.hold() == Hold.OTHER_HOME


def test_after_a_release_it_sends_and_what_was_old_is_dropped_by_name(town, settings, tmp_path):
    old = town.report("ZZ13", at=town.now - timedelta(days=7))
    new = town.report("ZZ13")
    move_elsewhere(settings, tmp_path)
    released = release(town, older_than=town.now - timedelta(hours=24))
    assert (released.by, released.why, released.held) == ("陶文静", "演练后启用", "other_home")
    assert released.dropped == Outbox.objects.filter(matter=old).count() > 0
    assert released.waiting == Outbox.objects.filter(matter=new).count()
    outbox.relay(at=town.now)
    assert set(Outbox.objects.filter(matter=old).values_list("state", "error")) == {
        ("dropped", "dropped when the copy was released")
    }
    assert set(Outbox.objects.filter(matter=new).values_list("state", flat=True)) == {"sent"}


def test_all_may_be_sent_under_the_ids_they_had(town):
    town.report("ZZ13", at=town.now - timedelta(days=7))
    ids = set(Outbox.objects.values_list("message_id", flat=True))
    load_anew()
    assert release(town).dropped == 0
    outbox.relay(at=town.now)
    assert set(Outbox.objects.filter(state="sent").values_list("batch", flat=True)) == ids


def test_what_was_folded_with_a_dropped_message_still_goes(town):
    old = town.report("ZZ01", at=town.now - timedelta(days=7))
    new = town.report("ZZ01")
    rows = Outbox.objects.filter(recipient=town.village_head)
    rows.update(batch=rows.get(matter=old).message_id)  # as after a failed try
    load_anew()
    release(town, older_than=town.now - timedelta(hours=24))
    outbox.relay(at=town.now)
    assert {row.matter_id: row.state for row in rows} == {old.pk: "dropped", new.pk: "sent"}


@pytest.mark.parametrize("missing", ["by", "why"])
def test_a_release_names_who_and_why(town, missing):
    load_anew()
    with pytest.raises(Invalid):
        release(town, **{missing: "  "})
    assert copies.hold() == Hold.OTHER_DATABASE
    assert not Release.objects.exists()


def test_what_is_not_held_is_not_released(town):
    with pytest.raises(Refused, match="Nothing is held"):
        release(town)


def test_the_command_asks_for_who_why_and_what_becomes_of_the_old(town):
    load_anew()
    for incomplete in (["--by", "x"], ["--by", "x", "--why", "y"], ["--why", "y", "--send-all"]):
        with pytest.raises(CommandError):
            call_command("release_outbox", *incomplete)
    town.report("ZZ13", at=clock.now() - timedelta(days=3))
    said = StringIO()
    call_command("release_outbox", "--by", "x", "--why", "y", "--drop-older", "24", stdout=said)
    assert said.getvalue() == f"Released: {Outbox.objects.count()} dropped, 0 will be sent.\n"
    with pytest.raises(CommandError, match="Nothing is held"):
        call_command("release_outbox", "--by", "x", "--why", "y", "--send-all")


@pytest.mark.django_db(transaction=True)
def test_many_who_ask_first_at_once_agree(home):
    Home.objects.all().delete()
    (home / "instance").unlink()

    def ask():
        assert copies.hold() is None

    assert wait(*[in_child(ask) for _ in range(5)]) == [0] * 5
    assert Home.objects.get().token == (home / "instance").read_text().strip()


def test_there_is_one_home():
    with pytest.raises(IntegrityError, match="one_home"), transaction.atomic():
        Home.objects.create(id=2, token="x", database="y")
