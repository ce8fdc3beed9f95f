"""The same words with a chat model and without: a model proposes where no rule is sure, and the engine decides."""

import json
from collections.abc import AsyncIterator, Mapping

import pytest

from bot.dialogue.meaning.proposing import Proposer
from evals.scripted import Mode, ScriptedModel
from tests.integration.bot.house import House
from township.llm import open_chat


def says(do: str, text: str, **more: str) -> str:
    return json.dumps({"commands": [{"do": do, "text": text, **more}]}, ensure_ascii=False)


LAMP = "俺家门口那泡子瞎了半拉月"
KNOWS: Mapping[str, str] = {
    LAMP: says("start", LAMP, service="village_report", kind="lamp"),
    "俺那事儿八字有一撇没": says("status", "俺那事儿八字有一撇没"),
    "书记电话多少": says("ask", "书记电话多少"),
    "收到假钱": says("ask", "收到假钱"),
    "桌子腿断了俩": says("approve", "桌子腿断了俩"),
    "村会计他小舅子那低保": says("start", "村会计他小舅子那低保", service="village_report"),
}
SAME = [
    ("俺不识字", "您说话就行"),
    ("书记电话多少", "533-1234"),
    ("收到假钱", "别再花出去"),
    ("医保今年多少钱", "420元"),
    ("喇叭太吵", "记下了"),
    ("狗咬人了", "**先打 1"),
    ("给俺开个证明", "哪种证明"),
]


@pytest.fixture
async def model() -> AsyncIterator[ScriptedModel]:
    async with ScriptedModel([Mode.good], KNOWS).serving() as serving:
        yield serving


@pytest.fixture
def with_model(house: House, model: ScriptedModel) -> House:
    house.mind.proposer = Proposer(open_chat(model.setting).ainvoke, 5.0)
    return house


@pytest.mark.parametrize(("said", "has"), SAME)
async def test_the_same_words_get_the_same_answer_with_a_model(with_model: House, said: str, has: str) -> None:
    assert has in await with_model.reply("v-0101", said)


async def test_what_no_rule_is_sure_of_is_understood_with_a_model(with_model: House, model: ScriptedModel) -> None:
    assert "柳树 1 号" in await with_model.reply("v-0101", LAMP)
    (case,) = await with_model.cases_of("v-0101")
    assert (case.skill, case.kind) == ("village_report", "lamp")
    assert "柳树 1 号" in await with_model.reply("v-0101", "俺那事儿八字有一撇没")
    assert len(model.asked) == 2


async def test_who_asks_after_a_matter_that_is_not_there_is_offered_a_person(with_model: House) -> None:
    told = await with_model.reply("v-0101", "俺那事儿八字有一撇没")
    assert "没有在办的事" in told
    assert "问2026-0001" in await with_model.reply("v-0101", "1")


async def test_without_a_model_the_same_words_are_asked_again(house: House) -> None:
    assert "没听明白" in await house.reply("v-0101", LAMP)


async def test_what_a_rule_is_sure_of_is_never_asked_of_a_model(with_model: House, model: ScriptedModel) -> None:
    await with_model.reply("v-0101", "俺家大门口路灯不亮了")
    await with_model.reply("v-0101", "找活人")
    assert model.asked == []


async def test_a_model_approves_nothing(with_model: House) -> None:
    await with_model.says("v-0101", "俺家大门口路灯不亮了")
    await with_model.says("c-0101", "桌子腿断了俩")
    (case,) = await with_model.cases_of("v-0101")
    assert case.stage == "assign"


async def test_words_about_a_cadre_are_never_shown_to_a_model(with_model: House, model: ScriptedModel) -> None:
    await with_model.says("v-0101", "村会计他小舅子那低保")
    assert model.asked == []
    assert all(case.skill != "village_report" for case in await with_model.cases_of("c-0101"))


@pytest.mark.parametrize("mode", [Mode.error, Mode.cut])
async def test_a_model_that_fails_changes_nothing(house: House, mode: Mode) -> None:
    async with ScriptedModel([mode]).serving() as failing:
        house.mind.proposer = Proposer(open_chat(failing.setting).ainvoke, 5.0)
        assert "没听明白" in await house.reply("v-0101", LAMP)


BOTH = "俺家大门口路灯不亮了，还有俺那事儿八字有一撇没"
QUESTION = "光伏一年给多少钱"
UNSURE = "俺家那个东西坏了"


@pytest.mark.parametrize("said", [QUESTION, UNSURE, BOTH])
async def test_a_model_that_hears_only_talk_silences_nothing(house: House, said: str) -> None:
    plainly = await house.reply("v-0101", said)
    async with ScriptedModel([Mode.good], {said: says("talk", said)}).serving() as deaf:
        house.mind.proposer = Proposer(open_chat(deaf.setting).ainvoke, 5.0)
        assert (await house.reply("v-0102", said))[:12] == plainly[:12]


async def test_what_a_rule_is_sure_of_stands_beside_what_a_model_adds(with_model: House, model: ScriptedModel) -> None:
    model.answers[BOTH] = says("status", "俺那事儿八字有一撇没")
    told = await with_model.reply("v-0101", BOTH)
    assert [case.kind for case in await with_model.cases_of("v-0101")] == ["lamp"]
    assert "柳树 1 号" in told


async def test_what_was_said_with_a_number_is_understood_with_a_model(with_model: House, model: ScriptedModel) -> None:
    shown = "俺家门口那泡子瞎了半拉月，打138****0001"
    model.answers[shown] = says("start", shown, service="village_report", kind="lamp")
    await with_model.says("v-0101", "俺家门口那泡子瞎了半拉月，打13800000001")
    (case,) = await with_model.cases_of("v-0101")
    assert case.kind == "lamp"
    assert "13800000001" in str(case.fields["what"])


@pytest.mark.parametrize("said", ["办好了 {code} 换了灯泡", "收下 {code}", "收下{code}"])
async def test_what_a_colleague_types_with_a_code_is_never_shown_to_a_model(
    with_model: House, model: ScriptedModel, said: str
) -> None:
    await with_model.says("v-0101", "俺家大门口路灯不亮了")
    (task,) = await with_model.tasks_of("c-0101")
    await with_model.says("c-0101", said.format(code=task.code))
    assert model.asked == []


SLIP = "刚才嘴瓢了，村东头那个才对着呢"


async def test_what_was_filed_is_put_right_by_what_a_model_hears(with_model: House, model: ScriptedModel) -> None:
    model.answers[SLIP] = says("correct", SLIP, new="村东头")
    await with_model.says("v-0101", "三组路口路灯不亮了")
    told = await with_model.reply("v-0101", SLIP)
    (case,) = await with_model.cases_of("v-0101")
    assert "村东头" in str(case.fields["place"])
    assert "村东头" in told
