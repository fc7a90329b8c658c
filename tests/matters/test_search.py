import pytest

from matters import search
from matters.models import Matter


@pytest.fixture
def matter(town):
    town.register(text="隔壁小区的水管漏了", address="上栗村口")
    return town.register(
        text="三号楼一楼楼道里有人飞线充电，Ａ座 B1 层", title="飞线充电", address="望河街道滨河路12号"
    )


def found(words):
    return list(Matter.objects.containing(words))


@pytest.mark.parametrize(
    "words",
    [
        "飞线",
        "线充",
        "楼道里有人",
        "滨河路",
        "河路12",
        "飞线 滨河路",
        "飞线，充电",
        "ａ座",
        "A座",
        "b1",
        "B1 层",
        "充",
        "12号",
    ],
)
def test_any_part_of_two_characters_or_more_is_found(matter, words):
    assert found(words) == [matter]


def test_the_number_is_found_whole_and_by_its_serial(matter):
    assert found(matter.number) == [matter]
    assert matter in found(matter.number.split("-")[1])


@pytest.mark.parametrize(
    "words", ["漏电", "飞线 水管", "线飞", "", "，。", "' | 'x", "!&|()<->:*", "\\", "'", "楼道'); DROP"]
)
def test_what_is_not_there_is_not_found_and_nothing_breaks(matter, words):
    assert found(words) == []


def test_words_are_characters_and_pairs_of_neighbours():
    assert search.lexemes("飞线 A1") == sorted(["飞", "线", "飞线", "a", "1", "a1"])
    assert search.lexemes("") == []
