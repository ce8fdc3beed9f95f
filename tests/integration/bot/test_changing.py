"""A clerk changes a service in one sentence: shown before and after, put in force by another; open cases go on."""

import re
from datetime import timedelta

import pytest

from bot.dialogue.meaning import services
from skills import registry
from skills.manifest import Manifest
from tests.integration.bot.house import TOWN, House
from workflows.models import case_events, cases, definitions

CLERK, KEEPER, VILLAGE_CLERK = "c-0001", "c-0008", "c-0101"
REPORT = "village_report"


async def manifest(house: House, skill: str = REPORT) -> Manifest | None:
    offered = await house.db.read(lambda tx: registry.offered(tx, TOWN))
    return next((one.manifest for one in offered if one.id == skill), None)


async def agree(house: House, who: str = CLERK) -> str:
    (task,) = await house.tasks_of(who)
    return await house.reply(who, f"同意 {task.code}")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was switched on is looked for in every turn, not once a second."""
    monkeypatch.setattr(services, "ASKED_AGAIN", 0.0)


async def test_a_change_takes_two_and_open_cases_keep_their_version(house: House) -> None:
    await house.says("v-0101", "门口路灯坏了")
    (before,) = [row["definition"] for row in await house.rows(cases)]
    said = await house.reply(KEEPER, "你钉我办的等村民说好没好的时限改成5天")
    assert "7 天 → 5 天" in said
    assert "等郑晓东核对" in said
    unchanged = await manifest(house)
    assert unchanged is not None
    assert str(unchanged.workflow.stages["confirm"].within) == "7 day"
    await agree(house)
    assert "核对过了" in house.heard(KEEPER)[-1]
    found = await manifest(house)
    assert found is not None
    assert str(found.workflow.stages["confirm"].within) == "5 day"
    await house.says("v-0102", "井盖没了")
    versions = {row["number"]: row["definition"] for row in await house.rows(cases, cases.c.skill == REPORT)}
    assert list(versions.values()).count(before) == 1
    assert len(set(versions.values())) == 2


async def test_who_asked_for_a_change_cannot_say_yes_to_it(house: House) -> None:
    await house.says(CLERK, "停用你钉我办")
    assert not any(task.stage == "review" for task in await house.tasks_of(CLERK))
    assert await manifest(house) is not None


async def test_a_service_is_taken_off_and_offered_again(house: House) -> None:
    assert "停用" in await house.reply(KEEPER, "停用你钉我办")
    await agree(house)
    assert await manifest(house) is None
    assert "启用" in await house.reply(KEEPER, "启用你钉我办")
    await agree(house)
    assert await manifest(house) is not None


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("你钉我办的归口改成便民服务中心", "村建办 → 便民服务中心"),
        ("给你钉我办加一个说法：灯泡子瞎了", "灯泡子瞎了"),
        ("你钉我办加一类：充电桩", "充电桩"),
        ("你钉我办的镇里定谁办由便民服务中心办", "镇文书 或者 镇值班 → 便民服务中心"),
        ("你钉我办的退回镇里最多改成3次", "最多几次：2 → 3"),
        ("把你钉我办的“是什么事，在哪里？说一句就行。”改成“是啥事，在哪？”", "→ 是啥事，在哪？"),
        ("你钉我办的有人接手改成3个工作小时", "3 个工作小时"),
        ("居住情况证明的份数最多改成3份", "5 → 3"),
    ],
)
async def test_the_common_changes_are_shown_before_and_after(house: House, said: str, shown: str) -> None:
    answer = await house.reply(KEEPER, said)
    assert shown in answer, answer
    assert "核对" in answer


async def test_a_quoted_message_is_enough_to_change_its_sentence(house: House) -> None:
    heard = await house.reply("v-0101", "门口路灯坏了")
    answer = await house.reply(
        KEEPER, "这句话改成“{哪一类}的事记好了，{编号}，{谁在办}来办，{最晚}前有人接手。”", quote=heard
    )
    assert "→ {哪一类}的事记好了" in answer


async def test_the_trail_says_who_wanted_it_and_who_said_yes(house: House) -> None:
    await house.says(KEEPER, "你钉我办的归口改成便民服务中心")
    await agree(house)
    (case,) = await house.rows(cases, cases.c.skill == "service_change")
    events = await house.rows(case_events, case_events.c.case_id == case["id"])
    assert [(row["action"], row["by_id"]) for row in events][-1] == ("approve", CLERK)
    (row,) = await house.rows(definitions, definitions.c.skill == REPORT, definitions.c.state == "published")
    assert (row["created_by"], row["published_by"]) == (KEEPER, CLERK)


async def test_a_second_change_meanwhile_is_not_overwritten(house: House) -> None:
    await house.says(KEEPER, "你钉我办的归口改成便民服务中心")
    await house.says(KEEPER, "你钉我办的归口改成民政办")
    first, second = sorted(await house.tasks_of(CLERK), key=lambda task: task.opened_at)
    await house.says(CLERK, f"同意 {first.code}")
    assert "有人改过" in await house.reply(CLERK, f"同意 {second.code}")
    found = await manifest(house)
    assert found is not None
    assert found.owner == "便民服务中心"


async def test_nobody_else_changes_a_service_and_a_villager_is_not_understood_so(house: House) -> None:
    assert "镇文书" in await house.reply(VILLAGE_CLERK, "你钉我办的归口改成俺村")
    await house.says("v-0101", "停用你钉我办")
    assert await house.rows(cases, cases.c.skill == "service_change") == []


async def test_what_only_named_people_see_is_not_changed_in_a_chat(house: House) -> None:
    shipped = registry.load(registry.HERE / "grievance").skill
    assert shipped is not None
    assert "只有指定的人" in await house.reply(KEEPER, f"停用{shipped.manifest.name}")


async def test_a_change_that_breaks_the_service_is_refused_with_why(house: House) -> None:
    said = await house.reply(KEEPER, "把你钉我办的“是什么事，在哪里？说一句就行。”改成“{气球}？”")
    assert "气球" in said
    assert await house.rows(cases, cases.c.skill == "service_change") == []


@pytest.fixture
async def feast(house: House) -> House:
    """A service of the gallery with many lines is in force."""
    skill = registry.load(registry.HERE / "gallery/feast").skill
    assert skill is not None
    await house.db.write(lambda tx: registry.install(tx, TOWN, skill, by=None, now=house.clock.now()))
    return house


def lines_of(skill: Manifest) -> list[str]:
    return re.findall(r"tables [<>=]+ (\d+)", str(skill.model_dump(mode="json", by_alias=True)))


async def test_where_a_wish_fits_several_places_they_are_listed_and_one_is_taken(feast: House) -> None:
    before = await manifest(feast, "feast")
    assert before is not None
    asked = await feast.reply(KEEPER, "家宴的桌数线改成12")
    listed = [line for line in asked.splitlines() if re.match(r"\d+\. ", line)]
    assert len(listed) == len(lines_of(before)) >= 8
    assert "几桌 不少于 10，才问“掌勺师傅”" in asked
    assert "几桌 不少于 30，到“" in asked
    assert await feast.rows(cases, cases.c.skill == "service_change") == []
    said = await feast.reply(KEEPER, "1")
    assert "等郑晓东核对" in said
    assert sorted(lines_of(await manifest(feast, "feast") or before)) == sorted(lines_of(before)), "nobody has agreed"
    await agree(feast)
    after = await manifest(feast, "feast")
    assert after is not None
    assert lines_of(after).count("12") == 1


@pytest.mark.parametrize(
    "said", ["把家宴的最多几桌改成80", "家宴最多几桌改成80桌", "家宴的几桌最多改成80", "家宴的最多多少桌改为八十"]
)
async def test_how_many_at_most_is_the_bound_of_the_question_and_no_line(feast: House, said: str) -> None:
    assert "几桌 · 最多：60 → 80" in await feast.reply(KEEPER, said)


async def test_times_are_no_line_of_money(house: House) -> None:
    skill = registry.load(registry.HERE / "gallery/relief").skill
    assert skill is not None
    await house.db.write(lambda tx: registry.install(tx, TOWN, skill, by=None, now=house.clock.now()))
    for said in ("临时救助的最多几次改成3次", "临时救助的次数改成3次", "临时救助的人数线改成3人"):
        assert "5000" not in await house.reply(KEEPER, said)
    assert "8000 元" in await house.reply(KEEPER, "临时救助的金额线改成8000元")


@pytest.mark.parametrize(
    ("word", "count"), [("1和3", 2), ("1到3", 3), ("第二处", 1), ("2、 4都改", 2), ("30的都改", 1), ("都改", 0)]
)
async def test_places_are_chosen_by_their_numbers_or_all_at_once(feast: House, word: str, count: int) -> None:
    before = await manifest(feast, "feast")
    assert before is not None
    await feast.says(KEEPER, "家宴的桌数线改成12")
    assert "核对" in await feast.reply(KEEPER, word)
    await agree(feast)
    after = await manifest(feast, "feast")
    assert after is not None
    assert lines_of(after).count("12") == (count or len(lines_of(before)))


async def test_a_number_that_is_not_there_is_asked_again_and_it_can_be_called_off(feast: House) -> None:
    await feast.says(KEEPER, "家宴的桌数线改成12")
    assert "没有第 40 处" in await feast.reply(KEEPER, "40")
    assert "先不改" in await feast.reply(KEEPER, "算了")
    await feast.says(KEEPER, "1")
    assert await feast.rows(cases, cases.c.skill == "service_change") == []


async def test_a_list_that_is_old_or_of_another_version_takes_no_number(feast: House) -> None:
    await feast.says(KEEPER, "家宴的桌数线改成12")
    skill = registry.load(registry.HERE / "gallery/feast").skill
    assert skill is not None
    files = {**skill.files, "skill.yaml": skill.files["skill.yaml"].replace("tables >= 30", "tables >= 20")}
    other = registry.load_files("feast", files).skill
    assert other is not None
    await feast.db.write(lambda tx: registry.install(tx, TOWN, other, by=None, now=feast.clock.now()))
    assert "不少于 20" in await feast.reply(KEEPER, "1"), "the places are listed anew"
    feast.clock.forward(timedelta(hours=1))
    await feast.says(KEEPER, "1")
    assert await feast.rows(cases, cases.c.skill == "service_change") == []


async def test_who_says_yes_reads_what_is_asked_who_acts_and_what_to_look_out_for(house: House) -> None:
    said = await house.reply(KEEPER, "你钉我办的等村民说好没好的时限改成5天")
    for part in ("7 天 → 5 天", "问 ", "谁办：", "等村民说好没好", "看全部"):
        assert part in said, said
    whole = await house.reply(CLERK, "看全部")
    for part in (
        "【新在哪里】",
        "7 天 → 5 天",
        "【问村民什么】",
        "【谁办，能做什么】",
        "【答应村民】",
        "【价钱】",
        "【要留神】",
    ):
        assert part in whole, whole
    assert re.search(r"[a-z]{3,}_[a-z]+", whole) is None, whole
    (task,) = await house.tasks_of(CLERK)
    await house.says(CLERK, f"看全部 {task.code}")
    assert any("【价钱】" in one for one in house.heard(CLERK)[-3:])
    assert [one.code for one in await house.tasks_of(CLERK)] == [task.code], "looking decides nothing"


async def test_the_card_has_a_button_for_all_that_it_leaves_out(house: House) -> None:
    await house.says(KEEPER, "你钉我办的等村民说好没好的时限改成5天")
    key, shown = house.card(CLERK)
    assert "7 天 → 5 天" in str(shown)
    assert "看全部" in str(shown)
    await house.taps_on(CLERK, key, "look")
    assert "【谁办，能做什么】" in house.heard(CLERK)[-1]
    after = await house.taps_on(CLERK, key, "approve")
    assert "办结" in str(after) or await house.tasks_of(CLERK) == []
    found = await manifest(house)
    assert found is not None
    assert str(found.workflow.stages["confirm"].within) == "5 day"


async def test_who_taps_for_all_of_it_at_night_is_answered_at_once(house: House) -> None:
    await house.says(KEEPER, "你钉我办的等村民说好没好的时限改成5天")
    key, _ = house.card(CLERK)
    house.clock.turn_to(house.clock.now().replace(hour=23, minute=30))
    for _ in range(2):
        house.clock.forward(timedelta(minutes=1))
        before = len(house.heard(CLERK))
        await house.taps_on(CLERK, key, "look")
        assert "【谁办，能做什么】" in "".join(house.heard(CLERK)[before:]), "who asked is no one to be left in peace"


async def test_what_is_taken_off_is_not_told_stage_by_stage(house: House) -> None:
    await house.says(KEEPER, "停用你钉我办")
    assert "不再接新的" in await house.reply(CLERK, "看全部")


async def test_several_that_wait_are_told_apart_by_their_codes(house: House) -> None:
    await house.says(KEEPER, "你钉我办的归口改成便民服务中心")
    await house.says(KEEPER, "停用居住情况证明")
    asked = await house.reply(CLERK, "看全部")
    assert "有 2 份等您核对" in asked
    assert all(f"看全部 {task.code}" in asked for task in await house.tasks_of(CLERK))
