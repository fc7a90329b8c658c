"""The glossary and the instructions say what the code says."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.utils import translation

DOCS = Path(__file__).resolve().parent.parent / "docs"
GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")
ADDING = (DOCS / "adding.md").read_text(encoding="utf-8")
ROOT = DOCS.parent
FIXED_WORDS = re.findall(
    r"^`((?:organization|matters|dispatch)\.choices\.\w+)`\n\n((?:\|.*\n)+)", GLOSSARY, re.M
)


def named(dotted):
    """The object a dotted name of the project leads to."""
    words = dotted.split(".")
    for cut in range(len(words), 0, -1):
        try:
            found = import_module(".".join(words[:cut]))
        except ModuleNotFoundError:
            continue
        for word in words[cut:]:
            found = getattr(found, word)
        return found
    raise AssertionError(f"{dotted} leads nowhere")


@pytest.mark.parametrize(("dotted", "table"), FIXED_WORDS, ids=[dotted for dotted, _ in FIXED_WORDS])
def test_the_fixed_words_are_those_of_the_code(dotted, table):
    rows = [[cell.strip(" `") for cell in line.strip("|\n").split("|")] for line in table.splitlines()[2:]]
    said = []
    for each in named(dotted):
        with translation.override("zh-hans"):
            chinese = str(each.label)
        with translation.override("en"):
            said.append([chinese, str(each.label), str(each.value)])
    assert rows == said


def test_the_glossary_has_the_words_that_are_shown():
    kinds = {dotted.rpartition(".")[2] for dotted, _ in FIXED_WORDS}
    assert {"Status", "Kind", "Action", "NodeKind", "NodeStatus", "Role", "Level"} <= kinds


def test_every_name_of_the_glossary_is_there():
    for dotted in re.findall(r"`((?:organization|matters|dispatch)\.\w+(?:\.\w+)*)`", GLOSSARY):
        assert named(dotted) is not None


def test_every_file_the_instructions_name_is_there():
    paths = re.findall(r"`((?:[a-z_]+/)+[\w.]*)`", ADDING)
    assert len(paths) > 10
    assert [path for path in paths if not (ROOT / path).exists()] == []


PLACES = """
dispatch.nodes.KINDS dispatch.nodes.base.Succession dispatch.ladders._STOPS_BY_KIND dispatch.laddering.TELLS
dispatch.admin.STAGES dispatch.effects.ENTRY dispatch.process.open_nodes dispatch.process.turn
dispatch.process.Opening matters.timeline.record desk.pages.timeline.ROUTINE portal.progress.SAID
"""


@pytest.mark.parametrize("name", PLACES.split())
def test_every_place_the_instructions_send_to_is_there(name):
    assert name.rpartition(".")[2] in ADDING
    assert named(name)


def test_every_kind_of_node_has_its_class_and_its_words():
    kinds, stops = named("dispatch.nodes.KINDS"), named("dispatch.ladders._STOPS_BY_KIND")
    every = set(named("dispatch.choices.NodeKind"))
    assert set(kinds) == set(stops) == every
    assert all(kinds[code].code == code for code in every)


def test_every_rung_that_stays_has_its_entry():
    ends = {"escalate", "lapse", "ring"}  # these write their own
    assert set(named("dispatch.effects.ENTRY")) == set(named("dispatch.choices.Action")) - ends
