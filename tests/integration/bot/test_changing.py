"""A clerk changes a service in one sentence: shown before and after, put in force by another; open cases go on."""

import pytest

from bot.dialogue import services
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
        ("你钉我办的退回镇里最多改成3次", "limit"),
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
