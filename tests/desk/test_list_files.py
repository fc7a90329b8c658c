"""The list as a file, through its pages: wrong uploads end with a clear answer and an untouched list."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from dispatch import list_rows
from dispatch.models import Responsibility
from organization import sheets

pytestmark = pytest.mark.django_db

PAGE = "/responsibilities/import/"


def row(**changes):
    cells = dict.fromkeys(list_rows.COLUMNS, "") | {
        "类别编码": "ZF11", "区域编码": "990106", "清单类型": "基本履职", "主办单位": "区级/ZFJ", "时限": "8WH",
    }  # fmt: skip
    return [(cells | changes)[name] for name in list_rows.COLUMNS]


def sent(client, data, name="list.xlsx"):
    return client.post(PAGE, {"file": SimpleUploadedFile(name, data)})


def book(*rows):
    return sheets.workbook(list_rows.COLUMNS, rows)


def bomb():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * (sheets.MOST_UNPACKED + 1))
    return packed.getvalue()


def test_anyone_may_have_the_list_as_a_file(client, town, moment):
    answer = client.get("/responsibilities/export/")
    assert len(list(load_workbook(io.BytesIO(answer.content)).active.iter_rows())) == len(town.lines) + 1
    assert client.get("/responsibilities/export/?format=csv").content.startswith(b"\xef\xbb\xbf")


def test_a_file_is_looked_at_before_it_changes_anything(sign_in, town):
    client = sign_in("administrator")
    text = sent(client, book(row(), row(类别编码="NONE"))).content.decode()
    assert "There is no category “NONE”" in text
    assert "Make 1 drafts" in text
    assert not Responsibility.objects.in_draft().exists()
    assert client.post(PAGE, {"act": "take"}).url == "/responsibilities/drafts/"
    assert Responsibility.objects.in_draft().get().category.code == "ZF11"


def test_the_rows_to_mend_come_back_with_their_reasons(sign_in, town):
    client = sign_in("administrator")
    sent(client, book(row(), row(时限="soon"), row(类别编码="ZF01", 主办单位="=1+1")))
    sheet = load_workbook(io.BytesIO(client.get(f"{PAGE}?wrong").content)).active
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert [line[-2] for line in rows] == ["3", "4"]
    assert all(line[-1] for line in rows)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (sheets.workbook(["a", "b"], [["1", "2"]]), "name the columns"),
        (b"\x89PNG\0\0\0", "neither a CSV nor"),
        (b"PK\x03\x04broken", "damaged"),
        (bomb(), "far more than a table"),
    ],
    ids=["wrong columns", "a picture", "a damaged workbook", "a zip bomb"],
)
def test_a_wrong_file_ends_with_a_clear_answer_and_an_untouched_list(sign_in, town, data, said):
    before = list(Responsibility.objects.order_by("pk").values())
    client = sign_in("administrator")
    assert said in sent(client, data).content.decode()
    client.post(PAGE, {"act": "take"})
    assert list(Responsibility.objects.order_by("pk").values()) == before


def test_a_file_too_large_is_refused_by_its_size(sign_in, town, monkeypatch):
    monkeypatch.setattr(sheets, "MOST_BYTES", 100)
    assert "larger than" in sent(sign_in("administrator"), book(row())).content.decode()


@pytest.mark.parametrize("who", ["district_supervisor", "town_handler", "auditor"])
def test_only_who_keeps_the_list_takes_a_file(sign_in, who):
    assert sign_in(who).get(PAGE).status_code == 403
    assert sent(sign_in(who), book(row())).status_code == 403


def test_several_drafts_are_reviewed_and_published_at_once(sign_in, town):
    client = sign_in("administrator")
    sent(client, book(row(), row(类别编码="ZF01", 时限="10WD", 主办单位="镇街/ZFDW")))
    client.post(PAGE, {"act": "take"})
    drafts = [line.pk for line in Responsibility.objects.in_draft()]
    sign_in("district_supervisor").post("/responsibilities/drafts/", {"draft": drafts, "act": "review"})
    facts = {"draft": drafts, "act": "publish", "effective_from": "2026-06-15"}
    sign_in("administrator").post("/responsibilities/drafts/", facts)
    assert Responsibility.objects.published().filter(version=2).count() == 2
