"""The centre of in-app notices: by matter, the latest first; what somebody has put away is their own business."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dispatch import limits, notices, outbox
from dispatch.models import Notice
from tests.dispatch.walking import lead

HOUR = timedelta(hours=1)


def page(client):
    return client.get("/notices/").content.decode()


def tell(town, matter, kind, at):
    outbox.tell(matter, [(lead(matter), ("head",))], kind, limits.timing(at))


@pytest.fixture
def two(town, moment):
    """Two matters of the village committee; of the older one there is later news."""
    older, newer = (
        town.report("ZZ01", text="楼上漏水吵架一"),
        town.report("ZZ01", text="楼上漏水吵架二", at=town.now + HOUR),
    )
    tell(town, older, "remind", town.now + 2 * HOUR)
    moment.at = town.now + 3 * HOUR
    return older, newer


def test_notices_stand_by_matter_the_latest_told_first(sign_in, two):
    older, newer = two
    shown = page(sign_in("village_head"))
    assert shown.count(f'href="/matters/{older.number}/"') == 1, (
        "one heading for a matter, however often it was told"
    )
    assert shown.index(older.number) < shown.index(newer.number)
    assert shown.index("Remind") < shown.index("A matter is waiting for your unit")


def test_of_many_notices_of_one_matter_the_latest_are_shown_and_the_rest_counted(sign_in, town, two):
    for n in range(5):
        tell(town, two[0], "remind", town.now + 2 * HOUR + timedelta(minutes=n + 1))
    assert "4 earlier notices" in page(sign_in("village_head"))


def test_the_top_bar_counts_what_is_new_until_it_is_put_away(sign_in, town, two):
    client = sign_in("village_head")
    assert "Notices 3" in " ".join(client.get("/").content.decode().split())
    client.post("/notices/", {"matter": two[0].number})
    assert notices.unseen(town.actor("village_head")) == 1
    client.post("/notices/", {})
    assert notices.unseen(town.actor("village_head")) == 0
    shown = page(client)
    assert "Put all away" not in shown and "New" not in shown
    assert two[0].number in shown, "put away is not gone"


def test_putting_away_touches_nobody_elses_notices_and_is_told_to_nobody(sign_in, town, two):
    client = sign_in("village_head")
    others = Notice.objects.exclude(person=town.village_head)
    assert others.exists()
    client.post("/notices/", {})
    assert not others.exclude(seen_at=None).exists()
    handler = sign_in("village_handler")
    before = page(handler)
    Notice.objects.filter(person=town.village_head).update(seen_at=None)
    assert _plain(page(handler)) == _plain(before), "nothing another person reads depends on it"


def _plain(html):
    import re

    return re.sub(r'(csrf\w*"?:?\s*"?value="|csrftoken": ")[^"]+', "", html)


def test_of_a_matter_one_may_no_longer_know_nothing_is_shown(sign_in, town, two):
    type(two[0]).objects.filter(pk=two[0].pk).update(about_department=town.committee)
    client = sign_in("village_head")
    assert two[0].number not in page(client)
    assert client.post("/notices/", {"matter": two[0].number}).status_code == 404


def test_nobody_sees_notices_without_signing_in(client, town):
    assert client.get("/notices/")["Location"].startswith("/login/")
    assert client.post("/notices/")["Location"].startswith("/login/")


def test_a_count_goes_no_further_than_a_hundred(town, two):
    node = lead(two[0])
    Notice.objects.bulk_create(
        Notice(person=town.village_head, matter=two[0], node=node, kind="remind", at=town.now)
        for _ in range(150)
    )
    assert notices.unseen(town.actor("village_head")) == notices.MOST


def test_one_matter_or_ten_the_page_asks_as_much(sign_in, town, moment):
    client = sign_in("village_head")
    town.report("ZZ01")
    page(client)
    with CaptureQueriesContext(connection) as one:
        page(client)
    for _ in range(9):
        town.report("ZZ01")
    with CaptureQueriesContext(connection) as ten:
        page(client)
    assert len(one) == len(ten)


def test_there_is_a_next_page_and_it_holds_the_rest(sign_in, town, moment):
    from desk.pages import notices as pages

    matters = [town.report("ZZ01", at=town.now - n * HOUR) for n in range(pages.SIZE + 2)]
    client = sign_in("village_head")
    first = page(client)
    assert matters[-1].number not in first
    import re

    [following] = re.findall(r'rel="next"\s+href="([^"]+)"', first)
    second = client.get("/notices/" + following.replace("&amp;", "&")).content.decode()
    assert [matter.number in second for matter in matters[-2:]] == [True, True]
    assert matters[0].number not in second
