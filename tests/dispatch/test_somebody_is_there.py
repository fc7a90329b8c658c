"""For any posts, absences and turns: nobody absent, expired or inactive is told, and somebody always is."""

import datetime as dt

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch import limits, recipients
from organization.models import Absence, DutyTurn, Person, Post
from tests.dispatch.walking import lead
from tests.town import at

pytestmark = pytest.mark.django_db

NOW = at("2026-06-16 02:00")
HOUR = dt.timedelta(hours=1)
ROLES = ("holder", "head", "above", "room", "duty", "duty_above", "duty_leader", "supervisor")
#: Everybody who may be told of a matter of the town's enforcement team, and two who stand in for others.
CHAIN = ("town_handler", "town_head", "desk", "sensitive_desk", "town_supervisor", "district_desk", "district_head",
         "district_supervisor")  # fmt: skip
OTHERS = ("rescue_handler", "market_handler")
FATES = ("there", "away", "inactive", "expired")
fates = st.fixed_dictionaries({who: st.sampled_from(FATES) for who in (*CHAIN, *OTHERS)})
deputies = st.dictionaries(st.sampled_from(CHAIN), st.sampled_from((*CHAIN, *OTHERS)), max_size=5)
turns = st.dictionaries(
    st.sampled_from(("enforcement", "room", "centre")), st.sampled_from((*CHAIN, *OTHERS)), max_size=3
)


def befall(town, fates, deputies, turns):
    for who, fate in fates.items():
        person = getattr(town, who)
        if fate == "away":
            named = deputies.get(who)
            deputy = getattr(town, named) if named and named != who else None
            Absence.objects.create(person=person, from_at=NOW - HOUR, to_at=NOW + HOUR, deputy=deputy)
        elif fate == "inactive":
            Person.objects.filter(pk=person.pk).update(is_active=False)
        elif fate == "expired":
            Post.objects.filter(person=person).update(valid_to=dt.date(2026, 6, 15))
    for who, unit in {who: unit for unit, who in turns.items()}.items():  # nobody is on duty twice
        span = {"from_at": NOW - HOUR, "to_at": NOW + HOUR}
        DutyTurn.objects.create(department=getattr(town, unit), person=getattr(town, who), **span)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fates=fates, deputies=deputies, turns=turns, given=st.booleans())
def test_nobody_who_is_not_there_is_told_and_somebody_is_while_anybody_is_there(
    town, fates, deputies, turns, given
):
    with transaction.atomic():
        node = lead(town.report("ZF11"))
        node.assignee = town.town_handler if given else None
        befall(town, fates, deputies, turns)
        if node.assignee:
            node.assignee.refresh_from_db()
        there = {who for who, fate in fates.items() if fate == "there"}
        gone = {getattr(town, who).pk for who in fates} - {getattr(town, who).pk for who in there}
        for role in ROLES:
            found = recipients.resolve(node.matter, [(node, [role])], limits.timing(NOW))
            told = {each["person"].pk for each in found}
            assert not told & gone, (role, "somebody who is not there was told")
            assert told or not there & set(CHAIN), (role, "somebody is there and nobody was told")
            noted = {each["person"] for row in found for each in row["skipped"] if "person" in each}
            assert noted <= gone, (role, "somebody who is there was passed over")
        transaction.set_rollback(True)
