"""Lists, rounds and what is shown to everybody, as grid workers, villagers and cadres talk about them."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from bot.bulk import BULK, Bulk
from bot.dialogue import services
from skills import registry
from skills.crowds import Crowd
from tests.integration.bot.house import TOWN, House
from township import directory
from township.db import Tx
from township.models import jobs
from township.scope import Scope
from workflows import cases as door
from workflows.cases import Opening
from workflows.models import cases
from workflows.public import endings
from workflows.rounds import opening

ROOT = Path(__file__).parents[1] / "workflows" / "lists"
GRID, CLERK, HEAD, TOWN_CLERK = "c-0103", "c-0101", "c-0102", "c-0001"
ROWS = ["村,户主,组,应缴", "柳树村,钱大,一组,60", "柳树村,孙二,一组,80", "柳树村,周三,二组,80", "桃园村,吴四,二组,90"]


@pytest.fixture
async def many(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    """A town with the services that begin many cases at once."""
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)
    for loaded in registry.load_all(ROOT):
        assert loaded.skill is not None, loaded.problems
        now = house.clock.now()
        await house.db.write(partial(registry.install, town_id=TOWN, skill=loaded.skill, by=None, now=now))
    return house


@pytest.fixture
def bring(many: House) -> Callable[..., str]:
    def brought(rows: list[str] = ROWS) -> str:
        def scope(tx: Tx) -> Scope:
            person = directory.person(tx, TOWN_CLERK)
            assert person is not None
            return directory.scope_of(tx, person, many.clock.now())

        crowd = Crowd(many.db, TOWN, "well_fee")
        return crowd.bring("\n".join(rows), many.db.read_now(scope), "", many.clock.now())

    return brought


async def test_a_list_is_one_message_and_is_worked_off_by_its_numbers(many: House, bring: Callable[..., str]) -> None:
    assert "新开 4 行" in bring()
    await many.quiet()
    await many.later(minutes=11)
    told = [said for said in many.heard(GRID) if "名下新来" in said]
    assert len(told) == 1
    assert "您名下新来 3 户" in told[0]
    assert many.shown(GRID) == [], "not a card a row"
    listed = await many.reply(GRID, "单子")
    assert "还剩 3 户" in listed
    assert "2 孙二 一组 80 元" in listed
    assert "吴四" not in listed
    said = await many.reply(GRID, "1 3 已缴；2 不在家 去县里了")
    assert "已缴：1 钱大、3 周三" in said
    assert "不在家：2 孙二" in said
    assert "还剩 1 户" in said
    assert "没记上：1（单子上没有，或者已经办了）" in await many.reply(GRID, "1 已缴")
    crowd = Crowd(many.db, TOWN, "well_fee")
    scope = Scope(TOWN, person_id=TOWN_CLERK, offices=frozenset({("town_clerk", None)}))
    assert "收缴情况=已缴" in crowd.sheet(scope, "钱大", many.clock.now())
    assert "说明=去县里了 谁收的=李海" in crowd.sheet(scope, "孙二", many.clock.now())


async def test_all_at_once_is_shown_first_and_done_with_its_code(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    shown = await many.reply(GRID, "把柳树村的都已缴")
    assert "“已缴”这 3 件，办完就办结了" in shown
    assert "钱*" in shown
    assert "钱大" not in shown
    code = shown.rpartition("确认 ")[2][:4]
    assert "还剩 3 户" in await many.reply(GRID, "单子")
    assert "不对" in await many.reply(GRID, "确认 2222")
    code = (await many.reply(GRID, "柳树村的全部已缴")).rpartition("确认 ")[2][:4]
    assert "已缴：办好 3 件" in await many.reply(GRID, f"确认 {code}")
    assert [row["result"] for row in await many.rows(cases, cases.c.village_id == "liushu")] == ["done"] * 3


async def test_what_changed_since_it_was_shown_is_not_done(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    code = (await many.reply(GRID, "都已缴")).rpartition("确认 ")[2][:4]
    await many.reply(GRID, "2 不缴 去年的没修")
    assert "不对" in await many.reply(GRID, f"确认 {code}")
    left = await many.rows(cases, cases.c.village_id == "liushu")
    assert sorted(row["result"] for row in left) == ["", "", "refused"]


async def test_more_than_a_chunk_is_an_errand_with_one_word_at_the_end(many: House, bring: Callable[..., str]) -> None:
    bring([ROWS[0], *(f"柳树村,钱{n},一组,60" for n in range(60))])
    await many.later(minutes=11)
    code = (await many.reply(GRID, "都已缴")).rpartition("确认 ")[2][:4]
    assert "60 件" in await many.reply(GRID, f"确认 {code}")
    await many.passes()
    (job,) = await many.rows(jobs, jobs.c.name == BULK)
    await asyncio.to_thread(Bulk(many.db, many.clock).run, job["args"])
    await many.later(minutes=11)
    assert sum("已缴：办好 60 件" in said for said in many.heard(GRID)) == 1
    assert {row["result"] for row in await many.rows(cases, cases.c.village_id == "liushu")} == {"done"}


async def test_a_round_nobody_speaks_of_is_silent_and_whoever_lives_there_may_say_it_did_not_come(many: House) -> None:
    await many.db.write(partial(opening.plan, now=many.clock.now()))
    await many.later(days=2)
    while await many.db.write(partial(opening.sweep, now=many.clock.now())):
        continue
    assert "孙立国已经看到了" in await many.reply("v-0101", "巡路灯的没来")
    row = next(iter(await many.rows(cases, cases.c.skill == "lamp_round", cases.c.village_id == "liushu")))
    assert row["stage"] == "mend"
    assert [task.case_id for task in await many.tasks_of(HEAD)] == [row["id"]]
    assert "已经有人说了" in await many.reply("v-0102", "巡路灯的没来啊")
    others = await many.rows(cases, cases.c.skill == "lamp_round", cases.c.stage == "mend")
    assert len(others) == 1


async def test_an_objection_in_chat_holds_what_is_shown_and_a_group_hears_nothing_of_it(many: House) -> None:
    def report(tx: Tx) -> str:
        fields = {"name": "王小满", "what": "爹病了"}
        at = many.clock.now()
        case_id = door.open(tx, Opening(TOWN, "school_aid", "k1", fields, at, spoke="v-0101"), now=at).case_id
        fits = door.Act(TOWN, case_id, "fits", "k2", CLERK, {"amount": "800"})
        door.act(tx, fits, now=at)
        return case_id

    case_id = many.db.write_now(report)
    listed = await many.reply("v-0102", "有什么公示")
    assert "王** 800 元" in listed
    assert "小满" not in listed
    assert "有什么意见" in await many.reply("v-0102", "我对公示有意见")
    assert "不会告诉别人" in await many.reply("v-0102", "他家有小轿车")
    await many.later(days=14)
    await many.db.write(partial(endings.sweep, now=many.clock.now()))
    (row,) = await many.rows(cases, cases.c.id == case_id)
    assert row["stage"] == "publish", "an objection is open"
