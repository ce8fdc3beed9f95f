"""The counter as its two sides use it: digits typed as they are read out, a code that is lost, words without one."""

import pytest

from tests.integration.bot.house import House
from tests.integration.bot.test_seals import (
    APPLICANT,
    CHECKER,
    CUSTODIAN,
    DIGITS,
    HEAD,
    asked_for,
    code_of,
    counter,
    tap,
)
from workflows.seals.models import papers as paper_rows

__all__ = ["counter"]


async def called(house: House) -> str:
    """Bring a proof to the counter; returns the digits with which it is fetched."""
    await asked_for(house)
    await tap(house, CHECKER, "check")
    await tap(house, HEAD, "approve")
    await house.passes()
    return DIGITS.findall(house.heard(APPLICANT)[-1])[0]


async def states(house: House) -> list[str]:
    return [row["state"] for row in await house.rows(paper_rows)]


@pytest.mark.parametrize(
    "said", ["{0}", "{0} 1", "{0} 1份", "取件码{0}，盖了1份", "已盖1份 {0}", "盖了一份，{0}", "{0}盖好了"]
)
async def test_the_digits_alone_name_the_paper(counter: House, said: str) -> None:
    digits = await called(counter)
    assert "盖章" in await counter.reply(CUSTODIAN, said.format(digits))
    assert await states(counter) == ["sealed"]


async def test_wrong_digits_are_told_and_nothing_is_sealed(counter: House) -> None:
    digits = await called(counter)
    assert "对不上" in await counter.reply(CUSTODIAN, "000000" if digits != "000000" else "111111")
    assert "多了" in await counter.reply(CUSTODIAN, f"{digits} 2份")
    assert await states(counter) == ["frozen"]


async def test_digits_of_somebody_who_keeps_no_seal_do_nothing(counter: House) -> None:
    digits = await called(counter)
    await counter.says(APPLICANT, digits)
    await counter.says(HEAD, digits)
    assert await states(counter) == ["frozen"]


async def test_spoken_digits_are_refused_and_may_be_typed_then(counter: House) -> None:
    digits = await called(counter)
    assert "语音" in await counter.reply(CUSTODIAN, digits, voice=True)
    await tap(counter, CUSTODIAN, "seal")
    code = await code_of(counter, CUSTODIAN)
    await counter.reply(CUSTODIAN, f"盖章 {code}")
    assert "语音" in await counter.reply(CUSTODIAN, digits, voice=True)
    await counter.reply(CUSTODIAN, f"{digits} 1")
    assert await states(counter) == ["sealed"]


@pytest.mark.parametrize("said", ["取件码忘了", "俺把取件码删了", "取件码是多少来着", "找不着取件码了"])
async def test_a_lost_code_is_replaced(counter: House, said: str) -> None:
    first = await called(counter)
    assert "换个取件码" in await counter.reply(APPLICANT, said)
    await counter.later(minutes=15)
    second = DIGITS.findall(counter.heard(APPLICANT)[-1])[0]
    assert "11月30日（周一）9:00 前" in counter.heard(APPLICANT)[-1]
    assert "对不上" in await counter.reply(CUSTODIAN, first)
    await counter.reply(CUSTODIAN, second)
    assert await states(counter) == ["sealed"]


@pytest.mark.parametrize("said", ["在哪取", "今天下班前能取吗", "去哪领证明", "几点能取"])
async def test_who_asks_where_it_lies_is_told(counter: House, said: str) -> None:
    await called(counter)
    heard = await counter.reply(APPLICANT, said)
    assert "柳树村村委会" in heard
    assert "8:30" in heard


async def test_nobody_elses_paper_is_spoken_of(counter: House) -> None:
    await called(counter)
    for who in ("v-0102", "v-0201"):
        assert "柳树 1 号" not in await counter.reply(who, "取件码忘了")


async def test_a_code_is_not_told_where_nothing_lies_any_more(counter: House) -> None:
    digits = await called(counter)
    await counter.reply(CUSTODIAN, digits)
    await counter.later(minutes=15)
    assert "换个取件码" not in "".join(await counter.says(APPLICANT, "取件码忘了"))


async def test_what_binds_others_wants_its_code(house: House) -> None:
    await asked_for(house)
    code = await code_of(house, CHECKER)
    heard = await house.reply(CHECKER, "情况属实")
    assert "四位码" in heard
    assert code in heard
    assert "语音" in await house.reply(CHECKER, "情况属实", voice=True)
    assert "语音" in await house.reply(CHECKER, f"情况属实 {code}", voice=True)
    assert "没找到" in await house.reply(HEAD, f"情况属实 {code}")
    assert [one.stage for one in await house.tasks_of(CHECKER)] == ["check"]


async def test_a_meeting_that_did_not_agree_goes_no_further(house: House) -> None:
    await house.says("v-0104", "翻建房子要村里盖章")
    for said in ("翻建三间旧房", "三组老宅原址"):
        await house.says("v-0104", said)
    await tap(house, CHECKER, "check")
    await tap(house, "c-0101", "resolved")
    for said in ("11月22日", "60", "45", "20"):
        await house.says("c-0101", said)
    await house.says("c-0101", pictures=1)
    assert "没有过半" in house.heard("c-0101")[-1]
    assert [one.stage for one in await house.tasks_of("c-0101")] == ["meeting"]
    await house.says("c-0101", "40")
    assert [one.stage for one in await house.tasks_of("c-0101")] == ["notice"]
