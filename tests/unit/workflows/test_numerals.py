"""Numbers, amounts and days as people say them."""

from datetime import date

import pytest

from workflows.numerals import read_date, read_money, read_number

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("40", 40),
        ("四十", 40),
        ("十五", 15),
        ("一万二千三百", 12300),
        ("二百零六", 206),
        ("1.2万", 12000),
        ("两千", 2000),
        ("1,200", 1200),
    ],
)
def test_numbers_are_read(said: str, number: float) -> None:
    assert read_number(said) == number


@pytest.mark.parametrize("said", ["", "很多", "四十桌", "1..2"])
def test_what_is_no_number_is_none(said: str) -> None:
    assert read_number(said) is None


@pytest.mark.parametrize(("said", "fen"), [("三百块", 30000), ("12.5元", 1250), ("1.2万元", 1200000), ("0.1元", 10)])
def test_money_is_integer_fen(said: str, fen: int) -> None:
    assert read_money(said) == fen


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("明天", date(2026, 11, 24)),
        ("大后天", date(2026, 11, 26)),
        ("11月25日", date(2026, 11, 25)),
        ("3月1号", date(2027, 3, 1)),
        ("2026-12-01", date(2026, 12, 1)),
        ("下周二", date(2026, 12, 1)),
        ("下下周二", date(2026, 12, 8)),
        ("星期五", date(2026, 11, 27)),
    ],
)
def test_days_are_read(said: str, day: date) -> None:
    assert read_date(said, MONDAY) == day


@pytest.mark.parametrize("said", ["2月30日", "改天", ""])
def test_a_day_that_is_not_is_none(said: str) -> None:
    assert read_date(said, MONDAY) is None
