"""Lists, rounds and what is shown to everybody, as grid workers, villagers and cadres talk about them."""

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.chores.bulk import BULK, Bulk
from bot.dialogue.meaning import services
from skills import registry
from skills.rehearsal.crowds import Crowd
from tests.integration.bot.house import TOWN, House
from township import directory
from township.db import Tx
from township.errors import Mistake, Refused
from township.models import jobs, person_values
from township.scope import Scope
from workflows import cases as door
from workflows.cases import Opening
from workflows.models import cases
from workflows.public import endings
from workflows.rosters import filling
from workflows.rounds import opening

ROOT = Path(__file__).parents[1] / "workflows" / "lists"
WATCHER = Scope(TOWN, person_id="c-0001", offices=frozenset({("town_clerk", None)}))
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
    assert "没记上：1（已经记了“已缴”；记错了就回：1 记错了）" in await many.reply(GRID, "1 已缴")
    crowd = Crowd(many.db, TOWN, "well_fee")
    scope = Scope(TOWN, person_id=TOWN_CLERK, offices=frozenset({("town_clerk", None)}))
    assert "收缴情况=已缴" in crowd.sheet(scope, "钱大", many.clock.now())
    assert "说明=去县里了 谁收的=李海" in crowd.sheet(scope, "孙二", many.clock.now())


async def test_what_a_newer_sheet_replaces_is_kept_nowhere(many: House, bring: Callable[..., str]) -> None:
    bring()
    assert "改了" in bring([ROWS[0], "柳树村,钱大,一组,61"])
    texts = sa.select(person_values.c.value).where(person_values.c.value.like('%"cells"%钱大%'))
    held = await many.db.read(lambda tx: list(tx.scalars(texts)))
    assert len(held) == 1
    assert "61" in held[0]


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


async def test_a_mark_is_taken_back_and_said_otherwise(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    await many.reply(GRID, "1 2 3 已缴")
    said = await many.reply(GRID, "1 记错了；2 没缴；3 记错了，是不在家 去县里了")
    assert "改回来了，不算“已缴”：1 钱大、2 孙二、3 周三。" in said
    assert "记好了，不在家：3 周三" in said
    assert "还剩 3 户" in said
    rows = await many.rows(cases, cases.c.village_id == "liushu")
    assert [(row["stage"], row["result"], row["closed_at"]) for row in rows] == [("collect", "", None)] * 3
    sheet = Crowd(many.db, TOWN, "well_fee")
    assert "收缴情况= 说明= 谁收的= 哪天=" in sheet.sheet(WATCHER, "钱大", many.clock.now())
    assert "收缴情况=不在家 说明=去县里了 谁收的=李海" in sheet.sheet(WATCHER, "周三", many.clock.now())


async def test_a_remark_that_was_wrong_is_wrong_no_more(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    await many.reply(GRID, "1 不在家 去县里了")
    assert "不算“不在家”：1 钱大" in await many.reply(GRID, "1 弄错了")
    assert "没有记过" in await many.reply(GRID, "1 弄错了"), "there is nothing more to take back"
    sheet = Crowd(many.db, TOWN, "well_fee")
    assert "收缴情况= 说明= 谁收的= 哪天=" in sheet.sheet(WATCHER, "钱大", many.clock.now())
    (row,) = (one for one in await many.rows(cases, cases.c.village_id == "liushu") if one["seq"] > 1)
    assert "why" not in row["fields"]


async def test_what_is_denied_must_have_been_said(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    await many.reply(GRID, "1 不在家；2 已缴")
    assert "1（记的是“不在家”）" in await many.reply(GRID, "1 没缴")
    assert "已经记了“已缴”；记错了就回：2 记错了" in await many.reply(GRID, "2 不在家")
    assert "没有记过" in await many.reply(GRID, "3 没缴")


async def test_the_last_row_of_a_list_can_be_taken_back_too(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    assert "都办完了" in await many.reply(GRID, "1 2 3 已缴")
    assert "改回来了" in await many.reply(GRID, "2 记错了")
    assert "还剩 1 户" in await many.reply(GRID, "单子")


async def test_a_mark_made_elsewhere_can_be_taken_back_in_chat(many: House, bring: Callable[..., str]) -> None:
    bring()
    for number in (1, 2, 3):
        Crowd(many.db, TOWN, "well_fee").mark(GRID, f"{number} 已缴", f"console:{number}", many.clock.now())
    await many.later(minutes=11)
    assert "改回来了，不算“已缴”：2 孙二" in await many.reply(GRID, "2 记错了")


async def test_nobody_takes_back_what_somebody_else_has_marked(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    await many.reply(GRID, "1 已缴")
    (row,) = (one for one in await many.rows(cases, cases.c.village_id == "liushu") if one["result"])
    acting = door.Act(TOWN, row["id"], "take_back", "k9", HEAD, {})
    with pytest.raises(Refused):
        await many.db.write(partial(door.act, acting=acting, now=many.clock.now()))


async def test_words_behind_a_mark_are_kept_and_go_back_into_the_sheet(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    await many.reply(GRID, "1 已缴 现金800；2 不在家 去县里了")
    await many.reply(GRID, "2 已缴 儿子送来的")
    sheet = Crowd(many.db, TOWN, "well_fee")
    assert "收缴情况=已缴 说明=现金800 谁收的=李海" in sheet.sheet(WATCHER, "钱大", many.clock.now())
    assert "收缴情况=已缴 说明=去县里了；儿子送来的" in sheet.sheet(WATCHER, "孙二", many.clock.now())


async def test_whoever_has_nothing_hears_nothing_of_being_done(many: House, bring: Callable[..., str]) -> None:
    bring(["村,户主,组,应缴", "桃园村,吴四,二组,90"])
    await many.later(minutes=11)
    assert "您手上没有单子" in await many.reply(GRID, "单子")
    said = Crowd(many.db, TOWN, "well_fee").mark(GRID, "1 已缴", "k1", many.clock.now())
    assert "都办完了" not in said
    assert "现在没有要办的" in said


async def test_villages_of_a_round_are_counted_as_villages(many: House) -> None:
    await many.db.write(partial(opening.plan, now=many.clock.now()))
    await many.later(days=2)
    while await many.db.write(partial(opening.sweep, now=many.clock.now())):
        continue
    await many.later(minutes=11)
    assert "还剩 1 个村" in await many.reply(GRID, "单子")


@pytest.mark.parametrize("skill", ["well_fee", "elder_visit"])
async def test_whoever_brought_a_sheet_gets_all_of_it_back(many: House, skill: str) -> None:
    clerk = Scope(TOWN, person_id="c-0005", offices=frozenset({("civil_affairs", None)}))
    head = {"well_fee": "村,户主,组,应缴\n柳树村,钱大,一组,60", "elder_visit": "老人,住处\n钱大,村东"}
    crowd = Crowd(many.db, TOWN, skill)
    crowd.bring(head[skill], Scope(TOWN, person_id=TOWN_CLERK), "柳树村", many.clock.now())
    with pytest.raises(Mistake) as none:
        crowd.sheet(clerk, "钱大", many.clock.now())
    assert none.value.code == "roster_none_to_see"
    crowd.bring(head[skill], clerk, "柳树村", many.clock.now())
    assert "钱大" in crowd.sheet(clerk, "钱大", many.clock.now())


async def test_a_sheet_that_was_written_back_can_be_brought_again(many: House, bring: Callable[..., str]) -> None:
    bring()
    await many.later(minutes=11)
    await many.reply(GRID, "1 已缴；2 不在家 去县里了")
    filled = await many.db.write(lambda tx: filling.fill(tx, WATCHER, "well_fee", now=many.clock.now()))
    assert "新开 0 行；以前就有 4 行" in bring([",".join(row) for row in filled.table()])
    again = await many.db.write(lambda tx: filling.fill(tx, WATCHER, "well_fee", now=many.clock.now()))
    assert again == filled
