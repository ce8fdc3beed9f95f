"""Whoever keeps documents hears in one line what runs out, and has the list in chat."""

from datetime import date, datetime

import sqlalchemy as sa

from bot.chores.upkeep import Upkeep
from knowledge.models import versions
from knowledge.validity import contradictions
from tests.integration.bot.house import TOWN, House
from township.clock import SHANGHAI
from township.models import jobs

CHEAPER = (
    "示例县示例镇人民政府文件\n示例政发〔2026〕98号\n关于高龄津贴的说明\n示例镇人民政府\n2026年11月20日\n"
    "第一条 高龄津贴八十至八十九周岁的老人每人每月九十元。\n第二条 本说明自2026年11月20日起施行。\n"
).encode()


async def test_what_runs_out_is_one_line_to_its_keeper_and_never_said_twice(house: House) -> None:
    upkeep = Upkeep(house.db, house.clock)
    assert await upkeep.keep()
    assert not await upkeep.keep()
    await house.passes()
    keepers = [who for who in ("c-0008", "c-0009") if house.heard(who)]
    assert len(keepers) == 1
    (line,) = house.heard(keepers[0])
    assert "60天内到期" in line
    assert "《示例镇便民服务大厅" not in line, "it runs out in a year"
    ended = await house.rows(versions, versions.c.warned_on.is_not(None))
    assert ended
    assert all(date(2026, 11, 23) <= row["in_force_until"] <= date(2027, 1, 22) for row in ended)


async def test_a_keeper_reads_the_list_in_chat_and_nobody_else_does(house: House) -> None:
    said = await house.reply("c-0008", "文件清单")
    assert "正拿来回答" in said
    assert "60天内到期" in said
    assert "没改成" not in said, "what a file replaces by the manifest is over, and no work for anybody"
    assert "60天内到期" not in await house.reply("v-0101", "文件清单")


async def test_a_contradiction_is_looked_for_once_for_each_change_and_day(house: House) -> None:
    upkeep = Upkeep(house.db, house.clock)
    await upkeep.keep()
    await upkeep.keep()
    asked = sa.and_(jobs.c.name == contradictions.COMPARE)
    assert len(await house.rows(jobs, asked)) == 1
    await house.says("c-0008", file=("说明.txt", CHEAPER))
    (task,) = await house.tasks_of("c-0009")
    await house.says("c-0009", f"同意 {task.code}")
    await upkeep.keep()
    assert len(await house.rows(jobs, asked)) == 2
    assert upkeep.compare({"town": TOWN}) >= 1
    found = await house.db.read(lambda tx: contradictions.listed(tx, TOWN))
    assert [{one.first.says, one.second.says} for one in found if not one.is_local] == [{"九十元", "六十元"}]
    assert "互相打架 1 处" in await house.reply("c-0008", "文件清单")
    await house.until(datetime(2026, 11, 24, 9, tzinfo=SHANGHAI))
    await upkeep.keep()
    assert len(await house.rows(jobs, asked)) == 3
