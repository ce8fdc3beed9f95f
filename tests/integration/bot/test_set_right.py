"""What is put right right after it was filed, as our own reply asks for it; and what one sentence says of a paper."""

import pytest

from tests.integration.bot.house import House
from tests.integration.bot.test_seals import APPLICANT, CHECKER, HEAD, asked_for, card_of, sealed, tap


@pytest.mark.parametrize("said", ["不对，要两份", "写错了，住址是二组8号", "错了 是给孙子上学用"])
async def test_what_is_wrong_is_put_right_in_one_breath(house: House, said: str) -> None:
    await asked_for(house)
    assert "按您说的改" in await house.reply(APPLICANT, said)
    (case,) = await house.cases_of(APPLICANT)
    assert case.stage == "check"
    assert len(await house.tasks_of(CHECKER)) == 1


async def test_a_report_is_put_right_in_one_breath(house: House) -> None:
    await house.says("v-0102", "路灯不亮了")
    assert "没听明白" not in await house.reply("v-0102", "不对，是老槐树底下那盏")
    assert "没听明白" not in await house.reply("v-0102", "不对，一共是两盏灯")
    assert len(await house.cases_of("v-0102")) == 1


async def test_what_is_wrong_is_taken_after_it_was_asked(house: House) -> None:
    await asked_for(house)
    assert "哪里不对" in await house.reply(APPLICANT, "不对")
    assert "按您说的改" in await house.reply(APPLICANT, "要两份")


async def test_a_new_trouble_is_no_answer_to_what_is_wrong(house: House) -> None:
    await asked_for(house)
    await house.says(APPLICANT, "不对")
    assert "记下了" in await house.reply(APPLICANT, "大门口路灯不亮了")
    assert len(await house.cases_of(APPLICANT)) == 2


async def test_nobody_objects_to_what_is_not_shown(house: House) -> None:
    await house.says("v-0102", "不对，要两份")
    assert [case.skill for case in await house.cases_of("v-0102") if case.skill == "public_objection"] == []


async def test_a_question_behind_a_wrong_is_answered(house: House) -> None:
    await house.says("v-0102", "路灯不亮了")
    heard = await house.reply("v-0102", "不对，高龄津贴一个月多少钱")
    assert "改成" not in heard


async def test_all_that_a_sentence_says_of_a_paper_is_taken(house: House) -> None:
    heard = await house.reply(APPLICANT, "我要开居住证明 孩子上学用 交给县一小")
    assert "记下了" in heard
    assert "县一小" in heard
    _, card = card_of(house, CHECKER)
    assert "县一小" in card["body"]


async def test_the_body_that_takes_no_paper_is_called_by_its_name(house: House) -> None:
    await house.says(APPLICANT, "给俺那口子开个没再婚的证明")
    assert "哪家单位" in await house.reply(APPLICANT, "3")
    heard = await house.reply(APPLICANT, "凭啥不给开 去年还开了")
    assert "民发〔2020〕20号" in heard
    assert "去找银行说" in await house.reply(APPLICANT, "银行还是不认")


async def test_a_stamp_for_a_loan_is_asked_about_in_plain_words(house: House) -> None:
    assert "贷款一般不用村里盖章。" in await house.reply(APPLICANT, "俺要贷款 村里给盖个章")


async def test_what_was_put_right_stands_on_the_card_that_is_decided_by(house: House) -> None:
    await asked_for(house)
    await tap(house, CHECKER, "check")
    await house.reply(APPLICANT, "不对，是给孙子上学用")
    _, card = card_of(house, CHECKER)
    assert "后来又说：是给孙子上学用" in card["body"] or "后来又说：给孙子上学用" in card["body"]
    assert "用途：孩子上学" in card["body"]


@pytest.mark.parametrize("said", ["算了 不开了", "不开了", "算了，证明不要了", "不用开了，谢谢"])
async def test_who_wants_it_no_more_is_in_no_danger(house: House, said: str) -> None:
    await asked_for(house)
    await house.says(APPLICANT, said)
    assert [case.skill for case in await house.cases_of(APPLICANT)] == ["residence_proof"]
    assert house.heard("c-0103") == []


async def test_a_villager_who_wants_a_paper_revoked_is_brought_to_a_person(house: House) -> None:
    await house.says("v-0102", "作废证明")
    assert [case.skill for case in await house.cases_of("v-0102")] == ["handoff"]


async def test_who_agrees_that_a_paper_is_revoked_sees_which_and_why(house: House) -> None:
    code = await sealed(house)
    await house.says("c-0103", "作废证明")
    assert "没有这个码的纸" in await house.reply("c-0103", "ABCD-2345-EFGH")
    assert "为什么" in await house.reply("c-0103", code)
    await house.says("c-0103", "被人冒用了")
    _, card = card_of(house, HEAD)
    for part in ("要作废的：居住情况证明", "赵兰", "为什么：被人冒用了"):
        assert part in card["body"]
