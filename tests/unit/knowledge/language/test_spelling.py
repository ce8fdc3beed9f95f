"""Misheard and mistyped words are put right; what makes sense is left alone."""

import numpy as np
import pytest

from knowledge.language import lexicon
from knowledge.language.lexicon import Lexicon, Own
from knowledge.language.spelling import Speller, pairs_of

TOWN = lexicon.load(frozenset({"柳树村", "桃园村", "便民服务大厅"}))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("六数村的录灯坏了", "柳树村的路灯坏了"),
        ("高龄今天咋还没发", "高龄津贴咋还没发"),
        ("变民服务大听在哪", "便民服务大厅在哪"),
        ("摘基地一户几处", "宅基地一户几处"),
        ("无饭罪记录证明", "无犯罪记录证明"),  # f and h, and front and back nasals
        ("林时救助给多少", "临时救助给多少"),
        ("结婚登计带啥", "结婚登记带啥"),  # one character wrong
        ("养老认怎么做", "养老认证怎么做"),  # one missing
        ("老年优待待证", "老年优待证"),  # one too many
    ],
)
def test_a_word_of_the_town_is_put_right(written: str, meant: str) -> None:
    assert TOWN.repair(written).text == meant


@pytest.mark.parametrize(
    "written",
    ["俺想打听个事", "感激不尽", "小车年检", "一块地咋卖", "税费咋算", "垃圾桶满了", "老人家身体好", "今天天气怎么样"],
)
def test_what_makes_sense_is_left_alone(written: str) -> None:
    assert TOWN.repair(written).text == written
    assert TOWN.repair(written).changes == ()


def test_a_short_word_that_shares_nothing_is_repaired_only_boldly() -> None:
    assert TOWN.repair("录登几点亮").text == "录登几点亮"
    assert TOWN.repair("录登几点亮", boldly=True).text == "路灯几点亮"


def test_what_the_towns_texts_write_is_no_mistake() -> None:
    speller = Speller({"水费": "水费"})
    assert speller.repair("水肥咋算").text == "水费咋算"
    knowing = Speller({"水费": "水费"}, written=np.unique(pairs_of("推广水肥一体化")))
    assert knowing.repair("水肥咋算").text == "水肥咋算"


def test_a_word_is_not_put_together_over_a_stop() -> None:
    speller = Speller({"水管报修": "停水"})
    assert speller.repair("往外冒水,报修电话").text == "往外冒水,报修电话"
    assert speller.repair("水官报修电话").text == "水管报修电话"


def test_between_two_words_nothing_is_guessed() -> None:
    speller = Speller({"养老金": "甲", "养老院": "乙"})
    assert speller.repair("养老圆在哪").text == "养老院在哪"
    assert speller.repair("养老桌在哪").text == "养老桌在哪"


def test_a_word_that_a_town_added_is_understood_and_put_right() -> None:
    own = Lexicon(lexicon.shipped(), Own(said={"进老林": "公墓", "孝心钱": "孝老金"}))
    assert own.meaning("进老林多少钱").topics == frozenset({"骨灰安放"})
    assert own.meaning("孝心钱几号发").topics == frozenset({"孝老金"})
    assert "孝老金" in own.widen("孝心钱几号发")
    assert own.repair("笑心钱几号发").text == "孝心钱几号发"


def test_nothing_comes_of_nothing() -> None:
    assert Speller({}).repair("录灯坏了").text == "录灯坏了"
    assert TOWN.repair("").text == ""
    assert TOWN.repair("灯").text == "灯"
