import pytest

from matters import masking


@pytest.mark.parametrize(
    ("clear", "shown"),
    [
        ("14100001034", "141****1034"),
        ("+86 141-0000-1034", "141****1034"),
        ("１４１００００１０３４", "141****1034"),
        ("0571-88886666", "0571-****6666"),
        ("01088886666", "010****6666"),
        ("0578 2123456", "0578 ***3456"),
        ("88886666", "****6666"),
        ("12345", "*****"),
        ("110", "***"),
        ("", ""),
    ],
)
def test_a_phone_number_keeps_too_little_to_call_it(clear, shown):
    assert masking.phone(clear) == shown


@pytest.mark.parametrize(
    ("clear", "shown"),
    [
        ("王建军", "王*军"),
        ("王军", "王*"),
        ("欧阳建国", "欧**国"),
        ("王", "*"),
        ("", ""),
        ("王女士", "王女士"),
        ("  李秀英 ", "李*英"),
    ],
)
def test_a_name_keeps_too_little_to_know_who_it_is(clear, shown):
    assert masking.name(clear) == shown


@pytest.mark.parametrize(
    ("clear", "shown"),
    [
        ("打我电话14100001034，晚上在", "打我电话141****1034，晚上在"),
        ("电话：１４１００００１０３４。", "电话：141****1034。"),
        ("call +86 141 0000 1034 now", "call 141****1034 now"),
        ("办公室0571-88886666转8001", "办公室0571-****6666转8001"),
        ("身份证11010519491231002X的老人", "身份证110***********002X的老人"),
        ("身份证 110105 19491231 002x", "身份证 110***********002X"),
        ("老人身份证11010519491231002X电话14100001034", "老人身份证110***********002X电话141****1034"),
    ],
)
def test_free_text_loses_id_numbers_and_phone_numbers(clear, shown):
    assert masking.text(clear) == shown


@pytest.mark.parametrize(
    "plain",
    [
        "订单号141000010340001已付款",
        "快递单号110105194912310021",
        "事项2026-00012于2026-06-15 09:00报来",
        "３号楼２单元",
        "拨打12345或119",
        "",
    ],
)
def test_other_numbers_stay_as_they_were_written(plain):
    assert masking.text(plain) == plain
