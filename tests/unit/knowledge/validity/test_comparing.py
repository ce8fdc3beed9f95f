"""Which clauses say different numbers of the same thing."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language import lexicon
from knowledge.models import Level
from knowledge.validity.comparing import Clash, Piece, clashes

LEXICON = lexicon.load()
OTHERS = ("路灯由村委会管，坏了报修。", "垃圾桶满了告诉保洁员。", "结婚登记到县里办。", "村账每季度公开。")


def piece(document: str, text: str, *, title: str = "", level: Level = Level.town, **more: Any) -> Piece:
    known = Piece(f"{document}:{text}", document, title or document, "", text, text, level, "public", None)
    return replace(known, **more)


def found(*pieces: Piece) -> list[Clash]:
    beside = [piece(f"别的{n}", text) for n, text in enumerate(OTHERS)]
    return clashes([*pieces, *beside], LEXICON, names=("柳树村", "桃园村"))


def told(one: str, other: str) -> list[set[str]]:
    return [{each.one.said, each.other.said} for each in found(piece("甲", one), piece("乙", other))]


@pytest.mark.parametrize(
    ("one", "other", "says"),
    [
        ("居民水费每吨2.6元。", "居民水费每吨2.8元，两个月抄一次表。", {"2.6元", "2.8元"}),
        ("高龄津贴每月25日前发到卡上。", "高龄津贴每月20日前发。", {"每月25日", "每月20日"}),
        ("水厂报修电话533-1188。", "水厂报修打533-1199，夜里也有人。", {"533-1188", "533-1199"}),
        ("年满60周岁的可以办老年人优待证。", "老年人优待证，年满65周岁可以办。", {"60周岁", "65周岁"}),
        ("欠水费超过60天的可以停水。", "欠水费超过30天的可以停水。", {"60天", "30天"}),
    ],
)
def test_different_numbers_of_one_thing_are_a_contradiction(one: str, other: str, says: set[str]) -> None:
    assert says in told(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("居民水费每吨2.6元。", "居民水费每吨二元六角，也就是2.6元。"),
        ("高龄津贴每人每月六十元。", "高龄津贴每人每月60元。"),
        ("高龄津贴八十至八十九周岁每人每月60元。", "高龄津贴九十至九十九周岁每人每月150元。"),
        ("2026年低保标准每人每月760元。", "2025年低保标准每人每月720元。"),
        ("秸秆离田每亩补20元。", "秸秆还田每亩补15元。"),
        ("居民水费每吨2.6元。", "建筑垃圾每车30元。"),
        ("水费每吨2.6元。", "水费每户50元。"),
        ("城乡居民医保集中缴费到2026年12月31日。", "城乡居民医保集中缴费到12月31日。"),
    ],
)
def test_what_agrees_or_is_of_something_else_is_none(one: str, other: str) -> None:
    assert told(one, other) == []


def test_a_document_does_not_contradict_itself() -> None:
    assert found(piece("甲", "居民水费每吨2.6元。"), piece("甲", "居民水费每吨2.8元。")) == []


def test_another_village_or_level_is_shown_apart_and_two_villages_not_at_all() -> None:
    town = piece("甲", "居民水费每吨2.6元。")
    mine = piece("乙", "居民水费每吨2.4元。", level=Level.village, village_id="liushu")
    theirs = piece("丙", "居民水费每吨2.2元。", level=Level.village, village_id="taoyuan")
    (local,) = found(town, mine)
    assert local.is_local
    assert found(mine, theirs) == []


def test_what_is_never_in_force_together_cannot_contradict() -> None:
    old = piece("甲", "居民水费每吨2.6元。", last=date(2026, 11, 30))
    new = piece("乙", "居民水费每吨2.8元。", first=date(2026, 12, 1))
    assert found(old, new) == []
    assert len(found(old, replace(new, first=date(2026, 11, 30)))) == 1


@given(st.integers(1, 500), st.integers(1, 500))
def test_the_order_of_documents_does_not_matter(one: int, other: int) -> None:
    pair = piece("甲", f"居民水费每吨{one}元。"), piece("乙", f"居民水费每吨{other}元。")
    assert len(found(*pair)) == len(found(*reversed(pair))) == int(one != other)
