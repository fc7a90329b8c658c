"""One key, one answer: however often and however parallel a request is sent."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from exchange import idempotency, tasks
from govflow.celery import app
from matters.models import Matter, Receipt
from tests.exchange.conftest import Caller


@pytest.mark.django_db
class TestRepetition:
    def test_the_same_request_gets_the_same_answer(self, hotline, report):
        first = hotline.post("/matters", report(), key="k-1")
        second = hotline.post("/matters", report(), key="k-1")
        assert (first.status_code, second.status_code) == (201, 201)
        assert second.content == first.content
        assert second["Idempotent-Replayed"] == "true" and "Idempotent-Replayed" not in first
        assert second["Location"] == first["Location"]
        assert Matter.objects.count() == 1

    def test_the_order_of_fields_does_not_make_another_request(self, hotline, report):
        turned = dict(reversed(report().items()))
        assert hotline.post("/matters", report(), key="k").status_code == 201
        assert hotline.post("/matters", turned, key="k")["Idempotent-Replayed"] == "true"

    def test_another_content_under_the_same_key_is_refused(self, hotline, report):
        hotline.post("/matters", report(), key="k")
        answer = hotline.post("/matters", report(text="完全不同的一件事"), key="k")
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["code"] == "key_reused"

    def test_the_same_key_at_another_address_is_refused(self, town, hotline, report):
        hotline.post("/matters", report(), key="k")
        number = Matter.objects.get().number
        assert hotline.post(f"/matters/{number}/comment", {"text": "一二三四"}, key="k").status_code == 422

    def test_two_senders_may_use_the_same_key(self, town, hotline, report):
        other = Caller(key=town.client(name="另一平台")[1])
        assert hotline.post("/matters", report(), key="k").status_code == 201
        assert "Idempotent-Replayed" not in other.post("/matters", report(), key="k")
        assert Matter.objects.count() == 2

    def test_a_refusal_is_not_kept(self, hotline, report):
        assert hotline.post("/matters", report(text="短"), key="k").status_code == 400
        assert not Receipt.objects.exists()
        assert hotline.post("/matters", report(), key="k").status_code == 201

    def test_a_crash_leaves_neither_matter_nor_receipt(self, hotline, report, monkeypatch):
        monkeypatch.setattr("exchange.idempotency._keep", lambda *_args, **_kwargs: 1 / 0)
        assert hotline.post("/matters", report(), key="k").status_code == 500
        assert not Matter.objects.exists() and not Receipt.objects.exists()
        monkeypatch.undo()
        assert hotline.post("/matters", report(), key="k").status_code == 201

    @pytest.mark.parametrize("bad", ["x" * 256, "schlüssel", "   "])
    def test_a_key_that_is_none_is_refused(self, hotline, report, bad):
        answer = hotline.post("/matters", report(), **{"Idempotency-Key": bad})
        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "/Idempotency-Key"

    def test_a_verb_repeated_with_its_key_acts_once(self, as_person, town):
        matter = town.report()
        node = matter.nodes.get(part="lead")
        grid = as_person("village_head")
        first = grid.post(f"/nodes/{node.pk}/sign", key="s")
        second = grid.post(f"/nodes/{node.pk}/sign", key="s")
        assert (first.status_code, second.status_code) == (200, 200)
        assert second["Idempotent-Replayed"] == "true"
        assert matter.entries.filter(kind="signed").count() == 1

    def test_a_photo_sent_again_is_the_same_photo(self, hotline, photo):
        first, second = hotline.upload("a.jpg", photo, key="p"), hotline.upload("a.jpg", photo, key="p")
        assert second.json() == first.json()
        assert hotline.upload("b.jpg", photo + b"\0", key="p").status_code == 422

    def test_a_rating_by_link_sent_again_is_one_rating(self, town):
        matter = town.report()
        answer = Caller().post(f"/track/{matter.token}/rate", {"solved": "yes"}, key="r")
        assert answer.status_code == 409  # it is not asked yet
        assert not Receipt.objects.exists()

    def test_a_revealed_number_does_not_lie_in_the_receipt(self, as_person, town):
        matter = town.report(reporter_name="欧阳晓晨", reporter_phone="14100009876")
        asked = {"field": "phone", "reason": "核实地点"}
        village = as_person("village_head")
        first = village.post(f"/matters/{matter.number}/reveal", asked, key="v")
        second = village.post(f"/matters/{matter.number}/reveal", asked, key="v")
        assert first.json()["value"] == second.json()["value"] == "14100009876"
        assert second["Idempotent-Replayed"] == "true"
        assert Receipt.objects.get().body is None
        other = village.post(f"/matters/{matter.number}/reveal", {**asked, "reason": "x"}, key="v")
        assert other.status_code == 422

    def test_receipts_are_forgotten_after_thirty_days(self, hotline, report):
        hotline.post("/matters", report(), key="k")
        now = timezone.now()
        assert idempotency.purge(at=now + timedelta(days=29)) == 0
        assert idempotency.purge(at=now + timedelta(days=31)) == 1

    def test_every_night_what_is_old_is_forgotten(self, hotline, report):
        planned = [each["task"] for each in app.conf.beat_schedule.values()]
        app.loader.import_default_modules()
        assert set(planned) <= set(app.tasks) and "exchange.tasks.purge" in planned
        hotline.post("/matters", report(), key="old")
        Receipt.objects.update(created_at=timezone.now() - timedelta(days=31))
        hotline.post("/matters", report(), key="new")
        tasks.purge()
        assert [receipt.key for receipt in Receipt.objects.all()] == ["new"]


@pytest.mark.django_db
def test_a_receipt_that_came_in_between_turns_the_second_run_away(hotline, report, monkeypatch):
    hotline.post("/matters", report(), key="k")
    monkeypatch.setattr("exchange.idempotency._take", lambda *_args: None)
    answer = hotline.post("/matters", report(), key="k")
    assert (answer.status_code, answer.json()["code"]) == (409, "in_flight")
    assert Matter.objects.count() == 1


def all_at_once(secret, bodies, **headers):
    start = Barrier(len(bodies))

    def send(body):
        try:
            caller = Caller(key=secret)
            start.wait(timeout=20)
            return caller.post("/matters", body, **headers)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, bodies))


@pytest.mark.django_db(transaction=True)
def test_sixteen_equal_posts_at_once_are_one_matter(key, report):
    answers = all_at_once(key, [report()] * 16, key="the-same")
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409} and 201 in statuses
    assert all(answer.json()["code"] == "in_flight" for answer in answers if answer.status_code == 409)
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert Matter.objects.count() == 1
    assert Caller(key=key).post("/matters", report(), key="the-same")["Idempotent-Replayed"] == "true"


@pytest.mark.django_db(transaction=True)
def test_sixteen_equal_external_ids_at_once_are_one_matter(key, report):
    answers = all_at_once(key, [report(external_id="12345-7")] * 16)
    assert {answer.status_code for answer in answers} == {201}, [answer.json() for answer in answers]
    assert len({answer.json()["number"] for answer in answers}) == 1
    assert Matter.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_sixteen_different_reports_at_once_are_sixteen_matters(key, report):
    answers = all_at_once(key, [report(external_id=str(n)) for n in range(16)])
    assert {answer.status_code for answer in answers} == {201}
    assert Matter.objects.count() == 16
