"""The mutation gate: each known bug, planted alone, turns its named test red (tests/proof/mutations.toml)."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
BUGS = tomllib.loads((ROOT / "tests/proof/mutations.toml").read_text(encoding="utf-8"))["bug"]
NAMES = [bug["name"] for bug in BUGS]
LEFT_OUT = shutil.ignore_patterns(
    ".git", ".venv", "var", "staticfiles", "__pycache__", "node_modules", ".*_cache", ".hypothesis"
)


def planted(bug):
    """The source with the bug in it."""
    source = (ROOT / bug["file"]).read_text(encoding="utf-8")
    assert source.count(bug["old"]) == 1, (
        f"{bug['name']}: the line it changes is no longer there, or there twice"
    )
    return source.replace(bug["old"], bug["new"])


def test_there_are_bugs_enough_and_each_has_its_own_name():
    assert len(NAMES) == len(set(NAMES)) >= 16


@pytest.mark.parametrize("bug", BUGS, ids=NAMES)
def test_each_bug_can_still_be_planted_and_its_test_is_there(bug):
    ast.parse(planted(bug))
    file, _, name = bug["test"].partition("::")
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    assert name.partition("[")[0] in [each.name for each in tree.body if isinstance(each, ast.FunctionDef)]


@pytest.fixture(scope="module")
def copy_of_the_tree(tmp_path_factory):
    folder = tmp_path_factory.mktemp("mutant") / "tree"
    shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
    return folder


def run(folder, test, *, fresh):
    """pytest on one test in the copy, on a database of its own: (exit code, what it said)."""
    server = connection.settings_dict
    parts = urlsplit(f"postgresql://{server['HOST']}:{server['PORT']}/mutant")
    login = server["USER"] + (f":{server['PASSWORD']}" if server["PASSWORD"] else "")
    env = os.environ | {
        "DATABASE_URL": urlunsplit(parts._replace(netloc=f"{login}@{parts.netloc}")),
        "PYTHONPATH": str(folder),
    }
    kept = ["--create-db"] if fresh else []
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "--reuse-db",
        *kept,
        test,
    ]
    try:
        done = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        return 124, "it did not come to an end"
    return done.returncode, done.stdout[-3000:] + done.stderr[-1000:]


@pytest.mark.long
@pytest.mark.django_db
def test_each_bug_turns_its_test_red(copy_of_the_tree):
    lines, wrong, fresh = [], [], True
    for bug in BUGS:
        file = copy_of_the_tree / bug["file"]
        in_database = "/migrations/" in bug["file"]
        sound, said = run(copy_of_the_tree, bug["test"], fresh=fresh)
        file.write_text(planted(bug), encoding="utf-8")
        try:
            code, _ = run(copy_of_the_tree, bug["test"], fresh=in_database)
        finally:
            shutil.copy(ROOT / bug["file"], file)
        fresh = in_database  # the next one needs the tables as they should be
        outcome = "caught" if (sound, code) == (0, 1) else f"NOT CAUGHT (sound {sound}, planted {code})"
        lines.append(f"| {bug['name']} | `{bug['test']}` | {outcome} |")
        if outcome != "caught":
            wrong.append(f"{bug['name']}: {outcome}\n{said if sound else ''}")
    table = ["| Planted bug | Test that must turn red | |", "|---|---|---|", *lines]
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / "mutations.md").write_text("\n".join(table) + "\n", encoding="utf-8")
    assert not wrong, "\n".join(wrong)
