"""`./run chaos` can tell right from wrong: the same run of a sound engine and of broken ones."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from ops.chaos import verdict
from ops.chaos.ledger import Ledger
from ops.chaos.plan import AT_LEAST, draw

ROOT = Path(__file__).resolve().parents[2]


def test_the_same_seed_breaks_the_same_things_at_the_same_moments():
    assert draw(7, 3) == draw(7, 3)
    assert draw(7, 3) != draw(8, 3)


def test_each_grave_blow_comes_at_least_once_however_short_the_run():
    for seed in range(20):
        blows = draw(seed, 0.5)
        assert {(blow.kind, blow.target) for blow in blows} >= set(AT_LEAST)
        assert [blow.at for blow in blows] == sorted(blow.at for blow in blows)
        assert blows[-1].at < 30


def test_the_ledger_notices_a_key_that_was_given_a_second_number(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    for number in ("2026-00001", "2026-00001", "2026-00002"):
        ledger.acknowledge("key", number, replayed=False)
    assert ledger.other_number == ["key: 2026-00001, then 2026-00002"]


@pytest.mark.django_db
def test_a_number_that_is_not_in_the_database_and_a_verb_that_is_not_written_are_losses(town, tmp_path):
    from django.db import connection

    from dispatch import handling
    from tests.dispatch.walking import lead

    matter = town.report("ZF11")
    node = lead(matter)
    handling.sign(node.pk, by=town.actor("town_handler"), at=town.at("2026-06-15 09:05"))
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.acknowledge("a", matter.number, replayed=False)
    ledger.done(str(node.pk), "sign")
    with connection.cursor() as cursor:
        assert verdict.against_ledger(cursor, ledger) == {}
        ledger.acknowledge("b", "2026-99999", replayed=False)
        ledger.done(str(node.pk), "progress")
        found = verdict.against_ledger(cursor, ledger)
    assert found == {
        "no acknowledged report is lost": ["2026-99999"],
        "every confirmed verb is written": [f"progress on {node.pk}"],
    }


def test_the_lag_is_told_by_its_worst():
    lag = verdict.lag_of([0.5] * 98 + [20.0, 70.0])
    assert (lag["p50"], lag["p99"], lag["max"]) == (0.5, 70.0, 70.0)
    assert lag["histogram"]["0-1 s"] == 98 and lag["histogram"]["60-inf s"] == 1


def chaos(folder, *words):
    """A run of its own, apart from the servers of this suite: (exit code, report)."""
    unset = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "GOVFLOW_HOME", "DJANGO_SETTINGS_MODULE")
    env = {name: value for name, value in os.environ.items() if name not in unset}
    file = folder / "report.json"
    command = [sys.executable, "-m", "ops.stack", "chaos", "--report", str(file), *words]
    code = subprocess.run(command, cwd=ROOT, env=env).returncode
    return code, json.loads(file.read_text())


@pytest.mark.long
def test_a_sound_engine_holds(tmp_path):
    code, report = chaos(tmp_path, "--minutes", "1", "--seed", "11")
    assert (code, report["verdict"], report["breaches"]) == (0, "held", {})
    assert report["counts"]["rungs"] > 200 and report["acknowledged"] > 50
    assert Counter(blow["target"] for blow in report["actions"])["sweeper"] > 5


@pytest.mark.long
@pytest.mark.parametrize("plant", ["mark-first", "no-fence", "piecemeal"])
def test_a_broken_engine_does_not(tmp_path, plant):
    code, report = chaos(tmp_path, "--minutes", "1", "--seed", "11", "--plant", plant)
    assert (code, report["verdict"]) == (1, "breach")
    assert any("rung" in name or "fires" in name or "fired" in name for name in report["breaches"])
