"""What is said of rows by their numbers: all of it or nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflows.rosters.marking import ANY, Mark, read

WORDS = ["已缴", "缴了", "不在家", "不缴", "今天去不了"]


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("3 5 8 已缴", [Mark((3, 5, 8), "已缴")]),
        ("3、5，8都已缴", [Mark((3, 5, 8), "已缴")]),
        ("３号 ５号已缴了", [Mark((3, 5), "已缴")]),
        ("3到6已缴", [Mark((3, 4, 5, 6), "已缴")]),
        ("12 不在家", [Mark((12,), "不在家")]),
        ("3 5 缴了；12不在家", [Mark((3, 5), "缴了"), Mark((12,), "不在家")]),
        ("12 不在家 儿子星期天来，7 已缴", [Mark((12,), "不在家", "儿子星期天来"), Mark((7,), "已缴")]),
        ("9 不缴 说去年交过80块", [Mark((9,), "不缴", "说去年交过80块")]),
        ("3 3 已缴", [Mark((3,), "已缴")]),
        ("4 今天去不了", [Mark((4,), "今天去不了")]),
    ],
)
def test_numbers_and_what_is_said_of_them(text: str, marks: list[Mark]) -> None:
    assert read(text, WORDS) == marks


@pytest.mark.parametrize(
    "text",
    ["", "已缴", "3", "3 5 8", "下午3点已缴", "3 5 没说的词", "1-9999 已缴", "8到3 已缴", "路灯坏了3盏", "同意 A7K2"],
)
def test_what_says_something_else_is_left_alone(text: str) -> None:
    assert read(text, WORDS) == []


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("3 记错了", [Mark((3,), ANY, takes_back=True)]),
        ("3 5 都弄错了", [Mark((3, 5), ANY, takes_back=True)]),
        ("3号取消", [Mark((3,), ANY, takes_back=True)]),
        ("3 没缴", [Mark((3,), "缴了", takes_back=True)]),
        ("3 还没缴呢", [Mark((3,), "缴了", "呢", takes_back=True)]),
        ("3 记错了，没缴", [Mark((3,), ANY, "没缴", takes_back=True)]),
        ("3 记错了，是不在家 儿子来", [Mark((3,), ANY, takes_back=True), Mark((3,), "不在家", "儿子来")]),
        ("3 应该是不在家", [Mark((3,), ANY, takes_back=True), Mark((3,), "不在家")]),
        ("3 改成不缴 说没钱；5 已缴", [
            Mark((3,), ANY, takes_back=True), Mark((3,), "不缴", "说没钱"), Mark((5,), "已缴"),
        ]),
        ("3 已缴 现金800", [Mark((3,), "已缴", "现金800")]),
    ],
)  # fmt: skip
def test_what_was_wrong_is_taken_back_and_said_otherwise(text: str, marks: list[Mark]) -> None:
    assert read(text, WORDS) == marks


def test_a_word_of_the_service_is_no_denial_of_another() -> None:
    assert read("3 没来", ["来了", "没来"]) == [Mark((3,), "没来")]
    assert read("3 没来", ["来了"]) == [Mark((3,), "来了", takes_back=True)]


@given(st.lists(st.integers(1, 999), min_size=1, max_size=20, unique=True), st.sampled_from(WORDS))
def test_any_numbers_come_back_as_they_were_said(numbers: list[int], word: str) -> None:
    assert read(f"{'、'.join(map(str, numbers))} {word}", WORDS) == [Mark(tuple(numbers), word)]


@given(st.text(max_size=40))
def test_no_words_break_it(text: str) -> None:
    read(text, WORDS)
