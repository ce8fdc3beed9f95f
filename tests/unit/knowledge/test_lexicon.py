"""What people say, and what the documents call it."""

import pytest

from knowledge import lexicon

WORDS = lexicon.load(frozenset({"柳树村", "桃园村"}))


@pytest.mark.parametrize(
    ("said", "official"),
    [
        ("老年卡咋办", "老年人优待证"),
        ("新农合今年交多少", "城乡居民医保"),
        ("啥时候去扯证", "结婚登记"),
        ("麦秸往哪放", "秸秆"),
        ("办酒席要报不", "集体聚餐"),
    ],
)
def test_a_question_is_widened_by_the_documents_word(said: str, official: str) -> None:
    assert official in WORDS.widen(said)
    assert official in WORDS.meaning(said).topics


def test_two_ways_of_asking_mean_the_same() -> None:
    assert WORDS.meaning("医保啥时候截止").parts == WORDS.meaning("请问新农合哪天截止呀").parts


def test_politeness_says_nothing() -> None:
    assert WORDS.meaning("小邻你好，请问一下").parts <= frozenset({"你好"})


def test_villages_and_topics_are_repaired_by_ear() -> None:
    assert WORDS.repair("六数村的录灯").text == "柳树村的路灯"


def test_a_follow_up_takes_the_topic_of_the_question_before() -> None:
    assert "宅基地" in WORDS.continued("那要带啥", "宅基地咋申请")


def test_a_clause_that_answers_holds_what_is_asked_for() -> None:
    assert WORDS.answers(frozenset({"多少钱"}), "每吨2.6元")
    assert not WORDS.answers(frozenset({"多少钱"}), "到村委会办理")
    assert WORDS.only_dates("本办法自2026年3月1日起施行。")
