"""A ladder is data: what may stand in it, what it says, and that a step keeps the one it was opened with."""

import copy

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from dispatch import ladder_checks, laddering, ladders
from dispatch.choices import Action
from dispatch.ladder_rows import Ladder
from dispatch.laddering import DAILY, MINUTES, Rules
from dispatch.models import Node, Outbox, Responsibility, TimePolicy
from organization.calendar import Limit
from tests import town as towns
from tests.dispatch.walking import lead, walk
from tests.town import at


def changed(action, **facts):
    """The daily ladder with one rung changed; a fact that is None is left out."""
    rungs = copy.deepcopy(DAILY)
    rung = next(each for each in rungs if each["action"] == action)
    for name, value in facts.items():
        rung.pop(name, None) if value is None else rung.update({name: value})
    return rungs


def complaints(value, check=ladder_checks.check):
    with pytest.raises(ValidationError), translation.override("en"):
        try:
            check(value)
        except ValidationError as error:
            said = error.messages  # put into words when asked for
            raise
    return said


def test_the_ladders_of_the_platform_may_stand():
    for ladder in (DAILY, MINUTES):
        ladder_checks.check(ladder)
    ladder_checks.check_defaults(laddering.DEFAULTS)
    assert (towns.DAILY, towns.MINUTES) == (DAILY, MINUTES)


@pytest.mark.parametrize(
    ("ladder", "said"),
    [
        (changed("remind", at=1.2), "Rung 1 (remind): “at” is a share of the time between 0 and 1, such as 0.8."),
        (changed("warn", at="+1WD"), "Rung 2 (warn): “at” is “due”: a warning comes when the time has run out."),
        (changed("escalate", at="soon"), "Rung 3 (escalate): “at” is “due”, “+limit” or an amount after due"),
        (changed("supervise", at=None), "Rung 4 (supervise): “at” is “due”, “+limit” or an amount after due"),
        (changed("urge", every="0M"), "Rung 5 (urge): “every” is an amount of time, such as 1WD or 60M."),
        (changed("remind", tells=["mayor"]), "Rung 1 (remind): “tells” is a list of holder, head"),
        (changed("remind", window="night"), "Rung 1 (remind): “window” is office or any."),
        (changed("remind", colour="red"), "Rung 1 (remind): not known: colour."),
        ([*DAILY, {"action": "dance"}], "Rung 6 (dance): there is no such action"),
        ([*DAILY, DAILY[0]], "Each action is named once."),
        ([*DAILY, {"action": "sign_missed", "at": "due"}], "Rung 6 (sign_missed): its moment is set by the limits"),
        (DAILY[:2], "these rungs are missing: escalate, supervise, urge."),
        ({"remind": 0.8, "escalate_after": "1WD", "urge_every": "1WD"}, "A ladder is a list of rungs"),
    ],
)  # fmt: skip
def test_a_ladder_that_could_not_be_followed_says_what_is_wrong(ladder, said):
    assert any(said in complaint for complaint in complaints(ladder))


def test_defaults_name_every_urgency_and_only_levels_there_are():
    assert complaints({"normal": DAILY}, ladder_checks.check_defaults) == ["Missing: urgent, emergency."]
    strange = {**laddering.DEFAULTS, "country.normal": DAILY}
    assert "Not known: country.normal." in complaints(strange, ladder_checks.check_defaults)[0]
    wrong = {**laddering.DEFAULTS, "town.normal": DAILY[1:3]}
    assert complaints(wrong, ladder_checks.check_defaults)[0].startswith("town.normal: ")


def test_a_line_may_bring_a_ladder_for_one_urgency():
    assert (
        laddering.chosen({"emergency": MINUTES}, {"normal": DAILY}, level="town", urgency="normal") == DAILY
    )
    assert laddering.chosen({"normal": MINUTES}, {"normal": DAILY}, level="town", urgency="normal") == MINUTES
    assert complaints({"tomorrow": DAILY}, ladder_checks.check_own)[0].startswith("Not known: tomorrow.")


def test_the_default_of_a_level_goes_before_the_one_of_the_urgency():
    defaults = {"normal": DAILY, "district.normal": MINUTES}
    assert laddering.chosen(None, defaults, level="district", urgency="normal") == MINUTES
    assert laddering.chosen(None, defaults, level="town", urgency="normal") == DAILY


def test_a_rung_after_due_is_an_amount_at_once_or_one_length_of_the_limit():
    rules = Rules(changed("supervise", at="due", at_short=None))
    assert rules.after("escalate", Limit.parse("5WD")) == Limit.parse("1WD")
    assert rules.after("escalate", Limit.parse("4WH")) == Limit.parse("4WH")
    assert rules.after("supervise", Limit.parse("4WH")).amount == 0


def test_the_same_rungs_are_the_same_ladder_and_any_change_is_another():
    assert Rules(copy.deepcopy(DAILY)).id == Rules(DAILY).id
    assert len({Rules(DAILY).id, Rules(MINUTES).id, Rules(changed("remind", at=0.7)).id}) == 3


@pytest.mark.django_db
def test_a_step_keeps_the_ladder_it_was_opened_with(town):
    node = lead(town.report("ZZ01"))
    TimePolicy.objects.update(ladders={**laddering.DEFAULTS, "normal": changed("warn", tells=["supervisor"])})
    walk(node.due_at)

    assert {each["role"] for each in node.rungs.get(action="warn").tells} <= {"holder", "head"}
    later = lead(town.report("ZZ01", at=at("2026-07-06 09:00"), area=town.other_grid))
    assert ladders.of(later).tells("warn") == ("supervisor",)


@pytest.mark.django_db
def test_steps_of_one_ladder_share_its_row(town):
    for _ in range(3):
        town.report("ZZ01")
    assert list(Ladder.objects.values_list("pk", flat=True)) == [Rules(DAILY).id]
    assert Node.objects.filter(ladder=None).count() == 0


@pytest.mark.django_db
def test_a_ladder_that_is_stored_costs_no_statement(town, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    town.report("ZZ01")
    with CaptureQueriesContext(connection) as queries:
        town.report("ZZ01", area=town.other_grid)
    assert [each["sql"] for each in queries if 'INTO "dispatch_ladder"' in each["sql"]] == []


@pytest.mark.django_db
def test_a_lines_own_ladder_decides_who_is_told_and_when_it_leaves_the_house(town):
    own = changed("remind", tells=["holder", "head"], window="any", at=0.9)
    Responsibility.objects.filter(code="ZF11").update(ladder=own)  # led by the town, 4 WH
    node = lead(town.report("ZF11", at=at("2026-06-15 20:00")))
    Node.objects.filter(pk=node.pk).update(remind_at=at("2026-06-15 23:00"))
    node.refresh_from_db()
    Node.objects.filter(pk=node.pk).update(next_alarm_at=node.remind_at, next_action="remind")
    walk(at("2026-06-15 23:00"))

    assert {each["role"] for each in node.rungs.get(action="remind").tells} == {"holder", "head"}
    sent = Outbox.objects.filter(kind="remind", node=node)
    assert {message.send_after for message in sent} == {at("2026-06-15 23:00")}


def test_every_action_says_whom_it_tells_and_every_role_has_words():
    assert set(laddering.TELLS) == set(Action)
    assert {role for roles in laddering.TELLS.values() for role in roles} <= set(laddering.ROLE_NAMES)
