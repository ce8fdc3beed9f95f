"""That is not it: understood after an answer only, with what is right, or with what was asked indeed."""

from datetime import date

import pytest

from bot.dialogue.answers import unanswered
from bot.dialogue.hearing import words
from bot.dialogue.meaning.commands import Ask, Close, Command, Correct, Dislike, Grievance, Silent, Unknown
from bot.dialogue.meaning.context import Context
from bot.dialogue.meaning.understanding import understand
from knowledge.questions.drafts import Written
from township.errors import Mistake

TODAY = date(2026, 11, 22)


def after_an_answer(text: str) -> list[Command]:
    return understand(text, Context(TODAY, just_told=True))


@pytest.mark.parametrize(
    "said",
    [
        "👎",
        "👎👎",
        "[弱]",
        "[踩]",
        "0",
        "不对",
        "不对啊",
        "不是这个",
        "没说到点上",
        "没答到点子上",
        "答非所问",
        "你说的不对",
        "答错了",
        "俺问的不是这个",
    ],
)
def test_it_is_said_in_many_ways(said: str) -> None:
    assert after_an_answer(said) == [Dislike()]


@pytest.mark.parametrize(
    ("said", "right"),
    [
        ("不对，今年涨到四百五了", "今年涨到四百五了"),
        ("错了，人家说要带户口本", "人家说要带户口本"),
        ("不对应该是八月十五发", "应该是八月十五发"),
    ],
)
def test_what_is_right_comes_along(said: str, right: str) -> None:
    assert after_an_answer(said) == [Dislike(right)]


def test_what_was_asked_indeed_is_asked() -> None:
    assert after_an_answer("不是这个，我问的是高龄津贴啥时候发") == [
        Dislike("我问的是高龄津贴啥时候发"),
        Ask("高龄津贴啥时候发"),
    ]


def test_without_an_answer_before_it_means_something_else() -> None:
    context = Context(TODAY)
    assert understand("不对", context) == [Correct()]
    assert understand("👎", context) == [Unknown("👎")]
    assert understand("0", context) == [Close(0)]
    assert understand("[弱]", context) == [Silent()]


def test_a_complaint_goes_its_own_way_whatever_was_answered() -> None:
    assert isinstance(after_an_answer("不对，会计把钱私分了")[0], Grievance)


def test_thanks_and_other_matters_are_no_dislike() -> None:
    assert after_an_answer("好的") == [Silent()]
    assert not any(isinstance(each, Dislike) for each in after_an_answer("对了，医保啥时候交"))


def test_a_typed_answer_is_read_in_parts() -> None:
    samples = ("年审在哪办", "年审去哪")
    full = "到县农机站\n依据：示例农发〔2026〕5号\n谁负责：农业服务中心；有效到：2027-11-30\n问法：年审在哪|审车去哪"
    assert unanswered.read(full, samples, owner="马丽") == Written(
        ("年审在哪", "审车去哪"), "到县农机站", "示例农发〔2026〕5号", "农业服务中心", date(2027, 11, 30)
    )
    assert unanswered.read("到县农机站", samples, owner="马丽") == Written(samples, "到县农机站", "", "马丽")
    with pytest.raises(Mistake, match="answer_day_unreadable"):
        unanswered.read("到县农机站\n有效到：13月", samples, owner="")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("list", "答不上来的"),
        ("list", "看看答不上来的有哪些"),
        ("list", "有哪些答不上来"),
        ("answer", "答 K7 到县农机站"),
        ("answer", "答k12：到县农机站"),
        ("always", "都这样答"),
        ("always", "以后都这样答 K7"),
        ("always", "就这么回吧"),
    ],
)
def test_what_a_keeper_types_is_known(name: str, said: str) -> None:
    assert words.load().fits(f"unanswered.{name}", said)


@pytest.mark.parametrize("said", ["答应我的事呢", "答案呢", "K7 是啥", "这样答不行", "你答不上来就直说"])
def test_everyday_words_are_not(said: str) -> None:
    assert not any(words.load().fits(f"unanswered.{name}", said) for name in ("list", "answer", "always"))
