"""Keeping the list through its pages."""

import pytest

from dispatch.models import Responsibility

pytestmark = pytest.mark.django_db

DRAFTS = "/responsibilities/drafts/"


def form(town, **changes):
    return {
        "category": town.categories["ZF11"].pk, "area": town.district.pk, "list_kind": "basic", "lead": "district:ZFJ",
        "assisting": ["town:PCS"], "outside": "物业，业委会", "above_town": "", "above_district": "",
        "limit_amount": 8, "limit_unit": "WH", "first_response": "1wh", "total": "", "legal_basis": "《噪声法》",
        "standard": "责令停工", "liability": "", "change": "夜间施工归口",
    } | changes  # fmt: skip


@pytest.fixture
def draft(sign_in, town):
    sign_in("administrator").post(f"{DRAFTS}new/", form(town))
    return Responsibility.objects.in_draft().get()


def test_a_draft_is_written_reviewed_by_a_second_person_and_published(sign_in, town, draft):
    page = f"{DRAFTS}{draft.pk}/"
    assert sign_in("district_supervisor").post(page, {"act": "review"}).status_code == 302
    answer = sign_in("administrator").post(page, {"act": "publish", "effective_from": "2026-06-15"})
    assert answer.url == "/responsibilities/ZF11/"
    assert town.report("ZF11").responsible == town.enforcement_bureau
    newest = Responsibility.objects.get(code="ZF11", version=2)
    assert newest.assisting == [
        {"level": "town", "office": "PCS"},
        {"external": "物业"},
        {"external": "业委会"},
    ]
    assert newest.first_response == "1WH"


def test_the_history_shows_what_each_version_changed(sign_in, client, town, draft):
    page = f"{DRAFTS}{draft.pk}/"
    sign_in("district_supervisor").post(page, {"act": "review"})
    sign_in("administrator").post(page, {"act": "publish", "effective_from": "2026-06-15"})
    client.logout()
    text = client.get("/responsibilities/ZF11/").content.decode()
    assert "夜间施工归口" in text
    assert "<del>" in text
    assert town.administrator.name not in text  # who drafted it is for those with an account


def test_the_draft_page_shows_only_what_the_person_may_do(sign_in, draft):
    page = f"{DRAFTS}{draft.pk}/"
    assert 'value="review"' not in sign_in("administrator").get(page).content.decode()
    assert 'value="review"' in sign_in("district_supervisor").get(page).content.decode()


@pytest.mark.parametrize("who", ["town_handler", "grid_member", "desk", "auditor"])
@pytest.mark.parametrize("page", ["", "new/"])
def test_the_workshop_of_the_list_is_for_those_who_keep_it(sign_in, who, page):
    assert sign_in(who).get(DRAFTS + page).status_code == 403


def test_a_supervisor_reads_drafts_but_writes_none(sign_in, town, draft):
    client = sign_in("district_supervisor")
    assert client.get(DRAFTS).status_code == 200
    assert client.get(f"{DRAFTS}{draft.pk}/edit/").status_code == 403
    assert client.post(f"{DRAFTS}new/", form(town)).status_code == 403


def test_a_wrong_limit_is_said_beside_its_field_and_what_was_typed_stays(sign_in, town):
    answer = sign_in("administrator").post(f"{DRAFTS}new/", form(town, first_response="soon"))
    assert "Write an amount and a unit" in answer.content.decode()
    assert "夜间施工归口" in answer.content.decode()
    assert not Responsibility.objects.in_draft().exists()


def test_a_second_draft_of_a_line_is_refused_with_the_reason(sign_in, town, draft):
    answer = sign_in("administrator").post(f"{DRAFTS}new/", form(town))
    assert answer.status_code == 409
    assert "open already" in answer.content.decode()


def test_a_change_begins_with_the_line_in_force(sign_in, town):
    text = sign_in("administrator").get(f"{DRAFTS}new/?line=ZF11").content.decode()
    assert 'value="town:ZFDW" selected' in text


def test_the_faults_of_the_list_lead_to_the_page_that_mends_them(sign_in, town):
    Responsibility.objects.filter(code="ZZ07").delete()
    text = sign_in("administrator").get(DRAFTS).content.decode()
    assert "Nobody answers for 电动自行车违规充电停放" in text
    assert f"category={town.categories['ZZ07'].pk}&amp;area={town.district.pk}" in text


def test_a_draft_that_is_gone_is_not_found(sign_in, draft):
    client = sign_in("administrator")
    assert client.post(f"{DRAFTS}{draft.pk}/", {"act": "withdraw"}).url == DRAFTS
    assert client.get(f"{DRAFTS}{draft.pk}/").status_code == 404


def test_an_unknown_line_is_not_found(sign_in):
    assert sign_in("administrator").get("/responsibilities/NONE/").status_code == 404


def test_drafts_cost_the_same_for_one_as_for_ten(sign_in, town, draft, django_assert_max_num_queries):
    client = sign_in("administrator")
    for code in ("ZF01", "JG01", "ZZ01"):
        client.post(f"{DRAFTS}new/", form(town, category=town.categories[code].pk, lead="village:CWH"))
    with django_assert_max_num_queries(16):
        assert client.get(DRAFTS).content.decode().count("夜间施工归口") == 4
