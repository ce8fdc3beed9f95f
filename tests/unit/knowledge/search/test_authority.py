"""Whose rule weighs more before it is read."""

from knowledge.models import Level
from knowledge.search.authority import authority


def test_a_law_stands_above_a_decree_and_both_above_another_place() -> None:
    law = authority(Level.nation, "中华人民共和国民法典", shared=True)
    decree = authority(Level.nation, "信访工作条例", shared=True)
    elsewhere = authority(Level.province, "示范省物业管理条例", shared=True)
    assert law > decree > elsewhere


def test_what_the_town_was_told_stands_as_high_as_a_law() -> None:
    own = authority(Level.town, "示例镇高龄津贴办法", shared=False)
    assert own == authority(Level.nation, "中华人民共和国民法典", shared=True)
