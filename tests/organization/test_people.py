import datetime as dt
from hashlib import sha256

import pytest

from organization import people
from organization.actors import Actor
from organization.choices import Role
from organization.models import ApiClient, Post


def test_an_actor_carries_the_posts_of_the_day_in_two_queries(town, django_assert_num_queries):
    town.actor("desk")  # names of units and places are read once, until one of them changes
    with django_assert_num_queries(2):  # posts, turns of duty
        actor = people.actor(town.desk, at=town.now)
        (post,) = actor.posts
        assert (post.role, post.department.area, post.area) == (Role.DISPATCHER, town.town1, town.town1)
    assert (actor.kind, actor.id, actor.name) == ("person", town.desk.pk, "秦雨桐")


def test_the_day_of_a_post_is_the_local_day(town):
    Post.objects.filter(person=town.desk).update(valid_to=dt.date(2026, 6, 14))
    assert people.posts_of(town.desk, at=town.at("2026-06-14 23:59"))
    assert not people.posts_of(town.desk, at=town.at("2026-06-15 00:00"))


def test_holders_are_those_present_in_the_role(town):
    rooms = [town.enforcement.pk, town.room.pk]
    found = people.holders(rooms, roles=[Role.HANDLER, Role.HEAD], at=town.now)
    assert [post.person for post in found[town.enforcement.pk]] == [town.town_handler, town.town_head]
    assert [post.person for post in found[town.room.pk]] == [town.sensitive_desk]
    town.town_handler.is_active = False
    town.town_handler.save()
    found = people.holders(rooms, roles=[Role.HANDLER], at=town.now)
    assert found == {}


def test_a_key_is_shown_once_and_only_its_digest_is_kept(town):
    client, key = town.client()
    prefix, secret = key.split(".")
    stored = ApiClient.objects.get(prefix=prefix)
    assert stored == client
    assert secret not in str(ApiClient.objects.filter(pk=client.pk).values().get())
    assert stored.secret_hash == people.digest(secret) == sha256(secret.encode()).hexdigest()
    assert town.client(name="另一个")[1] != key


def test_actors_are_told_apart_by_kind_and_id(town):
    assert town.actor("desk") == town.actor("desk", at=town.at("2020-06-01 09:00"))
    assert town.actor("desk") != town.actor("other_desk")
    client, _key = town.client()
    assert Actor.of_client(client).client == client
    assert Actor.rule("sweep").is_rule
    assert not Actor.reporter("王女士").is_rule
    assert Actor.reporter("王女士").id is None


@pytest.mark.parametrize("who", ["desk", "auditor", "grid_member"])
def test_the_cast_can_log_in(town, who):
    from tests.town import PASSWORD

    assert getattr(town, who).check_password(PASSWORD)
