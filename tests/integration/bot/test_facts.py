"""Facts in talk: a sheet brought and confirmed, an expired one asked once for all, what changed told again."""

from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

import pytest
import sqlalchemy as sa

from bot.dialogue.answers import expired
from knowledge import facts, factsheet
from knowledge.facts import Fact
from knowledge.models import retold
from tests.integration.bot.house import TOWN, House
from township.models import people
from workflows.models import case_events

TICK = timedelta(minutes=20)
KEEPER, SECOND = "c-0008", "c-0009"
PRICE = "电费多少钱一度"
FEAST = "哪天赶集"


def sheet(*rows: str) -> bytes:
    return "\n".join((",".join(factsheet.columns().values()), *rows)).encode()


async def bring(house: House, *rows: str, who: str = KEEPER) -> str:
    return await house.reply(who, file=("本镇常用事实.csv", sheet(*rows)))


async def confirm(house: House, who: str = SECOND) -> None:
    """Let the colleague who was asked say yes, some time later."""
    house.clock.forward(TICK)
    (task, *_) = await house.tasks_of(who)
    await house.says(who, f"同意 {task.code}")
    await house.passes()


async def known(house: House, question: str) -> Fact:
    found = await house.db.read(lambda tx: facts.in_force(tx, TOWN))
    return next(fact for fact in found if question in fact.questions)


# --- a sheet in the chat


async def test_a_sheet_is_shown_before_and_after_and_answers_once_a_second_person_agrees(house: House) -> None:
    said = await bring(house, f"{FEAST},逢五逢十，中心街,镇里新定,市场管理所,2027-12-31,2026-11-20,")
    assert "改 1 条" in said
    assert "农历逢三" in said
    assert "→ 逢五逢十，中心街" in said
    assert "丁一" in said
    assert "逢五逢十" not in await house.reply("v-0101", "哪天赶集")
    await confirm(house)
    answer = await house.reply("v-0101", "哪天赶集")
    assert "逢五逢十" in answer
    assert "2026年11月20日核对" in answer


async def test_nobody_confirms_the_own_sheet_and_a_sheet_sent_back_never_answers(house: House) -> None:
    await bring(house, f"{FEAST},逢五逢十,,,2027-12-31,,")
    assert await house.tasks_of(KEEPER) == []
    (task,) = await house.tasks_of(SECOND)
    await house.says(SECOND, f"退回 {task.code} 没有依据")
    assert "没有依据" in house.heard(KEEPER)[-1]
    assert "逢三" in await house.reply("v-0101", "哪天赶集")


async def test_wrong_rows_are_named_and_the_others_go_on(house: House) -> None:
    said = await bring(
        house, f"{FEAST},逢五逢十,,,明年,,", "书记手机,13912345678,,,,,", "游泳池在哪,镇东头,,,2027-12-31,,"
    )
    assert "新加 1 条" in said
    assert "第 2 行：“有效到”写的是“明年”，应像 2026-12-31。" in said
    assert "第 3 行：“答案”里有个人手机号" in said


async def test_the_phone_of_the_duty_is_no_private_one(house: House) -> None:
    assert "新加 1 条" in await bring(house, "夜里值班手机,13800000901,,,2027-12-31,,")


async def test_the_sheet_as_it_is_changes_nothing(house: House) -> None:
    rows, villages = await house.db.read(
        lambda tx: (facts.in_force(tx, TOWN), {"liushu": "柳树村", "taoyuan": "桃园村"})
    )
    again = factsheet.write(rows, villages)
    assert "没有要改的" in await house.reply(KEEPER, file=("常用事实.xlsx", again))
    assert await house.tasks_of(SECOND) == []


async def test_a_village_clerk_changes_facts_of_the_own_village_only(house: House) -> None:
    said = await bring(
        house, "村部电话,533-3199,,,2027-12-31,,", "桃园电话,533-3102,,,2027-12-31,,桃园村", who="c-0101"
    )
    assert "新加 1 条" in said
    assert "“桃园电话”是别的村的" in said
    await confirm(house, KEEPER)
    assert "533-3199" in await house.reply("v-0101", "村部电话")
    assert "533-3199" not in await house.reply("v-0201", "村部电话")


# --- a fact past its last day


async def test_several_who_ask_what_has_run_out_are_one_task_and_all_hear_the_answer(house: House) -> None:
    for who, asked in (("v-0101", PRICE), ("v-0201", "电费一度几毛啊"), ("v-0301", "居民电价是多少")):
        said = await house.reply(who, asked)
        assert "这条过期了" in said
        assert "0.5469" not in said
        assert "核2026-0001" in said
    assert [len(await house.tasks_of(who)) for who in (KEEPER, SECOND)] == [1, 1], "one case, for either keeper"
    (task,) = await house.tasks_of(KEEPER)
    await house.says(KEEPER, f"答复 {task.code} 居民第一档每度0.56元")
    await house.passes()
    for who in ("v-0101", "v-0201", "v-0301"):
        assert sum("0.56元" in each for each in house.heard(who)) == 1
    assert (await known(house, PRICE)).answer.startswith("居民第一档每度0.5469"), "not before a second person"


async def test_the_answer_renews_the_row_once_a_second_person_says_until_when(house: House) -> None:
    await house.says("v-0101", PRICE)
    (task,) = await house.tasks_of(KEEPER)
    await house.says(KEEPER, f"答复 {task.code} 居民第一档每度0.56元")
    assert await house.tasks_of(KEEPER) == [], "who answered does not decide as well"
    between = await house.reply("v-0201", PRICE)
    assert "刚问清楚的：居民第一档每度0.56元" in between
    (task,) = await house.tasks_of(SECOND)
    await house.says(SECOND, f"改到表里 {task.code} 2027-12-31")
    renewed = await known(house, PRICE)
    assert (renewed.answer, renewed.valid_until) == ("居民第一档每度0.56元", date(2027, 12, 31))
    assert renewed.last_checked == house.clock.now().date()
    assert "0.56元" in await house.reply("v-0301", PRICE)


async def test_a_day_that_is_over_is_not_taken(house: House) -> None:
    await house.says("v-0101", PRICE)
    (task,) = await house.tasks_of(KEEPER)
    await house.says(KEEPER, f"没变 {task.code}")
    (task,) = await house.tasks_of(SECOND)
    assert "已经过去了" in await house.reply(SECOND, f"改到表里 {task.code} 2026-01-01")
    assert (await known(house, PRICE)).valid_until == date(2026, 6, 30)


async def test_who_asked_finds_it_among_the_own_matters_and_asks_once(house: House) -> None:
    await house.says("v-0101", PRICE)
    await house.says("v-0201", PRICE)
    await house.says("v-0201", PRICE)
    assert "核2026-0001" in await house.reply("v-0201", "我的事办到哪了")
    joins = await house.rows(case_events, case_events.c.action == "join")
    assert [row["by_id"] for row in joins] == ["v-0201"]


async def test_in_a_group_nothing_old_is_said_and_the_answer_comes_to_who_asked(house: House) -> None:
    said = await house.reply("v-0201", PRICE, group="cidtaoyuan=")
    assert "这条过期了" in said
    (task,) = await house.tasks_of(KEEPER)
    await house.says(KEEPER, f"答复 {task.code} 每度0.56元")
    await house.passes()
    assert any("0.56元" in each for each in house.heard("v-0201"))


async def test_an_outsider_is_given_the_telephone(house: House) -> None:
    said = await house.reply("nobody-1", PRICE, outsider=True)
    assert "533-1234" in said
    assert "0.5469" not in said
    assert await house.tasks_of(KEEPER) == []


@pytest.mark.parametrize(
    ("owner", "person"),
    [
        ("民政办", "c-0004"),
        ("党政办", "c-0001"),
        ("柳树村文书", "c-0101"),
        ("吴敏", "c-0004"),
        ("司法所", "c-0011"),
        ("供电所", ""),
        ("王秀英", ""),
        ("", ""),
    ],
)
async def test_an_owner_is_a_cadre_by_name_or_by_office(house: House, owner: str, person: str) -> None:
    find = partial(expired.owner_of, town_id=TOWN, owner=owner, at=house.clock.now())
    assert await house.db.read(find) == person


# --- told again


async def told_old_rule(house: House, who: Iterable[str]) -> None:
    for one in who:
        await house.says(one, "哪天赶集")


async def changed(house: House) -> None:
    await bring(house, f"{FEAST},农历逢五、逢十赶集，在中心街。,,,2027-12-31,,")
    await confirm(house)


async def test_who_was_told_the_old_rule_hears_the_new_one_when_a_keeper_says_so(house: House) -> None:
    asked = ["v-0101", "v-0201", "v-0301"]
    await told_old_rule(house, asked)
    await house.says("v-0102", "哪天赶集", group="cidliushu=")
    await changed(house)
    (task,) = [one for one in await house.tasks_of(KEEPER) if one.number.startswith("改")]
    _, card = next(shown for shown in house.shown(KEEPER) if "改2026" in str(shown))
    assert "3 人，1 个群" in str(card)
    assert all("逢五、逢十" not in each for who in asked for each in house.heard(who)), "nothing leaves by itself"
    calls = house.ledger.purse("main").api_used
    await house.says(KEEPER, f"发出去 {task.code}")
    await house.passes()
    for who in asked:
        (said,) = [each for each in house.heard(who) if "以现在的为准" in each]
        assert "逢三" in said
        assert "逢五、逢十" in said
    assert any("逢五、逢十" in each for each in house.heard("cidliushu="))
    assert house.ledger.purse("main").api_used - calls <= 4, "three people are one call, the group is another"
    assert len(await house.rows(retold)) == 4
    await house.later(days=1)
    assert [one for one in await house.tasks_of(KEEPER) if one.number.startswith("改")] == []
    assert sum("以现在的为准" in each for each in house.heard("v-0101")) == 1


async def test_who_has_no_account_is_rung_up_and_who_was_erased_is_not(house: House) -> None:
    await told_old_rule(house, ["v-0101", "v-0201"])
    gone = sa.update(people).where(people.c.id == "v-0201").values(erased_at=house.clock.now())
    await house.db.write(lambda tx: tx.execute(gone))
    await changed(house)
    _, card = next(shown for shown in house.shown(KEEPER) if "改2026" in str(shown))
    assert "1 人，0 个群" in str(card)


async def test_whom_a_call_does_not_reach_is_put_on_the_call_list(house: House) -> None:
    await told_old_rule(house, ["v-0101"])
    await changed(house)
    house.post.missed = {"v-0101"}
    (task,) = [one for one in await house.tasks_of(KEEPER) if one.number.startswith("改")]
    await house.says(KEEPER, f"发出去 {task.code}")
    await house.passes()
    (line,) = await house.calls_of("c-0001")
    assert line.person == "王秀英"
    assert "逢五、逢十" in line.text


async def test_a_keeper_may_leave_people_alone(house: House) -> None:
    await told_old_rule(house, ["v-0101"])
    await changed(house)
    (task,) = [one for one in await house.tasks_of(KEEPER) if one.number.startswith("改")]
    await house.says(KEEPER, f"不用告诉 {task.code}")
    await house.later(days=1)
    assert all("以现在的为准" not in each for each in house.heard("v-0101"))
    assert [one for one in await house.tasks_of(KEEPER) if one.number.startswith("改")] == []


# --- a notice of the own village


async def test_what_is_asked_of_today_is_answered_by_the_notice_of_the_own_village(house: House) -> None:
    assert "11月24日、25日" in await house.reply("v-0201", "今儿停水不")
    assert "11月24日" not in await house.reply("v-0101", "今儿停水不")
    assert "11月24日、25日" in await house.reply("v-0201", "今儿停水不", group="cidtaoyuan=")


PAY = """示例县示例镇人民政府文件
示例政发〔2026〕99号
关于冬季扫雪补贴的通知
各村：
第一条 各村扫雪人员每人每天补贴{pay}。
第二条 扫雪从十二月一日开始。
"""


async def test_who_was_told_a_clause_hears_what_took_its_place(house: House) -> None:
    await house.says(KEEPER, file=("扫雪.txt", PAY.format(pay="五十二元").encode()))
    await confirm(house)
    assert "五十二元" in await house.reply("v-0101", "扫雪补贴一天多少钱")
    await house.reply("v-0201", "扫雪从哪天开始")
    house.clock.forward(timedelta(days=1))
    await house.says(KEEPER, file=("扫雪新.txt", PAY.format(pay="六十元").encode()))
    await confirm(house)
    (task,) = [one for one in await house.tasks_of(KEEPER) if one.number.startswith("改")]
    _, card = next(shown for shown in house.shown(KEEPER) if "改2026" in str(shown))
    assert "1 人，0 个群" in str(card), "of the other clause nothing has changed"
    await house.says(KEEPER, f"发出去 {task.code}")
    await house.passes()
    (said,) = [each for each in house.heard("v-0101") if "以现在的为准" in each]
    before, after = (f"各村扫雪人员每人每天补贴{pay}" for pay in ("五十二元", "六十元"))
    assert f"《关于冬季扫雪补贴的通知》第一条：原来说“{before}”，现在是“{after}”" in said
    assert all("以现在的为准" not in each for each in house.heard("v-0201"))
