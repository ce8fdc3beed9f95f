"""What follows the first lines of the product notes (§3.1); the lines themselves are talks, in evals/talks."""

import pytest

from tests.integration.bot.house import House
from township.models import people


async def test_a_living_person_is_promised_once_a_day_and_not_in_a_loop(house: House) -> None:
    assert "好，转给" in await house.reply("v-0101", "找活人")
    assert "今天已经" in await house.reply("v-0101", "找活人")
    assert len(await house.cases_of("v-0101")) == 1


async def test_that_the_bot_is_no_good_is_heard_once_and_not_handed_round(house: House) -> None:
    assert "对不住" in await house.reply("v-0101", "恁这机器人有啥用")
    assert "对不住" in await house.reply("v-0101", "恁这机器人有啥用")
    (case,) = await house.cases_of("v-0101")
    assert case.fields["cause"] == "no_good"


async def test_who_wants_the_own_data_erased_hears_what_is_kept_and_who_does_it(house: House) -> None:
    said = await house.reply("v-0101", "删了俺的信息")
    assert "镇上存着" in said
    assert "问2026-0001" in said
    (case,) = await house.cases_of("v-0101")
    assert case.fields["cause"] == "erase"


async def test_two_empty_recordings_go_to_a_person_who_can_hear_them(house: House) -> None:
    await house.says("v-0101", "", voice=True)
    assert "听您的原话" in await house.reply("v-0101", "", voice=True)
    (case,) = await house.cases_of("v-0101")
    assert len(case.fields["recording"]) == 2
    seen = next(one for one in await house.cases_of("c-0001") if one.id == case.id)
    assert seen.fields["recording"] == case.fields["recording"]


async def test_the_words_after_our_question_are_its_answer(house: House) -> None:
    await house.says("v-0101", "给俺开个证明")
    assert "不让村里、镇里开" in await house.reply("v-0101", "银行要单身证明")
    await house.says("v-0101", "去年那个文件咋说的")
    assert "示例政发〔2024〕5号" in await house.reply("v-0101", "高龄津贴每人每月发多少钱")


async def test_questions_are_answered_and_reports_filed_and_that_is_said(house: House) -> None:
    two = await house.reply("v-0101", "高龄津贴啥时候发？养老认证咋弄？")
    assert "您问了 2 件" in two
    assert "记下" not in two
    both = await house.reply("v-0101", "三组停水了。高龄津贴啥时候发")
    assert "记下 1 件，答您 1 件" in both


async def test_it_has_mended_itself_takes_back_the_matter_that_is_meant(house: House) -> None:
    await house.says("v-0102", "路灯坏了，还有就是三组停电了")
    assert "柳树 2 号" in await house.reply("v-0102", "那个电的事解决了 不用来了")
    open_ones = [case.kind for case in await house.cases_of("v-0102") if case.is_open]
    assert open_ones == ["lamp"]


async def test_to_hurry_is_written_down_and_the_promise_said_again(house: House) -> None:
    await house.says("v-0102", "桥头路灯坏了")
    said = await house.reply("v-0102", "催一下")
    assert "催了一回" in said
    assert "11:00" in said
    assert "柳树 1 号" in await house.reply("v-0102", "俺上回报的那个路灯 咋没动静")


async def test_numbers_and_noise_that_answer_nothing_open_nothing(house: House) -> None:
    assert "没有等您回话" in await house.reply("v-0102", "1")
    for _ in range(3):
        assert "没听明白" in await house.reply("v-0102", "？？")
    assert await house.cases_of("v-0102") == []


async def test_a_wish_of_which_nothing_is_known_goes_to_a_person(house: House) -> None:
    assert "问2026-0001" in await house.reply("v-0102", "我想给我爸申请个轮椅")


async def test_a_further_report_instead_of_the_kind_is_a_matter_of_its_own(house: House) -> None:
    await house.says("v-0101", "俺家那个东西坏了")
    await house.says("v-0101", "村口的垃圾没人收了")
    assert sorted(case.kind for case in await house.cases_of("v-0101")) == ["other", "rubbish"]


async def test_what_should_have_come_and_has_not_is_asked_of_a_person(house: House) -> None:
    await house.says("v-0101", "高龄津贴啥时候发")
    assert "问2026-0001" in await house.reply("v-0101", "没发")
    (case,) = await house.cases_of("v-0101")
    assert "高龄津贴" in case.said["what"]
    assert "没发" in case.said["what"]


async def test_no_that_is_puts_the_place_right(house: House) -> None:
    await house.says("v-0101", "俺家大门口路灯不亮了")
    assert "后门口" in await house.reply("v-0101", "不对 是俺家后门口")
    (case,) = await house.cases_of("v-0101")
    assert "后门口" in case.said["place"]


async def test_that_somebody_cannot_read_is_remembered(house: House) -> None:
    await house.says("v-0101", "俺不识字")
    (person,) = await house.rows(people, people.c.id == "v-0101")
    assert person["flags"]["read_to_me"]


@pytest.mark.parametrize("said", ["把俺的信息删了", "我的信息都给我删了吧", "注销我的账号"])
async def test_the_wish_to_be_erased_is_heard_in_other_words(house: House, said: str) -> None:
    assert "镇上存着" in await house.reply("v-0101", said)
    (case,) = await house.cases_of("v-0101")
    assert case.fields["cause"] == "erase"


@pytest.mark.parametrize("said", ["我的信息你们存了啥", "给我一份我的信息", "你们都存了俺些啥", "想看看我的个人信息"])
async def test_who_asks_for_the_own_data_gets_a_person_who_knows_how(house: House, said: str) -> None:
    answer = await house.reply("v-0101", said)
    assert "要一份全的" in answer
    (case,) = await house.cases_of("v-0101")
    assert case.fields["cause"] == "own_data"
    assert "dinglin person export" in "\n".join(house.heard("c-0001"))
    assert "今天已经" in await house.reply("v-0101", said)


@pytest.mark.parametrize("said", ["信息填错了", "停水的信息啥时候发的", "路灯的资料给我一份", "存折里存了多少钱"])
async def test_another_talk_of_news_and_papers_is_no_wish_about_oneself(house: House, said: str) -> None:
    await house.says("v-0101", said)
    assert not [case for case in await house.cases_of("v-0101") if case.fields.get("cause") in ("erase", "own_data")]
