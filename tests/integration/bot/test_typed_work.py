"""What a cadre types beside a code: several things in one line, wrong ones in plain words; cases by their number."""

import pytest

from tests.integration.bot.house import House

LAMP = "我家门口路灯坏了"


async def typed(house: House, who: str, words: str) -> str:
    (task,) = await house.tasks_of(who)
    return await house.reply(who, words.format(code=task.code))


async def test_an_extension_takes_days_and_reason_in_one_line_and_tells_the_day_of_doing(house: House) -> None:
    await house.says("v-0101", LAMP)
    assert "记上了" in await typed(house, "c-0101", "延期 {code} 三天 等灯泡到货")
    said = house.post.said["v-0101"][-1]
    assert "等灯泡到货" in said
    assert "12月1日" in said, said
    assert "11月23日" not in said, "that is when somebody takes it over"


async def test_a_name_and_a_reason_stand_in_one_line(house: House) -> None:
    await house.says("v-0101", LAMP)
    assert "记上了" in await typed(house, "c-0101", "转交 {code} 李海 他离得近")
    assert [task.person_id for task in await house.tasks_of("c-0103")] == ["c-0103"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("转交 {code} 没这人", "没找到这个人"),
        ("延期 {code} 十一天 等材料", "最多 10"),
    ],
)
async def test_what_is_wrong_is_said_in_plain_words(house: House, words: str, said: str) -> None:
    await house.says("v-0101", LAMP)
    answer = await typed(house, "c-0101", words)
    assert said in answer, answer
    assert "_" not in answer


async def test_a_third_return_is_refused_in_plain_words(house: House) -> None:
    await house.says("v-0101", LAMP)
    for _ in range(2):
        await typed(house, "c-0101", "退回镇里 {code} 不归我管")
        await typed(house, "c-0001", "还是村里办 {code}")
    answer = await typed(house, "c-0101", "退回镇里 {code} 还是不归我管")
    assert "最多做 2 次" in answer, answer


@pytest.mark.parametrize("asked", ["柳树1号到哪了", "柳树 1 号 到哪了", "柳树1号怎么样了？"])
async def test_who_got_a_copy_asks_after_it_by_its_number_and_comments(house: House, asked: str) -> None:
    await house.says("v-0101", LAMP)
    await typed(house, "c-0101", "抄送 {code} 马丽")
    answer = await house.reply("c-0008", asked)
    assert answer.startswith("柳树 1 号"), answer
    assert "记上了" in await house.reply("c-0008", "评论 知道了，灯泡库里有")
    assert "柳树 1 号" not in await house.reply("c-0009", asked), "who has no part in it sees nothing"


async def test_each_clock_explains_itself_when_asked(house: House) -> None:
    await house.says("v-0101", LAMP)
    for who, asked in (
        ("c-0101", "柳树1号的时限怎么算的"),
        ("v-0101", "柳树1号为啥要这么久"),
        ("v-0101", "为啥要这么久"),
        ("v-0101", "柳树 1 号 为啥是这个日子"),
        ("v-0101", "这个日子是咋定的"),
    ):
        answer = await house.reply(who, asked)
        assert "收到消息算起" in answer, (asked, answer)
        assert "最晚 11月23日（周一）11:00" in answer, answer


@pytest.mark.parametrize(
    "words", ["延期 {code} 3 天 要等配件", "{code} 延期3天 要等配件", "申请延期 {code} 3天 要等配件"]
)
async def test_an_extension_is_taken_however_it_is_typed(house: House, words: str) -> None:
    await house.says("v-0101", LAMP)
    assert "记上了" in await typed(house, "c-0101", words)
    assert "原因：要等配件" in house.post.said["v-0101"][-1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("修好了 {code} 换了灯泡", "换了灯泡"),
        ("{code} 已经修好了 换了灯泡", "换了灯泡"),
        ("完成 {code} 换了灯泡", "换了灯泡"),
        ("办好了{code}换了灯泡", "换了灯泡"),
        ("{code} 问问她 是哪一盏", "是哪一盏"),
    ],
)
async def test_what_cadres_say_in_their_own_words_is_done_and_told(house: House, words: str, said: str) -> None:
    await house.says("v-0101", LAMP)
    await typed(house, "c-0101", "收到 {code}")
    assert "记上了" in await typed(house, "c-0101", words)
    assert said in house.post.said["v-0101"][-1]


@pytest.mark.parametrize("words", ["转给李海 {code}", "{code} 转给李海 他离得近", "移交给 {code} 李海"])
async def test_who_is_to_do_it_is_named_before_or_behind_the_code(house: House, words: str) -> None:
    await house.says("v-0101", LAMP)
    await typed(house, "c-0101", "收下 {code}")
    assert "记上了" in await typed(house, "c-0101", words)
    assert [task.person_id for task in await house.tasks_of("c-0103")] == ["c-0103"]


@pytest.mark.parametrize("words", ["{code} 不归我们村管", "退回 {code} 不归我们村"])
async def test_what_is_not_theirs_goes_back_to_the_town_with_the_reason(house: House, words: str) -> None:
    await house.says("v-0101", LAMP)
    await typed(house, "c-0101", "收下 {code}")
    assert "记上了" in await typed(house, "c-0101", words)
    assert await house.tasks_of("c-0001")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("{code} 暂停 等供电所", "没有“暂停”"),
        ("挂起 {code}", "没有“暂停”"),
        ("{code}", "能办的有"),
        ("{code} 天书", "能办的有"),
    ],
)
async def test_what_cannot_be_done_is_answered_with_what_can_and_nothing_is_filed(
    house: House, words: str, said: str
) -> None:
    await house.says("v-0101", LAMP)
    await typed(house, "c-0101", "收下 {code}")
    before = len(await house.cases_of("c-0101"))
    assert said in await typed(house, "c-0101", words)
    assert len(await house.cases_of("c-0101")) == before


async def test_that_nobody_can_be_reached_is_a_remark_on_the_own_task_and_no_cry_for_help(house: House) -> None:
    await house.says("v-0101", LAMP)
    await typed(house, "c-0101", "收下 {code}")
    assert "记上了" in await typed(house, "c-0101", "{code} 联系不上人")
    assert "110" in await house.reply("v-0101", "WXYZ 联系不上人"), "no task of the speaker's has such a code"
