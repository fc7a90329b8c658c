"""A roster entered as a table: every line that holds, each other with its reason, and nothing twice."""

import pytest
from django.utils import translation

from organization import roster_file
from organization.models import DutyTurn, Person, Post
from organization.refusals import Invalid

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


HEAD = "单位,岗位,姓名,代理人,开始,结束,电话"
GOOD = "001-YJZ,值班员,卫海涛,蒋春雷,2026-06-16 08:30,2026-06-17 08:30,0578-2100001"


def enter(town, *lines, head=HEAD, by="desk", really=True):
    act = roster_file.enter if really else roster_file.look
    return act("\n".join([head, *lines]), by=town.actor(by), at=town.now)


def problem(town, line):
    (found,) = enter(town, line)
    assert (found.state, found.number) == ("wrong", 2)
    assert not DutyTurn.objects.exists()
    return found.problem


def test_a_line_becomes_a_turn(town):
    (line,) = enter(town, GOOD)
    turn = DutyTurn.objects.get()
    assert line.state == "new"
    assert (turn.department, turn.slot, turn.person, turn.deputy, turn.phone) == (
        town.rescue, "officer", town.rescue_handler, town.rescue_head, "0578-2100001",
    )  # fmt: skip
    assert (turn.from_at, turn.to_at) == (town.at("2026-06-16 08:30"), town.at("2026-06-17 08:30"))


def test_looking_says_what_entering_will_do_and_leaves_nothing(town):
    seen = enter(town, GOOD, GOOD.replace("卫海涛", "没有这人"), really=False)
    assert not DutyTurn.objects.exists()
    done = enter(town, GOOD, GOOD.replace("卫海涛", "没有这人"))
    assert [(line.state, line.problem) for line in seen] == [(line.state, line.problem) for line in done]


def test_the_same_table_twice_enters_nothing_twice(town):
    enter(town, GOOD)
    (line,) = enter(town, GOOD)
    assert (line.state, DutyTurn.objects.count()) == ("same", 1)


def test_another_deputy_or_number_changes_the_turn_that_is_there(town):
    enter(town, GOOD)
    (line,) = enter(town, GOOD.replace("2100001", "2100002"))
    assert (line.state, DutyTurn.objects.get().phone) == ("changed", "0578-2100002")


def test_cells_copied_from_a_spreadsheet_are_read(town):
    lines = enter(town, GOOD.replace(",", "\t"), head=HEAD.replace(",", "\t"))
    assert [line.state for line in lines] == ["new"]


def test_columns_are_named_in_either_language_and_any_order(town):
    (line,) = enter(
        town, "rescue_handler,2026/6/16,2026/6/16,望河街道应急消防管理站,leader", head="who,from,to,unit,duty"
    )
    turn = DutyTurn.objects.get()
    assert (line.state, turn.slot) == ("new", "leader")
    assert (turn.from_at, turn.to_at) == (town.at("2026-06-16 00:00"), town.at("2026-06-17 00:00"))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("001-YJZ", "001-NONE", "No unit"),
        ("001-YJZ", "100-YJZ", "No unit"),
        ("卫海涛", "没有这人", "Nobody here"),
        ("蒋春雷", "没有这人", "Nobody here"),
        ("2026-06-16 08:30", "明天", "Write a time"),
        ("2026-06-17 08:30", "2026-06-16 08:30", "end after"),
        ("2026-06-16 08:30,2026-06-17", "2026-06-01 08:30,2026-06-02", "over"),
    ],
)
def test_a_line_that_does_not_hold_says_why(town, old, new, words):
    assert words in problem(town, GOOD.replace(old, new))


def test_two_lines_for_the_same_hours_are_one_too_many(town):
    lines = enter(town, GOOD, GOOD.replace("卫海涛,蒋春雷", "蒋春雷,"))
    assert [line.state for line in lines] == ["new", "wrong"]
    assert "already on duty there" in lines[1].problem


def test_two_people_of_one_name_are_told_apart_by_their_login(town):
    double = Person.objects.create(username="double", name="卫海涛")
    Post.objects.create(person=double, role="handler", department=town.rescue, valid_from="2020-01-01")
    assert "double, rescue_handler" in problem(town, GOOD)
    assert [line.state for line in enter(town, GOOD.replace("卫海涛", "double"))] == ["new"]


def test_a_table_without_its_columns_is_refused(town):
    with pytest.raises(Invalid, match="missing: from, to"):
        enter(town, "x,y", head="unit,who")
    with pytest.raises(Invalid, match="At most 500"):
        enter(town, *[GOOD] * 501)


def test_a_byte_order_mark_and_empty_lines_do_no_harm(town):
    lines = roster_file.enter(f"\ufeff{HEAD}\r\n\r\n{GOOD}\r\n,,,,,,\r\n", by=town.actor("desk"), at=town.now)
    assert [line.state for line in lines] == ["new"]
