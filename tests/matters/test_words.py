"""The words civil servants read."""

import pytest
from django.utils.translation import override

from dispatch.choices import NodeStatus
from matters.choices import Kind, Status
from organization.choices import Role

GLOSSARY = [
    (Status.REPORTED, "待受理"),
    (Status.DISPATCHED, "处置中"),
    (Status.VERIFYING, "待核验"),
    (Status.CALLBACK, "待评价"),
    (Status.CLOSED, "已办结"),
    (Status.DECLINED, "不予受理"),
    (Status.MERGED, "并案"),
    (Status.VOIDED, "作废"),
    (Kind.ACCEPTED, "受理"),
    (Kind.DISPATCHED, "派发"),
    (Kind.SIGNED, "签收"),
    (Kind.ASSIGNED, "分派"),
    (Kind.PROGRESSED, "进展"),
    (Kind.HANDED_IN, "报结"),
    (Kind.SENT_BACK, "退回"),
    (Kind.VERIFIED, "核验"),
    (Kind.CORRECTED, "更正"),
    (Kind.REMINDED, "提醒"),
    (Kind.WARNED, "预警"),
    (Kind.ESCALATED, "升级"),
    (Kind.SUPERVISED, "督办"),
    (Kind.URGED, "催办"),
    (NodeStatus.OPEN, "待签收"),
    (Role.GRID_MEMBER, "网格员"),
    (Role.HANDLER, "承办人"),
    (Role.HEAD, "单位负责人"),
    (Role.DISPATCHER, "指挥室调度"),
    (Role.SUPERVISOR, "督办员"),
    (Role.AUDITOR, "审计员"),
    (Role.ADMINISTRATOR, "管理员"),
]


@pytest.mark.parametrize(("word", "chinese"), GLOSSARY, ids=lambda value: str(getattr(value, "name", value)))
def test_the_words_are_those_of_the_glossary(word, chinese):
    with override("zh-hans"):
        assert str(word.label) == chinese


@pytest.mark.parametrize("words", [Status, Kind, NodeStatus, Role], ids=lambda words: words.__name__)
def test_every_word_has_its_chinese(words):
    with override("zh-hans"):
        assert not [word for word in words if str(word.label).isascii()]
