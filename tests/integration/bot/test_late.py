"""Answers that take longer than a turn: promised, brought as a message of their own, once, also after a restart."""

from pathlib import Path

import pytest

from bot.dialogue.answers import questions
from bot.dialogue.pondering import Pondering
from evals.scripted import Mode, ScriptedModel
from knowledge.models import answers_given
from knowledge.wording.composing import Composer
from tests.integration.bot.house import House
from township import llm
from township.clock import TurnedClock
from township.db import Database
from township.models import jobs

VILLAGER = "v-0102"
QUESTION = "家宴的厨师要有健康证吗"


async def opened(db: Database, clock: TurnedClock, home: Path, model: ScriptedModel, wait: float) -> House:
    return await House(db, clock, home, pondering=Pondering(Composer(llm.open_chat(model.setting)), wait)).start()


async def test_an_answer_in_time_is_the_reply(sqlite_town: Database, clock: TurnedClock, tmp_path: Path) -> None:
    async with ScriptedModel([Mode.good]).serving() as model:
        house = await opened(sqlite_town, clock, tmp_path, model, 20)
        (said,) = await house.says(VILLAGER, QUESTION)
        assert "健康证" in said
        assert "示例政发〔2025〕11号" in said
        await house.stop()


async def test_a_late_answer_comes_once_and_the_talk_goes_on_meanwhile(
    town_db: Database, clock: TurnedClock, tmp_path: Path
) -> None:
    async with ScriptedModel([Mode.slow]).serving() as model:
        house = await opened(town_db, clock, tmp_path, model, 0.05)
        assert await house.says(VILLAGER, QUESTION) == ["我在查，一会儿回您。"]
        (meanwhile,) = await house.says(VILLAGER, "卫生院电话多少")
        assert "533-2345" in meanwhile
        await house.errands.run_all()
        before = len(house.post.said[VILLAGER])
        model.released.set()
        await house.errands.idle()
        await house.quiet()
        (late,) = house.post.said[VILLAGER][before:]
        assert late.startswith(f"您问的“{QUESTION}”：\n")
        assert "健康证" in late
        await house.errands.run_all()
        await house.errands.idle()
        await house.quiet()
        assert len(house.post.said[VILLAGER]) == before + 1
        assert len(model.asked) == 1, "what was begun in the turn is not begun again"
        (job,) = [row for row in await house.rows(jobs) if row["name"] == questions.LATE]
        assert (job["state"], job["args"]) == ("done", {}), "what was asked is forgotten"
        told = await house.rows(answers_given)
        assert [row["kind"] for row in told] == ["fact", "clause"]
        await house.stop()


async def test_a_late_answer_is_not_lost_over_a_restart_and_not_said_twice(
    sqlite_town: Database, clock: TurnedClock, tmp_path: Path
) -> None:
    async with ScriptedModel([Mode.slow, Mode.good]).serving() as model:
        first = await opened(sqlite_town, clock, tmp_path, model, 0.05)
        assert await first.says(VILLAGER, QUESTION) == ["我在查，一会儿回您。"]
        await first.errands.run_all()
        await first.stop()  # killed while the model still ponders
        second = await opened(sqlite_town, clock, tmp_path, model, 20)
        await second.errands.start()
        await second.errands.run_all()
        await second.errands.idle()
        await second.quiet()
        (late,) = second.post.said[VILLAGER]
        assert "健康证" in late
        third = await opened(sqlite_town, clock, tmp_path, model, 20)
        await third.errands.start()
        await third.errands.run_all()
        await third.errands.idle()
        await third.quiet()
        assert third.post.said[VILLAGER] == []
        await second.stop()
        await third.stop()


@pytest.mark.parametrize("mode", [Mode.error, Mode.cut, Mode.malformed, Mode.obeys])
async def test_a_model_that_fails_late_brings_the_quoted_answer(
    sqlite_town: Database, clock: TurnedClock, tmp_path: Path, mode: Mode
) -> None:
    async with ScriptedModel([Mode.slow, mode]).serving() as model:
        first = await opened(sqlite_town, clock, tmp_path, model, 0.05)
        await first.says(VILLAGER, QUESTION)
        await first.stop()
        second = await opened(sqlite_town, clock, tmp_path, model, 20)
        await second.errands.run_all()
        await second.errands.idle()
        await second.quiet()
        (late,) = second.post.said[VILLAGER]
        assert "厨师和帮厨要有有效的健康证" in late
        assert "一万" not in late
        await second.stop()
