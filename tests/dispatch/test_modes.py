"""Emergency mode: one switch for an area, with a reason and an end."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from dispatch import modes, triage
from dispatch.alarms import EmergencyMode
from matters.refusals import Invalid, NotAllowed, Refused
from tests.dispatch.walking import lead, walk
from tests.town import NOW

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def declare(town, *, by="district_desk", area=None, **facts):
    facts = {
        "name": "防汛三级响应",
        "reason": "气象台发布暴雨橙色预警",
        "ends_at": NOW + 12 * HOUR,
        "at": NOW,
    } | facts
    return modes.declare(area or town.town1, **facts, by=town.actor(by))


def test_while_it_is_in_force_reports_of_its_categories_are_emergencies_and_say_why(town):
    mode = declare(town, categories=[town.categories["ZZ07"]])
    meant, other = town.report("ZZ07", at=NOW + HOUR), town.report("ZF11", at=NOW + HOUR)
    assert (meant.urgency, other.urgency) == ("emergency", "normal")
    entry = meant.entries.get(kind="recognised")
    assert entry.data["mode"] == mode.pk
    assert entry.why == "望河街道处于应急状态“防汛三级响应”。"
    assert lead(meant).ring_at is not None


def test_elsewhere_before_and_after_nothing_changes(town):
    declare(town, ends_at=NOW + HOUR)
    assert (
        town.report("ZZ07", area=town.other_grid, by="other_grid_member", at=NOW + HOUR / 2).urgency
        == "normal"
    )
    assert town.report("ZZ07", at=NOW + HOUR / 2).urgency == "emergency"
    assert town.report("ZZ07", at=NOW + HOUR).urgency == "normal", "it ends by itself"


def test_its_limit_stands_instead_of_the_lines(town):
    declare(town, urgency="urgent", limit="2h")
    node = lead(town.report("ZZ01", at=NOW + HOUR))
    assert (str(node.limit), node.urgency) == ("2H", "urgent")


def test_a_category_found_out_later_is_meant_too(town):
    declare(town, categories=[town.categories["ZF11"]])
    matter = town.report(None, text="说不清楚的事情", at=NOW + HOUR)
    assert matter.urgency == "normal"
    triage.correct(
        matter.pk, category=town.categories["ZF11"], text="工地夜里施工", by=town.actor("desk"), at=NOW + HOUR
    )
    matter.refresh_from_db()
    assert matter.urgency == "emergency"


def test_a_person_who_lowers_the_urgency_has_the_last_word(town):
    declare(town)
    matter = town.report("ZZ07", at=NOW + HOUR)
    triage.correct(matter.pk, urgency="normal", text="核实不紧急", by=town.actor("desk"), at=NOW + HOUR)
    matter.refresh_from_db()
    assert matter.urgency == "normal"


def test_it_is_ended_by_hand_with_a_reason_and_by_whom_is_kept(town):
    mode = declare(town)
    modes.end(mode.pk, reason="雨停", by=town.actor("district_supervisor"), at=NOW + HOUR)
    mode.refresh_from_db()
    assert (mode.began_by, mode.ended_by, mode.end_reason) == (
        town.district_desk,
        town.district_supervisor,
        "雨停",
    )
    assert town.report("ZZ07", at=NOW + HOUR).urgency == "normal"
    with pytest.raises(Refused):
        modes.end(mode.pk, reason="再次", by=town.actor("district_desk"), at=NOW + 2 * HOUR)


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("district_desk", True),
        ("district_supervisor", True),
        ("administrator", True),
        ("desk", False),
        ("town_supervisor", False),
        ("district_head", False),
        ("auditor", False),
        ("grid_member", False),
    ],
)
def test_only_the_district_or_an_administrator_declares_it(town, who, may):
    if may:
        assert declare(town, by=who).began_by == getattr(town, who)
        return
    with pytest.raises(NotAllowed):
        declare(town, by=who)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at": NOW},
        {"ends_at": NOW + 31 * 24 * HOUR},
        {"reason": " "},
        {"limit": "soon"},
        {"urgency": "normal"},
    ],
)
def test_what_makes_no_sense_is_refused_with_the_field(town, wrong):
    with pytest.raises(Invalid) as refused:
        declare(town, **wrong)
    assert refused.value.field in (*wrong, "reason")


def test_one_at_a_time_in_an_area(town):
    declare(town)
    with pytest.raises(Refused):
        declare(town)
    facts = {
        "area": town.town1,
        "name": "二",
        "reason": "二",
        "began_by": town.district_desk,
        "began_at": NOW + HOUR,
    }
    trips("one_mode_in_an_area", **facts, ends_at=NOW + 2 * HOUR)


def test_a_mode_ends_after_it_begins_and_by_somebody(town):
    facts = {
        "area": town.town1,
        "name": "一",
        "reason": "一",
        "began_by": town.district_desk,
        "began_at": NOW,
    }
    trips("mode_ends_after_it_begins", **facts, ends_at=NOW)
    trips("mode_is_ended_by_somebody", **facts, ends_at=NOW + HOUR, ended_at=NOW)


def trips(rule, **facts):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        EmergencyMode.objects.create(**facts)


def test_whom_it_names_is_called_besides(town):
    declare(town, called=[town.district_supervisor])
    node = lead(town.report("ZZ07", at=NOW + HOUR))
    walk(NOW + HOUR)
    called = {told["role"]: told["name"] for told in node.rungs.get(action="ring").tells}
    assert called["mode"] == town.district_supervisor.name
    assert set(called) == {"duty", "mode"}
