"""Misheard words are put right against the town's own; ordinary speech is left alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.lexicon import Change, Sounds, repair

TERMS = frozenset(
    {"柳树村", "桃园村", "南岭村", "路灯", "高龄津贴", "医保", "低保", "养老认证", "宅基地", "老年人优待证"}
)


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("俺是六数村的", "俺是柳树村的"),
        ("那个录灯不明了", "那个路灯不明了"),
        ("俺那个高龄今天咋没发", "俺那个高龄津贴咋没发"),
        ("衣保多少钱", "医保多少钱"),
        ("养老人证咋弄", "养老认证咋弄"),
        ("那岭村停水", "南岭村停水"),
        ("宅鸡地咋申请", "宅基地咋申请"),
    ],
)
def test_misheard_words_are_put_right(heard: str, meant: str) -> None:
    assert repair(heard, TERMS).text == meant


@pytest.mark.parametrize(
    "said", ["今天天气不错", "给我一包烟", "路灯亮了", "一报名就满了", "我想吃桃子", "", "abc 123", "😀"]
)
def test_ordinary_speech_is_left_alone(said: str) -> None:
    assert repair(said, TERMS).text == said
    assert repair(said, TERMS).changes == ()


def test_changes_say_what_was_heard_and_where() -> None:
    assert repair("俺是六数村的", TERMS).changes == (Change("六数村", "柳树村", 2),)


def test_ordinary_words_that_sound_alike_stay() -> None:
    assert repair("医报单子", {"医保"}).text == "医保单子"
    assert repair("医报单子", {"医保"}, {"医报"}).text == "医报单子"


def test_without_terms_nothing_changes() -> None:
    assert repair("六数村", ()).text == "六数村"


@given(st.text(max_size=60))
def test_length_and_second_repair(text: str) -> None:
    sounds = Sounds(TERMS)
    once = sounds.repair(text)
    assert len(once.text) == len(text)
    assert sounds.repair(once.text).text == once.text
