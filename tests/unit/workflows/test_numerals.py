"""Numbers and amounts as people say them; days are in moments/."""

import pytest

from workflows.numerals import read_money, read_number


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
        ("二零二六", 2026),
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
