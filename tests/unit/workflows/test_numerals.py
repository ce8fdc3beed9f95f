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
        ("两千五", 2500),
        ("一万二", 12000),
        ("三万八", 38000),
        ("一百八", 180),
        ("二百五", 250),
        ("一千五百八", 1580),
        ("两千零五", 2005),
        ("一万零五百", 10500),
        ("一百零八", 108),
        ("5万8", 58000),
        ("3千5", 3500),
        ("2万3千", 23000),
        ("1万零50", 10050),
        ("1亿2", 120000000),
        ("廿五", 25),
        ("壹万贰仟", 12000),
    ],
)
def test_numbers_are_read(said: str, number: float) -> None:
    assert read_number(said) == number


@pytest.mark.parametrize("said", ["", "很多", "四十桌", "1..2", "两三百", "二十五六", "十几", "5万80万"])
def test_what_is_no_number_is_none(said: str) -> None:
    assert read_number(said) is None


@pytest.mark.parametrize(
    ("said", "fen"),
    [
        ("三百块", 30000),
        ("12.5元", 1250),
        ("1.2万元", 1200000),
        ("0.1元", 10),
        ("三百", 30000),
        ("两千五", 250000),
        ("一万二", 1200000),
        ("5万8", 5800000),
        ("2万块", 2000000),
        ("三块五", 350),
        ("三块五毛", 350),
        ("5块5", 550),
        ("八毛", 80),
        ("五毛二", 52),
        ("二百五十六块五毛", 25650),
        ("九十九块九", 9990),
        ("12元5角6分", 1256),
        ("三百来块", 30000),
        ("两百多块钱", 20000),
        ("1200元整", 120000),
        ("12000 元", 1200000),
        ("人民币500元", 50000),
        ("¥300", 30000),
        ("伍佰元整", 50000),
        ("壹万贰仟元整", 1200000),
    ],
)
def test_money_is_integer_fen(said: str, fen: int) -> None:
    assert read_money(said) == fen


@pytest.mark.parametrize("said", ["", "两三百块", "块", "整", "不要钱", "三块五块"])
def test_what_is_no_amount_is_none(said: str) -> None:
    assert read_money(said) is None
