"""How a matter begins: asked what it is, asked which kind, for somebody else, the same again, put right."""

import pytest

from tests.integration.bot.house import House


async def kinds_of(house: House, who: str = "v-0101") -> list[str]:
    return [case.kind for case in await house.cases_of(who)]


@pytest.mark.parametrize(
    "said", ["反映个问题", "我要报修", "我要报个事", "有事要反映", "给我登记一下", "俺想反映点情况", "我有个事跟你说"]
)
async def test_who_wants_to_report_is_asked_once_what_it_is_and_nothing_is_filed(house: House, said: str) -> None:
    asked = await house.reply("v-0101", said)
    assert "是什么事" in asked
    assert await house.cases_of("v-0101") == []
    answer = await house.reply("v-0101", "桥头的路灯不亮了")
    assert "柳树 1 号" in answer
    (case,) = await house.cases_of("v-0101")
    assert (case.kind, case.said["what"]) == ("lamp", "桥头的路灯不亮了")
    assert "桥头" in case.said["place"]


@pytest.mark.parametrize(
    ("said", "part"),
    [
        ("给我开个单身证明，银行要", "国家不让"),
        ("CGDC-TT43-NTKJ", "没有查到"),
        ("我要开居住证明，孩子上学用", "交给哪个单位"),
    ],
)
async def test_a_paper_instead_of_the_answer_is_no_report(house: House, said: str, part: str) -> None:
    await house.says("v-0101", "我要报修")
    assert part in await house.reply("v-0101", said)
    assert all(one.skill != "village_report" for one in await house.cases_of("c-0101"))


async def test_two_things_after_the_question_are_two_cases(house: House) -> None:
    await house.says("v-0101", "我要报修")
    said = await house.reply("v-0101", "路灯坏了，还有就是垃圾没人收")
    assert "2 件事都记下了" in said
    assert sorted(await kinds_of(house)) == ["lamp", "rubbish"]


async def test_a_question_instead_of_the_answer_is_answered(house: House) -> None:
    await house.says("v-0101", "我要报修")
    assert "25日" in await house.reply("v-0101", "高龄津贴啥时候发")
    assert await house.cases_of("v-0101") == []


async def test_a_form_of_yesterday_is_not_filled_today(house: House) -> None:
    await house.says("v-0101", "我要报修")
    await house.later(hours=24)
    said = await house.reply("v-0101", "高龄津贴啥时候发")
    assert "25日" in said
    assert await house.cases_of("v-0101") == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [("1", "lamp"), ("5", "power"), ("6", "other"), ("六", "other"), ("其他", "other"), ("水管那样的", "water")],
)
async def test_a_number_means_the_kind_that_was_shown(house: House, answer: str, kind: str) -> None:
    asked = await house.reply("v-0101", "俺家那个东西坏了")
    assert "1 路灯" in asked
    assert "6 别的" in asked
    assert "柳树 1 号" in await house.reply("v-0101", answer)
    assert await kinds_of(house) == [kind]


async def test_an_answer_that_tells_more_is_kept(house: House) -> None:
    await house.says("v-0101", "俺家那个东西坏了")
    await house.says("v-0101", "就是场院边上那个铁架子")
    (case,) = await house.cases_of("v-0101")
    assert case.said["what"] == "俺家那个东西坏了，就是场院边上那个铁架子"


# --- for others


async def test_a_clerk_who_is_to_act_gets_number_code_and_the_call_in_one_reply(house: House) -> None:
    said = await house.reply("c-0201", "代对门冯老栓报 屋顶漏雨", voice=True)
    (case,), (task,) = await house.cases_of("c-0201"), await house.tasks_of("c-0201")
    assert "替冯老栓" in said
    assert case.number in said
    assert task.code in said
    assert "电话单" in said
    assert (case.cast.affected, case.cast.spoke, case.cast.wrote) == ("n-0201", "c-0201", "c-0201")
    assert case.cast.told == ("n-0201",)
    assert "办好了" in await house.reply("c-0201", f"办好了 {task.code} 瓦补上了")


async def test_who_has_no_phone_is_told_by_the_neighbour_and_not_by_an_account(house: House) -> None:
    said = await house.reply("c-0101", "代王秀英报 屋漏雨 没手机 找邻居老周")
    assert "请找 老周 告诉 王秀英" in said
    (case,) = await house.cases_of("c-0101")
    assert (case.cast.affected, case.cast.told, case.said["what"]) == ("v-0101", ("v-0101",), "屋漏雨")
    (line,) = await house.calls_of("c-0101")
    assert (line.person, line.way) == ("王秀英", "老周")
    assert house.heard("v-0101") == []


async def test_a_neighbour_who_is_not_in_the_books_is_named_as_said(house: House) -> None:
    said = await house.reply("v-0101", "代对门老人报 屋顶漏雨")
    assert "替对门老人" in said
    (case,) = await house.cases_of("v-0101")
    assert (case.cast.spoke, case.cast.wrote, case.said["for_whom"]) == ("v-0101", None, "对门老人")


async def test_who_said_what_a_clerk_quotes_is_named_and_told(house: House) -> None:
    await house.says("v-0102", "你好")
    quote = ("桥头井盖又没了 掉进人去咋整", "v-0102")
    said = await house.reply("c-0101", "记 急", group="cidliushu=", quote=quote)
    (case,) = await house.cases_of("c-0101")
    assert (case.cast.affected, case.cast.spoke, case.cast.wrote) == ("v-0102", "v-0102", "c-0101")
    assert case.cast.told == ("v-0102",)
    assert "张三，有结果告诉您" in said
    (task,) = await house.tasks_of("c-0101")
    assert task.code not in said, "a code is not for the ears of a group"
    assert len(house.shown("c-0101")) == 1


@pytest.mark.parametrize("said", ["帮他记一下吧", "这个记下", "把这条也记上", "麻烦给他家登记一下", "记，急的"])
async def test_a_quote_is_filed_however_a_clerk_asks_for_it(house: House, said: str) -> None:
    assert "记下了，柳树 1 号" in await house.reply(
        "c-0101", said, group="cidliushu=", quote=("下水道堵了，臭得不行", "v-0102")
    )


async def test_what_a_clerk_adds_to_a_quote_is_filed_with_it(house: House) -> None:
    await house.says("c-0101", "这个记下，在三组大槐树底下", group="cidliushu=", quote=("下水道堵了", "v-0102"))
    assert "三组大槐树" in str(house.shown("c-0101"))


async def test_what_was_said_to_the_bot_itself_is_not_filed_twice_by_quoting_it(house: House) -> None:
    await house.says("v-0102", "@小邻 桥头井盖又没了", group="cidliushu=", message_id="said-once")
    quote = ("桥头井盖又没了", "v-0102", "said-once")
    assert "已经记过了：柳树 1 号" in await house.reply("c-0101", "记 急", group="cidliushu=", quote=quote)
    assert len(await house.cases_of("c-0101")) == 1


# --- the same again, put right, taken back


async def test_where_it_is_is_put_right_on_the_case_itself(house: House) -> None:
    await house.says("v-0101", "俺家门口路灯不亮了")
    before = len(house.shown("c-0101"))
    assert "俺对门" in await house.reply("v-0101", "不是俺家是俺对门")
    (case,) = await house.cases_of("v-0101")
    assert "俺对门" in case.said["place"]
    assert "俺家" not in case.said["place"]
    assert "俺对门" in house.card("c-0101")[1]["body"]
    assert len(house.shown("c-0101")) == before


async def test_the_same_as_last_time_is_filed_with_its_kind_once_that_is_over(house: House) -> None:
    await house.says("v-0101", "桥头的路灯不亮了")
    assert "柳树 1 号" in await house.reply("v-0101", "跟上回那个一样")
    assert len(await house.cases_of("v-0101")) == 1, "it is still open: it hears of it"
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    await house.says("v-0101", "1")
    assert "柳树 2 号" in await house.reply("v-0101", "跟上回那个一样")
    assert await kinds_of(house) == ["lamp", "lamp"]


async def test_the_same_as_last_time_without_a_last_time_is_asked_about(house: House) -> None:
    assert "是什么事" in await house.reply("v-0101", "跟上回那个一样")


async def test_a_wrong_number_takes_back_what_was_just_filed_and_else_is_silent(house: House) -> None:
    assert await house.says("v-0101", "打错了") == []
    await house.says("v-0101", "路灯不亮了")
    assert "撤了" in await house.reply("v-0101", "打错了")
    (case,) = await house.cases_of("v-0101")
    assert case.result == "withdrawn"


async def test_never_mind_in_the_afternoon_does_not_take_back_the_report_of_the_morning(house: House) -> None:
    await house.says("v-0101", "路灯不亮了")
    await house.later(hours=4)
    await house.says("v-0101", "算了")
    (case,) = await house.cases_of("v-0101")
    assert case.is_open
    assert "撤了" in await house.reply("v-0101", "路灯那个不报了")


@pytest.mark.parametrize("said", ["有人没？", "有人在不在", "人呢", "有管事的没", "这儿有人不"])
async def test_who_calls_for_somebody_is_given_to_a_person(house: House, said: str) -> None:
    assert "转给" in await house.reply("v-0102", said)


@pytest.mark.parametrize(
    "said", ["你是真人还是机器", "你是不是机器人啊", "恁是活人还是电脑呀", "你是机器人吧", "你到底是人还是机器人"]
)
async def test_who_asks_whether_it_is_a_machine_is_told_so(house: House, said: str) -> None:
    assert "不是真人" in await house.reply("v-0102", said)


@pytest.mark.parametrize(
    "said",
    [
        "睡不着 老伴走了三个月了 屋里头空落落的",
        "闺女在外地 一个人心里难受",
        "老伴不在了 没个人说说话",
        "老伴没了 家里冷清得很",
        "一个人在家 孤单得很",
        "一个人在家 没人说说话 心里闷",
    ],
)
async def test_who_is_lonely_is_listened_to(house: House, said: str) -> None:
    heard = await house.reply("v-0104", said)
    assert "我听着呢" in heard
    assert "12356" in heard
    assert await house.cases_of("v-0104") == []


@pytest.mark.parametrize("said", ["老伴走了 丧葬补助咋领", "俺爹不在了 户口咋销", "一个人在家 心里难受 能吃低保不"])
async def test_who_asks_what_is_due_after_a_death_is_answered(house: House, said: str) -> None:
    assert "我听着呢" not in await house.reply("v-0104", said)


@pytest.mark.parametrize(
    "said", ["为啥不给开哎 上回二嫂就开了", "凭啥不给俺开", "人家都开了", "为什么不能开", "去年还给开过"]
)
async def test_who_was_refused_a_paper_hears_why_when_asked(house: House, said: str) -> None:
    await house.says("v-0103", "银行叫开个无犯罪证明")
    heard = await house.reply("v-0103", said)
    assert "清单第 5 项" in heard
    assert "谁来都一样" in heard


@pytest.mark.parametrize(
    "said",
    [
        "有个人打电话说我社保卡停了要我加QQ",
        "接到个电话说俺医保卡欠费让下载个软件",
        "自称公安局的说俺涉案叫俺转账",
        "来个电话说退费 要加微信",
        "不认识的人说俺银行卡冻结 让共享屏幕",
        "微信上说是民政的 让先交二百手续费才给办低保",
    ],
)
async def test_who_is_called_by_swindlers_is_warned(house: House, said: str) -> None:
    heard = await house.reply("v-0102", said)
    assert "骗子" in heard
    assert "110" in heard


# --- said a moment after


async def test_not_water_but_power_is_filed_as_that_kind(house: House) -> None:
    await house.says("v-0101", "俺家没水了")
    said = await house.reply("v-0101", "不是水，是电")
    assert "供电" in said
    (case,) = [one for one in await house.cases_of("v-0101") if one.is_open]
    assert case.kind == "power"


async def test_what_is_put_right_of_a_question_goes_to_who_answers_it(house: House) -> None:
    handed = await house.reply("v-0101", "人工")
    number = handed[handed.index("问") : handed.index("）")]
    assert number in await house.reply("v-0101", "不是水，是电")


async def test_how_bad_it_is_opens_no_second_case(house: House) -> None:
    await house.says("v-0101", "厕所不下水了")
    said = await house.reply("v-0101", "堵得死死的")
    assert "记到 柳树 1 号" in said
    await house.says("v-0101", "是俺家院里那个")
    (case,) = await house.cases_of("v-0101")
    assert case.kind == "drain"
    assert "院里" in case.said["place"]


async def test_the_place_of_one_of_two_goes_to_that_one(house: House) -> None:
    await house.says("v-0101", "桥头路灯不亮，还有垃圾没人收")
    said = await house.reply("v-0101", "路灯是学校门口那个")
    assert "柳树 1 号" in said
    lamp = next(one for one in await house.cases_of("v-0101") if one.kind == "lamp")
    assert "学校门口" in lamp.said["place"]


async def test_progress_says_a_place_once(house: House) -> None:
    await house.says("v-0101", "俺家没水了")
    assert (await house.reply("v-0101", "我的事办到哪了")).count("俺家") == 1


async def test_a_toilet_that_does_not_flush_is_one_case(house: House) -> None:
    await house.says("v-0101", "马桶冲不下去水，往外溢，臭得不行")
    assert [one.kind for one in await house.cases_of("v-0101")] == ["drain"]


async def test_a_leaking_room_is_a_matter_of_the_house(house: House) -> None:
    await house.says("v-0101", "下雨屋里漏得跟筛子样 俺一个人住")
    assert [one.kind for one in await house.cases_of("v-0101")] == ["house"]


async def test_a_queue_is_said_not_to_be_kept_and_a_person_is_offered(house: House) -> None:
    said = await house.reply("v-0101", "浇地排号")
    assert "没有浇地排号" in said
    assert "人工" in said
    assert await house.cases_of("v-0101") == []


@pytest.mark.parametrize("wanted", ["又弄不动了 还是来人吧", "还是派人来吧"])
async def test_who_wants_somebody_after_all_has_the_report_filed_anew(house: House, wanted: str) -> None:
    await house.says("v-0101", "俺家门口的垃圾堆成山了")
    await house.says("v-0101", "算了俺自己弄")
    assert "垃圾" in await house.reply("v-0101", wanted)
    assert [one.kind for one in await house.cases_of("v-0101") if one.is_open] == ["rubbish"]


async def test_a_cable_of_the_network_hangs_down_and_no_wire(house: House) -> None:
    await house.says("v-0101", "路上耷拉着一根网线")
    assert [one.kind for one in await house.cases_of("v-0101")] == ["network"]


async def test_a_wire_that_hangs_down_is_still_a_wire(house: House) -> None:
    await house.says("v-0101", "电线耷拉下来了")
    assert [one.kind for one in await house.cases_of("v-0101")] == ["wire"]


async def test_who_gave_the_code_away_is_told_to_ring_at_once(house: House) -> None:
    assert "已经点了或转了钱" in await house.reply("v-0101", "有人打电话说是社保局的 让念验证码")
    assert "现在就打 110" in await house.reply("v-0101", "念给他了")
    assert "挂失" in await house.reply("v-0101", "俺卡里少了五百")


async def test_what_was_taken_back_is_not_said_to_be_done(house: House) -> None:
    await house.says("v-0101", "俺家没水了")
    await house.says("v-0101", "算了不用来了")
    said = await house.reply("v-0101", "我的事办到哪了")
    assert "撤了" in said
    assert "办完了" not in said


async def test_a_thing_that_is_only_named_says_the_kind(house: House) -> None:
    await house.says("v-0101", "俺有个事要反映")
    await house.says("v-0101", "就是那个水的事")
    assert [one.kind for one in await house.cases_of("v-0101")] == ["water"]
