"""Wishes for papers within whole messages: no way leads past the policy, and other matters stay what they are."""

from dataclasses import replace
from datetime import date
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.dialogue.hearing.emergency import recognise
from bot.dialogue.meaning.commands import Ask, Command, FillField, Grievance, StartSkill, Status, Unknown
from bot.dialogue.meaning.context import Context, Pending
from bot.dialogue.meaning.guesses import Guess, Meaning
from bot.dialogue.meaning.services import Services, services_of
from bot.dialogue.meaning.understanding import understand
from bot.dialogue.meaning.wishing import Insist, WantPaper
from skills import registry
from workflows.seals import policy
from workflows.seals.policy import Kind

TODAY = date(2026, 11, 23)


@cache
def services() -> Services:
    return services_of({one.skill.id: one.skill.manifest for one in registry.house() if one.skill})


def context() -> Context:
    return Context(today=TODAY, skills=services().words, terms=services().terms | {"柳树村", "桃园村"})


def papers(commands: list[Command]) -> list[str]:
    return [each.wish.paper or each.wish.kind.value for each in commands if isinstance(each, WantPaper)]


REFUSED = [(row.id, alias) for row in policy.load().refuse for alias in row.alias]
FRAMES = (
    "给俺开个{}证明", "银行非要俺{}证明 村里不给开", "{}证明 学校要 给开一个", "麻烦给俺娘开一份{}证明，领证用",
    "喂小邻啊 俺要开{}证明", "{}证明", "想打个{}证明盖个章",
)  # fmt: skip
BESIDE = ("", "，另外路灯坏了", "，还有高龄津贴啥时候发", "，再帮俺开个居住证明", "，俺跑了三趟了")
GUESSES = (Meaning(skill="residence_proof"), Meaning(skill="homestead_opinion"), Meaning(command="Paper"))


@settings(max_examples=250, deadline=None)
@given(st.sampled_from(REFUSED), st.sampled_from(FRAMES), st.sampled_from(BESIDE), st.sampled_from(GUESSES))
def test_no_way_of_saying_leads_from_a_refused_paper_to_a_service_that_seals(
    refused: tuple[str, str], frame: str, beside: str, meaning: Meaning
) -> None:
    said = frame.format(refused[1])
    known = context()
    guessed = replace(known, guesses={piece: Guess({meaning: 1.0}) for piece in (said, said.replace(" ", "，"))})
    for commands in (understand(said + beside, known), understand(said + beside, guessed)):
        started = [each.skill for each in commands if isinstance(each, StartSkill)]
        assert not policy.load().skills() & set(started)
        kinds = [each.wish.kind for each in commands if isinstance(each, WantPaper)]
        assert kinds[:1] in ([], [Kind.REFUSED])
        assert Kind.ALLOWED not in kinds or "居住证明" in beside


@pytest.mark.parametrize(
    ("said", "paper"),
    [
        ("身份证丢了。开个证明", "R20"),
        ("俺爹没了，信用社要个死亡证明", "R11"),
        ("开个居住证明，孩子上学，学校要的", "A01"),
        ("俺要申请宅基地", "A02"),
        ("银行非要俺单身证明。村里不给开。恁镇上也不给开！踢皮球是吧", "R08"),
    ],
)
def test_what_belongs_to_a_wish_stays_with_it(said: str, paper: str) -> None:
    commands = understand(said, context())
    assert [type(each) for each in commands] == [WantPaper]
    assert papers(commands) == [paper]


def test_other_matters_beside_a_wish_stay_their_own() -> None:
    lamp, proof = understand("桥头路灯不亮了，还有俺想开个无犯罪证明", context())
    assert isinstance(lamp, StartSkill)
    assert papers([proof]) == ["R05"]
    question, paper = understand("高龄津贴啥时候发，再帮俺开个单身证明", context())
    assert isinstance(question, Ask)
    assert papers([paper]) == ["R08"]


def test_the_mother_of_whom_was_spoken_before_is_meant() -> None:
    said = "我妈柳树村王秀英 72 不会用手机 养老认证咋弄 再帮她开个居住证明 我买房贷款用"
    commands = understand(said, context())
    assert isinstance(commands[0], Ask)
    (proof,) = (each for each in commands if isinstance(each, WantPaper))
    assert (proof.wish.kind, proof.wish.paper, proof.wish.for_whom) == (Kind.ASK_FIRST, "A01", "王秀英")


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("居住证明办到哪了", Status),
        ("村主任收了人家的钱才给盖的章", Grievance),
        ("单身证明咋开", Ask),
        ("居住证明要带啥", Ask),
        ("啊吧啊吧", Unknown),
    ],
)
def test_what_is_no_wish_is_none(said: str, kind: type) -> None:
    assert [type(each) for each in understand(said, context())] == [kind]


def test_a_guess_makes_a_wish_only_of_words_that_speak_of_a_paper() -> None:
    guess = Guess({Meaning(command="Paper"): 1.0})
    told = replace(context(), guesses={"误工证明能开不": guess, "砍树的证给我办一下": guess})
    assert papers(understand("误工证明能开不", told)) == ["P02"]
    assert understand("砍树的证给我办一下", told) == [Ask("砍树的证给我办一下")]


def test_the_answer_to_our_question_is_read_with_what_was_said_before() -> None:
    asked = replace(context(), wish="给俺开个证明")
    (command,) = understand("银行要的，单身", asked)
    assert isinstance(command, WantPaper)
    assert (command.wish.paper, command.wish.receiver, command.asked) == ("R08", "银行", True)
    (who,) = understand("信用社", replace(context(), wish="给俺开个收入证明"))
    assert isinstance(who, WantPaper)
    assert (who.wish.paper, who.wish.receiver) == ("P03", "信用社")
    (other,) = understand("给俺开个单身证明", replace(context(), wish="给俺开个收入证明"))
    assert isinstance(other, WantPaper)
    assert other.wish.paper == "R08"
    assert isinstance(understand("高龄津贴啥时候发", asked)[0], Ask)
    assert isinstance(understand("桥头路灯不亮了", asked)[0], StartSkill)


@pytest.mark.parametrize(
    ("said", "answer"), [("3", 3), ("三", 3), ("银行还是不认", 3), ("他不收", 3), ("1", 1), ("告知函呢", 2)]
)
def test_a_refusal_is_answered_by_a_number_or_in_words(said: str, answer: int) -> None:
    assert understand(said, replace(context(), pending=Pending.LETTER)) == [Insist(answer)]


def test_three_means_nothing_where_nothing_was_refused() -> None:
    assert not any(isinstance(each, Insist) for each in understand("3", context()))


@pytest.mark.usefixtures("second_ear")
@pytest.mark.parametrize(
    "frame", ["信用社要俺{}证明", "孩子转学 学校要{}证明", "俺跑了三趟了 {}证明还不给俺开", "给俺爹开个{}证明"]
)
def test_a_wish_for_a_paper_raises_no_alarm(frame: str) -> None:
    called = [frame.format(row.alias[0]) for _, row in policy.load().rows() if row.alias]
    assert [said for said in called if recognise(said)] == []


@pytest.mark.usefixtures("second_ear")
@pytest.mark.parametrize(
    "said",
    [
        "先别管证明了 门口有人打起来了 拿着铁锹",
        "快来人啊 俺爹倒地上叫不应 证明先不开了",
        "银行非要证明 俺不活了 药都备好了",
    ],
)
def test_a_cry_beside_a_paper_is_still_a_cry(said: str) -> None:
    assert recognise(said) is not None


@pytest.mark.parametrize(
    ("field", "said", "taken"),
    [
        ("receiver", "县实验小学，报名用", "县实验小学，报名用"),
        ("receiver", "交给派出所就行", "交给派出所就行"),
        ("receiver", "不知道是哪个单位 他就说要", "不知道是哪个单位 他就说要"),
        ("purpose", "办低保用", "办低保用"),
        ("purpose", "我想办低保", "我想办低保"),
        ("purpose", "娃报名，九月就得交", "娃报名，九月就得交"),
        ("receiver", "盖个章", ""),
        ("receiver", "再开个证明", ""),
        ("receiver", "我想办低保", ""),
        ("receiver", "帮我开个居住证明", ""),
        ("purpose", "给俺开个居住证明，孩子上学用", "孩子上学"),
    ],
)
def test_an_answer_about_a_paper_is_taken_and_the_same_wish_again_is_asked_about(
    field: str, said: str, taken: str
) -> None:
    asked = replace(context(), asked_field=field, open_skill="residence_proof")
    assert understand(said, asked) == [FillField(field, taken)]


@pytest.mark.parametrize("said", ["办这个要钱吗", "高龄津贴啥时候发", "我想办低保申请救助"])
def test_a_question_in_between_is_no_receiver(said: str) -> None:
    asked = replace(context(), asked_field="receiver", open_skill="residence_proof")
    assert [type(one) for one in understand(said, asked)] == [Ask]


def test_another_paper_in_between_is_a_wish_of_its_own() -> None:
    asked = replace(context(), asked_field="receiver", open_skill="residence_proof")
    assert papers(understand("再给俺开个单身证明", asked)) == ["R08"]


@pytest.mark.parametrize(
    ("said", "paper"),
    [
        ("学校要孩子生病的证明", "R12"),
        ("单位要俺住过院的证明", "R12"),
        ("开网约车要个无犯罪的，村里开不", "R05"),
        ("身份证上名字跟房本上差一个字，村里给证明是一个人行不", "R02"),
        ("村里能给出个手续不", "unclear"),
    ],
)
def test_a_paper_is_wished_for_without_its_name_and_with_a_question_at_the_end(said: str, paper: str) -> None:
    assert papers(understand(said, context())) == [paper]


@pytest.mark.parametrize("said", ["无犯罪证明去哪开", "过户要啥手续", "开网约车咋办手续", "村里给办低保手续不"])
def test_a_question_about_papers_is_no_wish(said: str) -> None:
    assert papers(understand(said, context())) == []
