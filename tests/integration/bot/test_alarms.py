"""After an alarm: what is said next reaches those who come, unless it plainly is something else."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.integration.bot.house import House
from township.models import grants, people

CRY = "快来人啊俺爹倒地上了叫不应"
DUTY = ("c-0103", "c-0001")


@pytest.mark.parametrize(
    "more",
    [
        "120来了 往县医院拉了",
        "在三组老王家门口",
        "脸都紫了",
        "值班的咋还没来",
        "电话打不通",
        "你们快点",
        "大门锁着 从后门进",
    ],
)
async def test_what_is_said_during_an_alarm_reaches_those_on_duty(house: House, more: str) -> None:
    await house.says("v-0101", CRY)
    said = await house.reply("v-0101", more)
    assert "传给值班的人了" in said
    assert "没事了，回 0" in said
    for person in DUTY:
        assert f"“{more}”" in house.heard(person)[-1]
        assert "柳树村" in house.heard(person)[-1]
    (case,) = await house.cases_of("c-0103")
    assert case.skill == "emergency"


async def test_who_is_spoken_for_is_where_help_goes(house: House) -> None:
    said = await house.reply("c-0101", "代王秀英报 院墙塌了半边 人压在底下了")
    assert "柳树村" in said
    assert "王家" in said
    assert "陈家" not in said
    for person in DUTY:
        assert "王家" in house.heard(person)[-1]
    (case,) = await house.cases_of("c-0103")
    assert (case.cast.affected, case.cast.spoke) == ("v-0101", "c-0101")
    assert case.said["place"].endswith("王家")
    await house.says("c-0101", "大门锁着 从后门进")
    assert "王家" in house.heard("c-0103")[-1]
    await house.says("c-0101", "腿上流血止不住")
    assert "王家" in house.heard("c-0103")[-1]
    assert "陈家" not in "".join(house.heard("c-0103"))


@pytest.mark.parametrize("whom", ["周福贵", "俺娘"])
async def test_of_somebody_who_is_not_known_the_village_alone_is_said(house: House, whom: str) -> None:
    said = await house.reply("v-0101", f"替{whom}报 院墙塌了 人压在底下了")
    assert "柳树村" in said
    assert "王家" not in said
    assert "王家" not in house.heard("c-0103")[-1]
    (case,) = await house.cases_of("c-0103")
    assert case.cast.spoke == "v-0101"


async def test_more_of_the_same_danger_is_no_second_case(house: House) -> None:
    await house.says("v-0101", CRY)
    said = await house.reply("v-0101", "嘴里流血止不住了")
    assert "120" in said
    assert "流血" in house.heard("c-0103")[-1]
    assert [case.skill for case in await house.cases_of("c-0103")] == ["emergency"]
    assert "没事就好" in await house.reply("v-0101", "0")
    assert [case.is_open for case in await house.cases_of("c-0103")] == [False]


async def test_after_it_is_over_the_next_danger_is_a_case_of_its_own(house: House) -> None:
    await house.says("v-0101", CRY)
    await house.says("v-0101", "没事了 醒过来了")
    await house.says("v-0101", "快来人 着火了")
    assert sorted(case.is_open for case in await house.cases_of("c-0103")) == [False, True]


async def test_another_ones_danger_is_a_case_of_its_own(house: House) -> None:
    await house.says("v-0101", CRY)
    await house.says("v-0102", "快来人 着火了")
    assert len(await house.cases_of("c-0103")) == 2


@pytest.mark.parametrize(
    ("said", "answered"), [("高龄津贴一个月多少钱", "100"), ("村口路灯坏了", "路灯的事记下了"), ("人工", "转给")]
)
async def test_what_plainly_is_something_else_is_answered_as_ever(house: House, said: str, answered: str) -> None:
    await house.says("v-0101", CRY)
    before = len(house.heard("c-0103"))
    assert answered in await house.reply("v-0101", said)
    assert not any("又说" in one for one in house.heard("c-0103")[before:])


async def test_half_an_hour_later_words_stand_for_themselves(house: House) -> None:
    await house.says("v-0101", CRY)
    house.clock.forward(timedelta(minutes=31))
    before = len(house.heard("c-0103"))
    assert "传给值班" not in await house.reply("v-0101", "大门锁着 从后门进")
    assert not any("又说" in one for one in house.heard("c-0103")[before:])


async def test_thanks_need_no_answer_and_disturb_nobody(house: House) -> None:
    await house.says("v-0101", CRY)
    before = len(house.heard("c-0103"))
    await house.says("v-0101", "谢谢")
    assert len(house.heard("c-0103")) == before


CHILD = "我10岁 我爸又打我妈了 我害怕 别告诉我爸"


@pytest.mark.parametrize(
    ("more", "answered"),
    [
        ("他现在砸门了", "110"), ("他又回来了 我妈流血了", "120"), ("我妈不动了", "120"), ("我躲在屋里", "110"),
        ("周老师什么时候来", "110"), ("别告诉别人", "别人不知道"),
    ],
)  # fmt: skip
async def test_what_a_child_says_next_is_heard_by_the_child_officer_alone(
    house: House, more: str, answered: str
) -> None:
    await house.says("v-0102", CHILD)
    before = {person: len(said) for person, said in house.post.said.items()}
    said = await house.reply("v-0102", more)
    assert answered in said
    assert "值班" not in said
    told = {who for who, heard in house.post.said.items() if len(heard) > before.get(who, 0)} - {"v-0102"}
    assert told == {"c-0005"}
    assert more in house.heard("c-0005")[-1]
    assert "13800000112" not in house.heard("c-0005")[-1]
    assert [case.skill for case in await house.cases_of("c-0103")] == []
    assert len(await house.cases_of("c-0005")) == 1


async def without_officer(house: House) -> None:
    role = grants.c.role == "child_protection"
    await house.db.write(lambda tx: tx.execute(sa.update(grants).where(role).values(ends_at=house.clock.now())))
    house.clock.forward(timedelta(seconds=1))


@pytest.mark.parametrize(
    "said", [CHILD, "俺今年9岁 俺后爸天天打俺", "我妈拿开水烫我 我才8岁", "爸爸喝醉了拿皮带抽我和妹妹"]
)
async def test_in_a_town_without_an_officer_the_towns_duty_and_leaders_hear_a_child(house: House, said: str) -> None:
    await without_officer(house)
    assert "110" in await house.reply("v-0102", said)
    told = {who for who, heard in house.post.said.items() if heard} - {"v-0102"}
    assert told == {"c-0001", "c-0003"}, "nobody of the village"
    assert said in house.heard("c-0003")[-1]
    assert "没有儿童督导员" in house.heard("c-0003")[-1]
    before = {person: len(heard) for person, heard in house.post.said.items()}
    assert "别人不知道" in await house.reply("v-0102", "他又在砸门")
    assert {who for who, heard in house.post.said.items() if len(heard) > before[who]} == {*told, "v-0102"}


async def test_words_from_the_officers_own_account_go_to_others(house: House) -> None:
    assert "110" in await house.reply("c-0005", CHILD)
    assert not await house.cases_of("c-0005")
    assert len(house.heard("c-0005")) == 1, "the answer to the child, and no word of it besides"
    assert CHILD in house.heard("c-0003")[-1]


async def test_what_a_child_s_family_says_later_is_an_alarm_like_any_other(house: House) -> None:
    await house.says("v-0102", CHILD)
    house.clock.forward(timedelta(minutes=31))
    assert "值班" in await house.reply("v-0102", "俺爹倒地上了叫不应")
    assert "倒地上" in house.heard("c-0103")[-1]
    before = len(house.heard("c-0103"))
    assert "传给值班" in await house.reply("v-0102", "大门锁着 从后门进"), "no longer a child's talk"
    assert len(house.heard("c-0103")) > before


NEIGHBOUR = "邻居家孩子身上老有伤 让后妈关门外头"


async def test_a_child_s_harm_told_by_a_neighbour_is_heard_by_the_child_officer_alone(house: House) -> None:
    said = await house.reply("v-0102", NEIGHBOUR)
    assert "110" in said
    assert "不经过村里" in said
    assert {who for who, heard in house.post.said.items() if heard} - {"v-0102"} == {"c-0005"}
    assert NEIGHBOUR in house.heard("c-0005")[-1]
    assert "不一定是这家" in house.heard("c-0005")[-1]
    (case,) = await house.cases_of("c-0005")
    assert not await house.cases_of("c-0103")
    assert set(case.said) == {"what"}, "where the speaker lives is not where it happens"
    await house.reply("v-0102", "是村东头老宋家 孩子六岁")
    assert "老宋家" in house.heard("c-0005")[-1]


async def test_who_told_of_another_s_child_still_hears_of_own_matters(house: House) -> None:
    await house.says("v-0102", NEIGHBOUR)
    house.clock.forward(timedelta(minutes=31))
    assert "路灯的事记下了" in await house.reply("v-0102", "俺家门口路灯坏了")
    assert not any((row["flags"] or {}).get("quiet") for row in await house.rows(people))


async def test_whom_a_parent_beats_is_heard_by_the_duty_and_by_who_protects_children(house: House) -> None:
    said = "俺爹喝醉了打俺"
    assert "110" in await house.reply("v-0101", said)
    assert {who for who, heard in house.post.said.items() if heard} - {"v-0101"} == {*DUTY, "c-0005"}
    (told,) = house.heard("c-0005")
    assert said in told
    assert "说不定是个孩子" in told


@pytest.mark.parametrize("said", ["她在床上起不来", "她瘫痪在床 下不了地", "俺娘腿脚不好 去不了"])
async def test_how_somebody_is_for_good_goes_on_with_the_answer_before(house: House, said: str) -> None:
    await house.says("v-0101", "俺娘的养老金认证怎么办")
    assert "533-1015" in await house.reply("v-0101", said)
    assert not await house.cases_of("c-0103")


async def test_the_same_words_with_no_answer_before_or_of_something_new_are_an_alarm(house: House) -> None:
    assert "120" in await house.reply("v-0101", "她在床上起不来")
    await house.says("v-0102", "俺娘的养老金认证怎么办")
    assert "120" in await house.reply("v-0102", "俺娘在床上起不来了")
    await house.says("v-0103", "俺娘的养老金认证怎么办")
    house.clock.forward(timedelta(minutes=6))
    assert "120" in await house.reply("v-0103", "她在床上起不来")
