"""What is kept only for a time is gone after it, and nothing else is (ADR 0057)."""

import json
from pathlib import Path

import pytest

from bot.chores.clearing import Clearing
from bot.models import inbox
from tests.integration.bot.house import House
from tests.integration.bot.test_counter import called
from tests.integration.bot.test_seals import APPLICANT, CUSTODIAN, counter, sealed
from township.filestore import FileStore
from township.models import outbox
from workflows.seals.models import papers

__all__ = ["counter"]
SECRET = "厂里要俺的无犯罪证明"


def clearing(house: House) -> Clearing:
    """A process that has just begun."""
    return Clearing(house.db, house.clock, house.store, days=90)


def kept(house: House) -> list[Path]:
    return [one for one in house.store.path("0" * 64).parents[1].rglob("*") if one.is_file()]


async def words(house: House) -> str:
    rows = [*await house.rows(inbox), *await house.rows(outbox)]
    return json.dumps([row["payload"] for row in rows], ensure_ascii=False)


async def test_words_and_papers_of_a_refusal_go_after_their_days(house_on_both: House) -> None:
    house = house_on_both
    before = len(kept(house))
    await house.says(APPLICANT, SECRET)
    assert len(kept(house)) == before + 2
    await house.later(days=89)
    await clearing(house).clear_away()
    assert SECRET in await words(house)
    assert len(kept(house)) == before + 2
    await house.later(days=2)
    assert await clearing(house).clear_away()
    assert SECRET not in await words(house)
    assert "无犯罪" not in await words(house)
    assert len(kept(house)) == before
    assert await clearing(house).clear_away() == 0


async def test_the_letter_that_the_town_goes_to_a_body_with_stays_until_that_is_over(house: House) -> None:
    before = len(kept(house))
    await house.says(APPLICANT, "银行要单身证明")
    await house.says(APPLICANT, "3")
    (task,) = await house.tasks_of("c-0011")
    await house.later(days=91)
    await clearing(house).clear_away()
    assert len(kept(house)) == before + 1
    assert (await house.tasks_of("c-0011"))[0].id == task.id


async def test_a_sealed_paper_stays_and_may_still_be_verified(house: House) -> None:
    code = await sealed(house)
    await house.later(days=400)
    await clearing(house).clear_away()
    (paper,) = await house.rows(papers)
    assert house.store.path(paper["file_sha256"]).exists()
    assert "过期" in await house.reply("v-0201", code)


async def test_what_the_counter_printed_goes_and_the_paper_stays_approved(counter: House) -> None:
    before = len(kept(counter))
    digits = await called(counter)
    assert len(kept(counter)) == before + 1
    await counter.reply(CUSTODIAN, digits)
    await counter.later(days=91)
    await clearing(counter).clear_away()
    assert len(kept(counter)) == before
    assert [row["state"] for row in await counter.rows(papers)] == ["sealed"]


async def test_what_was_spoken_goes_thirty_days_after_its_question_was_answered(house: House) -> None:
    before = len(kept(house))
    await house.says("v-0102", voice=True)
    await house.says("v-0102", voice=True)
    spoken = len(kept(house)) - before
    assert spoken
    await house.later(days=40)
    await clearing(house).clear_away()
    assert len(kept(house)) - before == spoken, "nobody has listened yet"
    task = next(one for one in await house.tasks_of("c-0001") if one.number.startswith("问"))
    await house.says("c-0001", f"答复 {task.code} 打过电话了")
    await house.later(days=29)
    await clearing(house).clear_away()
    assert len(kept(house)) - before == spoken
    await house.later(days=2)
    await clearing(house).clear_away()
    assert len(kept(house)) == before


async def test_what_still_waits_is_not_taken_out(house: House) -> None:
    await house.says("v-0102", "路灯不亮了")
    open_before = len(await house.tasks_of("c-0101"))
    await house.later(days=91)
    await clearing(house).clear_away()
    assert len(await house.tasks_of("c-0101")) == open_before


@pytest.mark.parametrize("days", [30, 365])
async def test_a_town_decides_how_long(house: House, tmp_path: Path, days: int) -> None:
    await house.says(APPLICANT, SECRET)
    await house.later(days=days + 1)
    assert await Clearing(house.db, house.clock, FileStore(tmp_path), days=days).clear_away()
    assert SECRET not in await words(house)
