"""A contact leaves masked, or by a reveal that is written down."""

import pytest

from dispatch import contacts, handling, policies, process
from matters.models import Entry
from matters.refusals import Invalid, NotAllowed
from organization.actors import Actor
from tests.dispatch.walking import climb, lead

pytestmark = pytest.mark.django_db


@pytest.fixture
def matter(town):
    return town.report("ZZ07", reporter_name="王建军", reporter_phone="14100001034")


def reveal(town, matter, who, field="phone", reason="需要上门核实"):
    by = who if isinstance(who, Actor) else town.actor(who)
    return contacts.reveal(matter.pk, field=field, reason=reason, by=by, at=town.now)


@pytest.mark.parametrize(
    "who", ["village_head", "village_handler", "rescue_handler", "desk", "district_desk"]
)
def test_the_unit_whose_turn_it_is_and_the_dispatchers_of_the_place_may_ask(town, matter, who):
    assert reveal(town, matter, who) == "14100001034"


def test_each_reveal_is_written_with_who_asked_what_and_why(town, matter):
    revision = matter.revision
    assert reveal(town, matter, "village_handler", field="name") == "王建军"
    entry = matter.entries.latest("seq")
    assert (entry.kind, entry.actor_name, entry.department) == ("revealed", "郑晓燕", town.committee)
    assert (entry.text, entry.data, entry.public) == ("需要上门核实", {"field": "name"}, False)
    matter.refresh_from_db()
    assert matter.revision == revision, "nothing of the matter changed"


def test_the_clear_value_is_in_no_entry(town, matter):
    reveal(town, matter, "village_handler")
    for entry in Entry.objects.filter(matter=matter):
        assert "14100001034" not in f"{entry.text}{entry.why}{entry.data}{entry.actor_name}"


@pytest.mark.parametrize(
    "who",
    [
        "grid_member", "sibling_village_head", "town_handler", "market_head", "town_supervisor", "district_supervisor",
        "auditor", "administrator", "other_desk", "bureau_head",
    ],
)  # fmt: skip
def test_nobody_else_may_and_the_refusal_leaves_no_trace(town, matter, who):
    entries = matter.entries.count()
    with pytest.raises(NotAllowed):
        reveal(town, matter, who)
    assert matter.entries.count() == entries


def test_another_system_may_only_if_it_reported_it_and_its_key_says_so(town):
    for scopes, may in ((("report", "read"), False), (("report", "reveal"), True)):
        client, _key = town.client(scopes=scopes, name="-".join(scopes))
        by = Actor.of_client(client)
        own = town.report("ZZ07", by=by, reporter_phone="14100001034")
        assert (policies.may_reveal(own, process.running(own), by) is not None) == may
        own.sensitive = True
        assert policies.may_reveal(own, process.running(own), by) is None


def test_a_system_that_did_not_report_it_and_the_reporter_may_not(town, matter):
    client, _key = town.client(scopes=("read", "reveal"))
    for by in (Actor.of_client(client), Actor.reporter("王建军")):
        with pytest.raises(NotAllowed):
            reveal(town, matter, by)


def test_a_part_that_has_ended_may_not_any_more(town, matter):
    handling.hand_in(
        matter.nodes.get(part="assisting").pk, text="已配合", by=town.actor("rescue_head"), at=town.now
    )
    with pytest.raises(NotAllowed):
        reveal(town, matter, "rescue_head")
    running = process.running(matter)
    assert not policies.may_know_contact(matter, running, town.actor("rescue_head")), "not even masked"
    assert policies.may_know_contact(matter, running, town.actor("town_supervisor")), (
        "masked, for who watches"
    )


def test_a_late_unit_keeps_a_part_and_with_it_the_contact(town, matter):
    climb(lead(matter))
    assert reveal(town, matter, "village_head") == "14100001034"


def test_of_a_sensitive_matter_only_who_holds_it(town):
    matter = town.report("ZZ18", by="police_handler", reporter_phone="14100001034")
    assert reveal(town, matter, "police_handler") == "14100001034"
    for who in ("desk", "district_desk", "sensitive_desk", "auditor"):
        with pytest.raises(NotAllowed):
            reveal(town, matter, who)
    running = process.running(matter)
    assert not policies.may_know_contact(matter, running, town.actor("desk"))
    assert policies.may_know_contact(matter, running, town.actor("auditor"))


@pytest.mark.parametrize(
    ("facts", "field"),
    [({"field": "id_number"}, "field"), ({"reason": "  "}, "reason")],
    ids=["field", "reason"],
)
def test_what_is_asked_for_must_exist_and_have_a_reason(town, matter, facts, field):
    with pytest.raises(Invalid) as refusal:
        reveal(town, matter, "village_head", **facts)
    assert refusal.value.field == field


def test_a_contact_that_was_not_left_is_said_so_and_not_written(town):
    matter = town.report("ZZ07")
    with pytest.raises(Invalid) as refusal:
        reveal(town, matter, "village_head")
    assert refusal.value.code == "empty"
    assert not matter.entries.filter(kind="revealed").exists()
