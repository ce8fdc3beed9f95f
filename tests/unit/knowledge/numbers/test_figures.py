"""Numbers in either script, with their units; two texts say the same number or they do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.numbers.figures import figures, normal


def read(text: str) -> list[tuple[str, str]]:
    return [figure.key for figure in figures(normal(text))]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("每人每月六十元", [("60", "元")]),
        ("每人每月60块钱", [("60", "元")]),
        ("八十至八十九周岁，六十元", [("80", "岁"), ("89", "岁"), ("60", "元")]),
        ("80–89岁60元", [("80", "岁"), ("89", "岁"), ("60", "元")]),
        ("一百五十元", [("150", "元")]),
        ("补助三万五千元", [("35000", "元")]),
        ("1.5万元", [("15000", "元")]),
        ("百分之六十", [("60", "%")]),
        ("报60%", [("60", "%")]),
        ("五个工作日内", [("5", "工作日")]),
        ("5天", [("5", "天")]),
        ("每月25日前", [("25", "日")]),
        ("电话533-1012", [("533-1012", "")]),
        ("8:30开门", [("8:30", "")]),
        ("2026年3月1日", [("2026", "年"), ("3", "月"), ("1", "日")]),
        ("到6号窗口", [("6", "窗口")]),
        ("公交半价", [("0.5", "价")]),
        ("两样都可以", []),
        ("一般不收", []),
        ("打12345", [("12345", "")]),
    ],
)
def test_numbers_are_read_with_their_units(text: str, found: list[tuple[str, str]]) -> None:
    assert read(text) == found


@given(st.text(max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    plain = normal(text)
    assert all(0 <= figure.start < figure.end <= len(plain) for figure in figures(plain))


@given(st.integers(1, 9999))
def test_a_number_is_the_same_in_either_script(number: int) -> None:
    digits = "零一二三四五六七八九"
    said = "".join(
        f"{digits[int(mark)]}{'千百十'[-place] if place else ''}"
        for place, mark in zip(range(len(str(number)) - 1, -1, -1), str(number), strict=True)
        if mark != "0"
    )
    assert read(f"{said}元") == read(f"{number}元") == [(str(number), "元")]
