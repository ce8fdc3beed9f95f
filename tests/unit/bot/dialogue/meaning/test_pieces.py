"""What one message is cut into, with the services of the house: one matter or two, a report or a question."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest

from bot.dialogue.meaning.commands import Ask, StartSkill
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.nearness import SkillWords
from bot.dialogue.meaning.pieces import is_unsure
from bot.dialogue.meaning.services import services_of
from bot.dialogue.meaning.understanding import understand
from skills import registry


@cache
def context() -> Context:
    services = services_of({one.skill.id: one.skill.manifest for one in registry.house() if one.skill})
    return Context(date(2026, 11, 23), services.words, services.terms, household="柳树村 三组 7号")


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("村口路灯坏了，村西头路灯也坏了", ("村口", "村西头")),
        ("桥头的路灯不亮 学校门口路灯也不亮了", ("桥头", "学校门口")),
        ("村口垃圾没人收 桥头垃圾也堆满了", ("村口", "桥头")),
        ("三组停水了，五组也停水了", ("三组", "五组")),
        ("广场路灯灭了，卫生室路灯也灭了", ("广场", "卫生室")),
        ("井边下水道堵了，路口下水道也堵了", ("井边", "路口")),
    ],
)
def test_the_same_trouble_at_two_places_is_two_matters(text: str, places: tuple[str, str]) -> None:
    found = understand(text, context())
    assert [type(one) for one in found] == [StartSkill, StartSkill]
    assert all(place in one.fields["place"] for one, place in zip(found, places, strict=True))  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("村口灯坏了，村西头的灯也坏了", ("lamp", "lamp")),
        ("村口路灯坏了，桥头也坏了", ("lamp", "lamp")),
        ("三组停水了，五组也停了", ("water", "water")),
        ("村口垃圾没人收，学校门口也堆满了", ("rubbish", "rubbish")),
        ("灯坏了，水也没了", ("lamp", "water")),
        ("路灯不亮，电也停了", ("lamp", "power")),
        ("水停了，网也断了", ("water", "network")),
        ("路灯坏了，桥上的栏杆也断了", ("lamp", "road")),
    ],
)
def test_a_second_trouble_may_be_named_by_its_thing_or_its_place_alone(text: str, kinds: tuple[str, str]) -> None:
    found = understand(text, context())
    assert [type(one) for one in found] == [StartSkill, StartSkill]
    services = services_of({one.skill.id: one.skill.manifest for one in registry.house() if one.skill})
    assert tuple(services.kind_of(one.skill, one.text) for one in found) == kinds  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "text",
    [
        "灯坏了，黑得看不见",
        "村口路灯坏了，开关也坏了",
        "三组停水了，俺娘也没法做饭",
        "村口灯坏了，灯罩也坏了",
        "水管漏了，路也滑得很",
        "村口灯坏了，俺家门口倒是亮的",
    ],
)
def test_what_follows_from_a_trouble_is_no_second_one(text: str) -> None:
    assert [type(one) for one in understand(text, context())] == [StartSkill]


@pytest.mark.parametrize(
    "text",
    [
        "村口路灯坏了，路灯也没人修",
        "村口路灯坏了，村西头全是黑的",
        "俺家门口路灯坏了，就是村西头那盏路灯坏了",
        "大门口路灯不亮了，昨天走到村口看路灯也是这样",
        "桥头路灯坏了，也没人来桥头修路灯",
        "村口路灯坏了，村口那个路灯也歪了",
    ],
)
def test_one_trouble_told_at_length_stays_one_matter(text: str) -> None:
    assert [type(one) for one in understand(text, context())] == [StartSkill]


@pytest.mark.parametrize(
    "text",
    [
        "邻居家狗咬了俺家鸡不赔钱",
        "隔壁的狗咬死俺两只鸭子他不赔",
        "他家狗把俺羊咬了不认账",
        "对门狗把俺家十来只鸡咬死了也不赔",
        "邻居家的牛踩了俺的菜地 不给赔",
        "老李家的猪拱了俺家红薯 不给拿钱",
    ],
)
def test_a_beast_that_did_harm_to_what_is_ones_own_is_a_matter(text: str) -> None:
    assert [type(one) for one in understand(text, context())] == [StartSkill]


@pytest.mark.parametrize(
    "text",
    ["狗咬人了谁赔钱", "狗咬了人赔多少", "邻居家狗咬了俺孩子不赔钱", "他家狗咬了俺不给出医药费", "牛顶了俺爹 主家不赔"],
)
def test_who_pays_for_somebody_who_was_bitten_is_a_question(text: str) -> None:
    assert [type(one) for one in understand(text, context())] == [Ask]


def test_what_is_said_as_in_an_example_needs_no_guess() -> None:
    plants = SkillWords("plants", ("庄稼看病",), ("西红柿叶子发黄", "黄瓜打蔫了找人看看"))
    known = replace(context(), skills=(*context().skills, plants))
    (found,) = understand("西红柿叶子发黄", known)
    assert isinstance(found, StartSkill)
    assert found.skill == "plants"
    assert not is_unsure(found, known)


def test_a_service_that_is_called_by_its_whole_name_is_meant_whatever_else_is_said() -> None:
    feast = SkillWords("feast", ("家宴预约", "家宴"), ("家里办酒席",), title="家宴预约")
    offered = replace(context(), skills=(*context().skills, feast))
    named, guessed = "家宴预约，腊月初六，六十桌，师傅电话 533-1234", "家宴，腊月初六，六十桌，师傅电话 533-1234"
    (begun,), (likely,) = understand(named, offered), understand(guessed, offered)
    assert (begun.skill, likely.skill) == ("feast", "feast")  # type: ignore[union-attr]
    assert (is_unsure(begun, offered), is_unsure(likely, offered)) == (False, True)


ASKS = SkillWords("plants", ("庄稼看病",), ("西红柿叶子发黄咋治", "麦子锈病找人来看"), title="庄稼看病")


@pytest.mark.parametrize(
    "text", ["西红柿叶子发黄咋治", "西红柿叶子发黄咋治？", "俺西红柿叶子发黄咋治", "西红柿叶子发黄怎么治"]
)
def test_a_question_that_is_an_example_of_a_service_begins_it(text: str) -> None:
    offered = replace(context(), skills=(*context().skills, ASKS))
    (found,) = understand(text, offered)
    assert isinstance(found, StartSkill)
    assert found.skill == "plants"
    assert not is_unsure(found, offered)


@pytest.mark.parametrize(
    "text",
    ["西红柿叶子发黄咋治要钱不", "西红柿叶子发黄多少天能治", "西红柿叶子发黄找谁治", "西红柿哪天种", "麦子锈病咋治"],
)
def test_a_question_that_asks_for_more_than_the_example_is_answered(text: str) -> None:
    offered = replace(context(), skills=(*context().skills, ASKS))
    assert [type(one) for one in understand(text, offered)] == [Ask]
