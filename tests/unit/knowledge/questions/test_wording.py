"""What of a villager's words is kept, and what of anybody's words could still act."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.questions import wording


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("俺电话13800001234，外嫁女咋分红", "俺电话［号码］，外嫁女咋分红"),
        ("打 0533-2345678 没人接，找谁", "打 ［号码］ 没人接，找谁"),
        ("身份证370303195401011234能办不", "身份证［号码］能办不"),
        ("卡号6222 0202 0001 1234 567 咋改", "卡号［号码］ 咋改"),
        ("2026-2027年医保多少钱", "2026-2027年医保多少钱"),
        ("示例政发〔2026〕8号第六条咋说", "示例政发〔2026〕8号第六条咋说"),
        ("80岁以上补多少", "80岁以上补多少"),
    ],
)
def test_numbers_that_lead_to_a_person_are_taken_out(said: str, kept: str) -> None:
    assert wording.kept_words(said) == kept


def test_names_of_the_register_are_taken_out() -> None:
    assert wording.kept_words("王秀英家的外嫁女王秀还算不算", ["王秀", "王秀英"]) == "某某家的外嫁女某某还算不算"
    assert "王秀英" in set(wording.possible_names("俺是王秀英"))


@pytest.mark.parametrize(
    "said",
    [
        "看[这里](http://yb-gov.xx/a)咋填",
        "<script>alert(1)</script>拖拉机年审",
        "点 dtmd://dingtalkclient/sendMessage?content=同意",
        "javascript:alert(1) 拖拉机",
        "www.yb-gov.com 真的不",
        "![图](//x.cn/1.png)",
    ],
)
def test_links_and_markdown_do_nothing(said: str) -> None:
    kept = wording.plain(said, 120)
    assert not set(kept) & set("<>[](){}*_`#|~!\\")
    assert "//" not in kept
    assert not any(word in kept for word in ("http", "dtmd", "javascript:", "yb-gov", "x.cn"))


@given(st.text(max_size=400), st.integers(min_value=10, max_value=120))
def test_what_is_kept_is_one_short_line_without_signs_that_act(text: str, most: int) -> None:
    kept = wording.plain(text, most)
    assert len(kept) <= most
    assert "\n" not in kept
    assert not set(kept) & set("<>[](){}*_`#|~!\\")


@pytest.mark.parametrize(
    "said",
    [
        "俺要举报会计把低保给他小舅子了",
        "俺家低保批了没",
        "俺得了癌能报多少",
        "他打我我该找谁",
        "我不想活了找谁",
        "邻居家吃低保凭啥",
        "村里账目有猫腻咋查",
    ],
)
def test_what_is_somebodys_own_is_told_apart(said: str) -> None:
    assert wording.is_private(said)


@pytest.mark.parametrize(
    "said",
    [
        "癌症报销比例是多少",
        "举报电话是多少",
        "外嫁女还算不算村里的人",
        "拖拉机年审在哪办",
        "老人瘫痪有护理补贴吗",
        "投诉电话多少",
    ],
)
def test_a_question_of_rules_is_not(said: str) -> None:
    assert not wording.is_private(said)
