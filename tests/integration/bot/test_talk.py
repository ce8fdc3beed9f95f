"""The laws of talk, as people live them: one turn one reply, groups hear nothing private, silence is polite."""

from tests.integration.bot.house import House
from workflows.models import cases as case_rows

LAMP_AND_ALLOWANCE = (
    "喂小林啊俺是六数村的夜来后晌俺家大门口那个录灯就不明了黑灯瞎火的差点把俺绊倒还有俺那个高龄今天咋到这霎还没发"
)


async def test_two_things_in_one_misheard_sentence_get_one_reply_with_both(house: House) -> None:
    said = await house.reply("v-0101", LAMP_AND_ALLOWANCE, voice=True)
    assert "柳树 1 号" in said
    assert "每月25日" in said
    assert "示例政发〔2026〕8号" in said
    assert "？" not in said, "nothing is asked that is known"
    (case,) = await house.cases_of("v-0101")
    assert (case.kind, case.village_id) == ("lamp", "liushu")
    assert "俺家大门口" in case.said["place"]


async def test_two_reports_in_one_message_are_two_cases_and_one_reply(house: House) -> None:
    said = await house.reply("v-0102", "俺家门口路灯坏了，还有垃圾好几天没人收了")
    assert "2 件事" in said
    assert sorted(case.kind for case in await house.cases_of("v-0102")) == ["lamp", "rubbish"]


async def test_thanks_and_stickers_and_places_get_no_answer(house: House) -> None:
    for polite in ("谢谢", "好的", "👍", "[OK]", "好嘞，谢谢", "再见"):
        assert await house.says("v-0101", polite) == [], polite
    assert await house.says("v-0101", kind="unknownMsgType") == []
    assert await house.inbox_states() == ["done"] * 7


async def test_after_two_messages_not_understood_a_person_takes_over(house: House) -> None:
    assert "没听明白" in await house.reply("v-0102", "呜哩哇啦嘛咪")
    assert "转给工作人员" in await house.reply("v-0102", "嘛咪哇啦呜哩")
    (task,) = await house.tasks_of("c-0001")
    assert task.number.startswith("问")


async def test_an_understood_message_between_two_others_wipes_the_strike_out(house: House) -> None:
    await house.says("v-0102", "呜哩哇啦嘛咪")
    await house.says("v-0102", "俺家门口路灯坏了")
    assert "没听明白" in await house.reply("v-0102", "嘛咪哇啦呜哩")


async def test_one_spoken_message_not_understood_goes_to_a_person(house: House) -> None:
    assert "转给工作人员" in await house.reply("v-0101", "呜哩哇啦嘛咪嗡嗡", voice=True)


async def test_a_recording_without_words_is_asked_again_once_then_goes_to_the_clerk_with_the_recording(
    house: House,
) -> None:
    assert "没听明白" in await house.reply("v-0101", "", voice=True)
    assert "转给工作人员" in await house.reply("v-0101", "", voice=True)
    assert len(house.post.fetched) == 2, "a recording that was not recognised is fetched"


async def test_in_a_group_a_persons_matter_is_answered_privately(house: House) -> None:
    await house.says("v-0201", "俺家门口路灯坏了")
    group = await house.reply("v-0201", "俺家的事办到哪了", group="cidtaoyuan=")
    assert group == "您的事我私下回您。"
    assert "桃园 1 号" in house.heard("v-0201")[-1]


async def test_a_group_does_not_even_hear_that_there_is_no_matter(house: House) -> None:
    group = await house.reply("v-0201", "俺家低保批了没", group="cidtaoyuan=")
    assert group == "您的事我私下回您。"
    assert "低保" not in "".join(house.heard("cidtaoyuan="))
    assert len(house.heard("v-0201")) == 1


async def test_a_question_of_everybody_is_answered_in_the_group(house: House) -> None:
    assert "11月24日" in await house.reply("v-0201", "今儿停水不", group="cidtaoyuan=")
    assert "533-1188" in await house.reply("v-0101", "今儿停水不", group="cidliushu=")
    assert house.heard("v-0201") == []


async def test_a_complaint_about_a_cadre_said_in_a_group_is_answered_privately(house: House) -> None:
    group = await house.reply("v-0102", "俺要举报村会计吃回扣", group="cidliushu=")
    assert group == "您的事我私下回您。"
    assert "12388" in house.heard("v-0102")[-1]


async def test_an_outsider_in_a_group_gets_public_answers_and_no_case(house: House) -> None:
    assert "420元" in await house.reply("x-0001", "医保今年多少钱", group="cidliushu=", outsider=True)
    assert "533-1234" in await house.reply("x-0001", "俺家路灯坏了", group="cidliushu=", outsider=True)
    assert "533-1234" in await house.reply("x-0001", "我的事办到哪了", group="cidliushu=", outsider=True)
    assert await house.rows(case_rows) == []


async def test_an_outsider_alone_with_the_bot_is_told_how_to_be_known(house: House) -> None:
    assert "登记" in await house.reply("x-0001", "俺家路灯坏了", outsider=True)
    assert "533-1234" in await house.reply("x-0001", "人工", outsider=True)
    assert await house.rows(case_rows) == []


async def test_how_far_is_my_matter_names_it_and_its_promise(house: House) -> None:
    assert "没有在办的事" in await house.reply("v-0101", "我的事办到哪了")
    await house.says("v-0101", "俺家门口路灯不亮了")
    assert "柳树 1 号" in await house.reply("v-0101", "咋还没弄好")
    card, _ = house.card("c-0101")
    await house.taps_on("c-0101", card, "accept")
    assert "正在办" in await house.reply("v-0101", "我的事办到哪了")


async def test_my_tasks_lists_codes_with_the_nearest_promise_first(house: House) -> None:
    assert "没有等着办的事" in await house.reply("c-0101", "我的待办")
    await house.says("v-0101", "俺家门口路灯不亮了")
    await house.says("v-0102", "大门口的井盖没了")
    said = await house.reply("c-0101", "我的待办")
    assert said.startswith("等您办的 2 件")
    codes = [task.code for task in await house.tasks_of("c-0101")]
    assert said.index(codes[0]) < said.index(codes[1])
    assert said.index("柳树 2 号") < said.index("柳树 1 号"), "an open manhole comes before a lamp"


async def test_what_nobody_knows_is_handed_over_and_the_answer_comes_back(house: House) -> None:
    said = await house.reply("v-0102", "村里的拖拉机驾驶证年审在哪办呀")
    assert "问2026-0001" in said
    (task,) = await house.tasks_of("c-0001")
    await house.reply("c-0001", f"答复 {task.code} 到县农机站，533-7788")
    assert "533-7788" in house.heard("v-0102")[-1]
    (case,) = await house.cases_of("v-0102")
    assert not case.is_open


async def test_what_nobody_knows_is_said_with_the_nearest_titles_who_asks_and_by_when(house: House) -> None:
    said = await house.reply("v-0102", "低保户家里装太阳能热水器镇上给报销吗")
    assert "不敢乱说" in said
    assert "问2026-0001" in said
    assert "最晚" in said
    assert 1 <= said.count("《") <= 2


async def test_in_a_group_nobody_is_promised_what_nobody_was_asked(house: House) -> None:
    said = await house.reply("v-0102", "村里的拖拉机驾驶证年审在哪办呀", group="cidliushu=")
    assert "不敢乱说" in said
    assert "533-1234" in said
    assert "替您问" not in said
    assert await house.cases_of("v-0102") == []


async def test_a_question_that_may_mean_several_things_is_asked_back_once_and_a_number_answers(house: House) -> None:
    said = await house.reply("v-0102", "申请要到几号窗口")
    assert said.startswith("您问的是哪一样？")
    second = said.split("\n")[2].removeprefix("2 ").partition("：")[0]
    answer = await house.reply("v-0102", "2")
    assert f"《{second}》" in answer
    assert "没听明白" in await house.reply("v-0102", "2") or "没有等您" in await house.reply("v-0102", "2")


async def test_a_person_is_to_be_had_by_asking(house: House) -> None:
    assert "问2026-0001" in await house.reply("v-0102", "人工")


async def test_a_scam_is_named_and_opens_nothing(house: House) -> None:
    forwarded = "【医保局】您的医保账户今日24时冻结，请点 http://yb-gov.xx 填银行卡和验证码 这个真的假的啊"
    said = await house.reply("v-0101", forwarded)
    assert "骗子" in said
    assert "http" not in said
    assert await house.rows(case_rows) == []


async def test_despair_in_anger_gets_a_soft_line_after_the_answer(house: House) -> None:
    said = await house.reply("v-0102", "银行非要俺单身证明 村里不给开 恁镇上也不给开 踢皮球是吧 俺不活了")
    assert "12356" in said
    assert "件事" not in said, "an outburst is no matter of its own"
    assert said.count("\n") >= 1


async def test_a_correction_goes_to_who_works_on_it(house: House) -> None:
    await house.says("v-0101", "俺家门口路灯不亮了")
    assert "哪里不对" in await house.reply("v-0101", "不对")
    assert "村口" in await house.reply("v-0101", "不是俺家门口，是村口")
    (case,) = await house.cases_of("v-0101")
    assert "村口" in str(case.said)


async def test_never_mind_takes_an_open_form_away(house: House) -> None:
    assert await house.reply("v-0101", "算了") == "好。没有要撤的事。"


async def test_who_goes_on_asking_goes_on_with_what_answered(house: House) -> None:
    assert "六十元" in await house.reply("v-0101", "老人八十三了每月给多少钱")
    assert "户口簿" in await house.reply("v-0101", "那要啥手续")
