"""The list goes out to a spreadsheet and comes back as drafts, with every wrong row told."""

import io

import pytest

from dispatch import drafting, enacting, importing, list_rows
from dispatch.models import Responsibility
from matters.refusals import NotAllowed
from organization import sheets

pytestmark = pytest.mark.django_db

HEADING = list_rows.COLUMNS


def rows(table, write=sheets.workbook):
    data = write(HEADING, table)
    return sheets.read(io.BytesIO(data), size=len(data), columns=HEADING)


def row(**changes):
    cells = dict.fromkeys(HEADING, "") | {
        "类别编码": "ZF11", "区域编码": "990106", "清单类型": "基本履职", "主办单位": "区级/ZFJ", "时限": "8WH",
        "首次响应": "1WH",
    }  # fmt: skip
    return [(cells | changes)[name] for name in HEADING]


def taken(table, town, **facts):
    return importing.take(
        rows(table), change="年度修订", by=town.actor("administrator"), at=town.now, **facts
    )


def outcomes(found):
    return [each.outcome for each in found]


@pytest.mark.parametrize("write", [sheets.workbook, sheets.comma_separated])
def test_the_list_that_went_out_comes_back_the_same(town, write):
    table = importing.exported(at=town.now)
    assert len(table) == len(town.lines)
    assert set(outcomes(importing.preview(rows(table, write), at=town.now))) == {"same"}


def test_a_preview_writes_nothing(town):
    before = list(Responsibility.objects.order_by("pk").values())
    assert outcomes(importing.preview(rows([row(), row(类别编码="NONE")]), at=town.now)) == [
        "changed",
        "wrong",
    ]
    assert list(Responsibility.objects.order_by("pk").values()) == before


def test_what_is_taken_becomes_drafts_and_the_list_in_force_stays(town):
    assert outcomes(taken([row()], town)) == ["changed"]
    assert town.report("ZF11").responsible == town.enforcement
    draft = Responsibility.objects.in_draft().get()
    assert (draft.lead_office, str(draft.limit), draft.change) == ("ZFJ", "8WH", "年度修订")


def test_the_same_file_taken_twice_changes_nothing_the_second_time(town):
    taken([row()], town)
    before = list(Responsibility.objects.order_by("pk").values())
    assert outcomes(taken([row()], town)) == ["same"]
    assert list(Responsibility.objects.order_by("pk").values()) == before


def test_once_published_the_file_is_the_list(town):
    taken([row()], town)
    draft = Responsibility.objects.in_draft().get()
    enacting.review(draft.pk, by=town.actor("district_supervisor"), at=town.now)
    enacting.publish([draft.pk], effective_from=town.now.date(), by=town.actor("administrator"), at=town.now)
    assert outcomes(importing.preview(rows([row()]), at=town.now)) == ["same"]


@pytest.mark.parametrize(
    "changes",
    [
        {"类别编码": "NONE"}, {"区域编码": "123"}, {"清单类型": "随便"}, {"时限": "soon"}, {"时限": ""},
        {"首次响应": "x"},
        {"主办单位": "ZFDW"}, {"主办单位": "镇街/NONE"}, {"主办单位": "外部/物业"}, {"主办单位": "单位/NONE"},
        {"协同单位": "镇街/PCS; 什么"}, {"办理标准": '=HYPERLINK("http://x")'},
    ],
)  # fmt: skip
def test_a_wrong_row_is_told_and_left_out(town, changes):
    found = taken([row(**changes), row(类别编码="ZF01", 时限="10WD")], town)
    assert outcomes(found) == ["wrong", "changed"]
    assert found[0].reasons[0]
    assert [draft.category.code for draft in Responsibility.objects.in_draft()] == ["ZF01"]


def test_two_rows_for_one_category_and_area_are_not_both_taken(town):
    found = taken([row(), row(时限="6WH")], town)
    assert outcomes(found) == ["changed", "wrong"]
    assert "2" in found[1].reasons[0]


def test_of_five_thousand_rows_the_thirty_seven_bad_ones_come_back_to_be_mended(
    town, django_assert_max_num_queries
):
    good = [row(区域编码=area.code) for area in (town.district, town.town1, town.town2)]
    table = good + [row(类别编码=f"X{number}") for number in range(37)] + good * 1654
    with django_assert_max_num_queries(6):
        found = importing.preview(rows(table[:5000]), at=town.now)
    assert len(found) == 5000
    unknown = [each for each in found if each.row.cells["类别编码"].startswith("X")]
    assert len(unknown) == 37
    back = importing.wrong_rows(unknown)
    assert [line[-2] for line in back] == [str(number) for number in range(5, 42)]


def test_only_an_administrator_takes_a_file(town):
    with pytest.raises(NotAllowed):
        importing.take(rows([row()]), change="x", by=town.actor("town_handler"), at=town.now)


def test_units_and_parties_outside_are_read_as_they_are_written(town):
    table = [row(主办单位="单位/SCJGJ 区市场监管局", 协同单位="镇街/PCS; 外部/物业", 上级接办="区级/ZFJ")]
    taken(table, town)
    draft = Responsibility.objects.in_draft().get()
    assert draft.lead_department == town.market_bureau
    assert draft.assisting == [{"level": "town", "office": "PCS"}, {"external": "物业"}]
    assert draft.above == {"district": "ZFJ"}
    assert list_rows.cells(draft)[5:8] == ["单位/SCJGJ 区市场监管局", "镇街/PCS; 外部/物业", "区级/ZFJ"]
    assert drafting.differences(town.lines["ZF11"], draft)
