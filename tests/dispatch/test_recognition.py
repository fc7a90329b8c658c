"""An emergency is recognised though nobody said so, and not where a word is denied, drilled or over."""

import pytest

from dispatch import recognition, triage
from dispatch.alarms import EmergencyWord
from tests.dispatch.walking import kinds, lead
from tests.town import at

NIGHT = at("2026-10-01 02:00")


@pytest.fixture
def words(town):
    recognition.load_words()
    return list(EmergencyWord.objects.filter(active=True).order_by("pk"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("water main burst, cellars flooding", ["water main burst", "flooding"]),
        ("自来水主管爆裂，地下室被淹", ["主管爆裂", "被淹"]),
        ("小卖部着火了快来人", ["着火"]),
        ("楼道里有煤气味", ["煤气味"]),
        ("GAS LEAK in the kitchen", ["gas leak"]),
        ("无人管理，水管爆裂", ["水管爆裂"]),
        ("水管没关好爆管了", ["爆管"]),
        ("早上没有着火，现在着火了", ["着火"]),
        ("没有着火", []),
        ("楼里没有发生火灾", []),
        ("真要着火消防车怎么进", []),
        ("热水器打不着火", []),
        ("there is no gas leak", []),
        ("起火，已经扑灭", []),
        ("小区消防演练，模拟起火", []),
        ("三轮车轮胎漏气", []),
        ("落水管坏了", []),
        ("a well-flooded market", ["flooded"]),
        ("reflooding", []),
    ],
)
def test_words_count_unless_they_are_denied_drilled_over_or_part_of_something_else(words, text, found):
    assert recognition.words_in(text, words) == found


@pytest.mark.django_db
def test_a_report_whose_words_say_so_is_an_emergency_and_the_timeline_shows_the_words(town, words):
    matter = town.report(None, text="自来水主管爆裂，地下室被淹", channel="hotline", at=NIGHT)
    assert (matter.urgency, lead(matter).kind, lead(matter).urgency) == ("emergency", "triage", "emergency")
    entry = matter.entries.get(kind="recognised")
    assert entry.data == {"words": ["主管爆裂", "被淹"], "urgency": "emergency"}
    assert entry.why == "反映内容含有：“主管爆裂”、“被淹”。"
    assert kinds(matter)[:3] == ["reported", "recognised", "trayed"]


@pytest.mark.django_db
def test_the_words_also_raise_a_report_with_an_ordinary_category(town, words):
    matter = town.report("JG06", text="电梯里被困三个人")
    assert matter.urgency == "emergency"
    assert lead(matter).department == town.market_bureau


@pytest.mark.django_db
def test_a_word_that_is_out_of_use_or_given_a_harmless_phrase_no_longer_counts(town, words):
    EmergencyWord.objects.filter(word="爆管").update(active=False)
    word = EmergencyWord.objects.get(word="内涝")
    word.unless = ["城市内涝治理规划"]
    word.save()
    for text in ("楼上爆管了", "请公布城市内涝治理规划"):
        assert town.report(None, text=text).urgency == "normal"


@pytest.mark.django_db
def test_a_dispatcher_has_the_last_word(town, words):
    matter = town.report(None, text="听说楼上爆管了")
    triage.correct(matter.pk, urgency="normal", text="已核实，是去年的事", by=town.actor("desk"), at=town.now)
    matter.refresh_from_db()
    assert (matter.urgency, lead(matter).urgency) == ("normal", "normal")


@pytest.mark.django_db
def test_loading_the_words_again_keeps_what_the_district_changed(words):
    EmergencyWord.objects.filter(word="被困").update(active=False)
    EmergencyWord.objects.filter(word="爆炸").delete()
    assert recognition.load_words() == 1
    assert not EmergencyWord.objects.get(word="被困").active
