"""A cadre is away: who stands in is written down by one sentence, both are told, and what waits goes over."""

from datetime import datetime

import pytest

from tests.integration.bot.house import House
from township.clock import SHANGHAI
from township.models import grants

FRIDAY = datetime(2026, 11, 27, 18, 0, tzinfo=SHANGHAI)


async def deputies_of(house: House, absent: str) -> list[tuple[str, str, datetime]]:
    rows = await house.rows(grants, grants.c.stands_in_for == absent)
    return [(row["person_id"], row["role"], row["ends_at"].astimezone(SHANGHAI)) for row in rows]


@pytest.mark.parametrize(
    "said",
    ["我去县里开会到周五 让老刘替我", "我出差到周五让老刘替我", "我休假到27号，由刘梅代班", "我请假五天，刘主任替我"],
)
async def test_who_is_away_names_the_deputy_and_both_hear_it(house_on_both: House, said: str) -> None:
    house = house_on_both
    answer = await house.reply("c-0102", said)
    assert "刘梅代孙立国到 11月27日（周五）18:00" in answer
    assert await deputies_of(house, "c-0102") == [("c-0104", "village_head", FRIDAY)]
    assert "刘梅代孙立国" in house.heard("c-0104")[-1]


async def test_what_waits_goes_to_the_deputy_and_so_does_what_comes(house: House) -> None:
    await house.says("v-0101", "路灯不亮了")
    assert "转给刘梅了" in await house.reply("c-0101", "我出差到周五让老刘替我")
    (task,) = await house.tasks_of("c-0104")
    assert await house.tasks_of("c-0101") == []
    await house.says("v-0102", "井盖没了")
    assert len(await house.tasks_of("c-0104")) == 2
    await house.says("c-0104", f"办好了 {task.code} 换了灯泡")
    assert "换了灯泡" in house.heard("v-0101")[-1]


async def test_a_head_says_it_for_the_grid_worker_and_is_asked_who_stands_in(house: House) -> None:
    assert "谁替李海" in await house.reply("c-0102", "李海休假到周五")
    said = await house.reply("c-0102", "刘梅")
    assert "刘梅代李海" in said
    assert "13800000001" in said, "the duty phone stays, and that is said"
    assert await deputies_of(house, "c-0103") == [("c-0104", "grid_worker", FRIDAY)]
    assert "刘梅代李海" in house.heard("c-0103")[-1]
    assert "刘梅代李海" in house.heard("c-0104")[-1]


async def test_nobody_arranges_for_another_village_or_as_a_villager(house: House) -> None:
    assert "不归您排" in await house.reply("c-0102", "许静休假到周五")
    await house.says("v-0101", "李海休假到周五 让老刘替他")
    assert await deputies_of(house, "c-0103") == []


async def test_who_is_back_takes_over_again(house: House) -> None:
    await house.says("c-0101", "我出差到周五让老刘替我")
    assert "刘梅" in await house.reply("c-0101", "我回来了")
    await house.says("v-0101", "路灯不亮了")
    assert len(await house.tasks_of("c-0101")) == 1
    assert await house.tasks_of("c-0104") == []


async def test_complaints_do_not_go_to_a_deputy_who_is_not_named_for_them(house: House) -> None:
    await house.says("v-0102", "俺要举报村会计吃回扣")
    assert "指定的人" in await house.reply("c-0006", "我出差到周五让郑晓东替我")
    assert not any(role == "discipline" for _, role, _ in await deputies_of(house, "c-0006"))
    assert all(case.skill != "grievance" for case in await house.cases_of("c-0001"))


async def test_a_colleague_is_asked_to_look_first(house: House) -> None:
    await house.says("v-0103", "俺家屋顶漏雨")
    said = await house.reply("c-0101", "赵兰这人俺不认得 让网格员先瞧瞧")
    assert "李海" in said
    (task,) = await house.tasks_of("c-0103")
    assert task.stage == "assign"
    (case,) = await house.cases_of("v-0103")
    assert case.due_at


async def test_of_several_tasks_it_is_asked_which(house: House) -> None:
    await house.says("v-0103", "俺家屋顶漏雨")
    await house.says("v-0101", "路灯不亮了")
    said = await house.reply("c-0101", "让网格员先瞧瞧")
    codes = [task.code for task in await house.tasks_of("c-0101")]
    assert all(code in said for code in codes)
    await house.says("c-0101", f"转交 {codes[0]} 李海")
    assert len(await house.tasks_of("c-0103")) == 1


async def test_a_task_is_handed_on_by_the_name_of_a_colleague(house: House) -> None:
    await house.says("v-0101", "路灯不亮了")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"转给别人 {task.code} 李海")
    assert len(await house.tasks_of("c-0103")) == 1


async def test_who_looked_first_gives_it_back_and_who_asked_decides(house: House) -> None:
    """Asked before, an opinion typed with the code, and the task is again with who asked, with the reason kept."""
    await house.says("v-0103", "俺家屋顶漏雨")
    said = await house.reply("c-0101", "赵兰这人俺不认得 让网格员先瞧瞧")
    assert "由您定" in said
    assert await house.tasks_of("c-0101") == []
    (task,) = await house.tasks_of("c-0103")
    await house.says("c-0103", f"有意见 {task.code} 她不住这屋")
    assert await house.tasks_of("c-0103") == []
    (again,) = await house.tasks_of("c-0101")
    (case,) = await house.cases_of("v-0103")
    assert case.said["opinion"] == "她不住这屋"
    await house.says("c-0101", f"办好了 {again.code} 找人修了")
    assert "找人修了" in house.heard("v-0103")[-1]


async def test_who_was_asked_is_let_off_and_nothing_is_taken_back_that_a_villager_has_heard(house: House) -> None:
    await house.says("v-0103", "俺家屋顶漏雨")
    await house.says("c-0101", "让网格员先瞧瞧")
    assert "不用他看了" in await house.reply("c-0101", "不用他看了 李海")
    (again,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {again.code} 找人修了")
    assert "不能“拿回”" in await house.reply("c-0101", "拿回")


async def test_a_step_is_taken_back_in_words(house: House) -> None:
    await house.says("v-0103", "俺家屋顶漏雨")
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"退回镇里 {task.code} 不归我管")
    assert await house.tasks_of("c-0101") == []
    assert "拿回" in await house.reply("c-0101", "拿回")
    assert len(await house.tasks_of("c-0101")) == 1
