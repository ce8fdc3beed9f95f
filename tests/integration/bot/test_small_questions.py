"""Short things that villagers say, each answered as what it is: a question, a face, a yes to nothing, a loudspeaker."""

from datetime import datetime

import pytest

from tests.integration.bot.house import House
from township.clock import SHANGHAI

WHO = "v-0102"


@pytest.mark.parametrize(
    "asked",
    [
        "狗咬了他不赔咋办",
        "他家狗咬了人不拿钱咋整",
        "狗咬了俺，不给出医药费找谁",
        "被狗咬了该赔多少",
        "狗咬了人他不认咋弄",
    ],
)
async def test_who_pays_after_a_bite_is_answered_with_the_clause_about_paying(house: House, asked: str) -> None:
    assert "狗的主人出医药费" in await house.reply(WHO, asked)


@pytest.mark.parametrize(
    "asked",
    [
        "俺今年六十八了有没有钱领",
        "俺娘七十五了能领啥钱不",
        "俺爹都65岁了有补贴没",
        "上了年纪有啥补助没",
        "俺七十了该有啥钱",
    ],
)
async def test_who_asks_what_money_there_is_at_an_age_is_asked_back(house: House, asked: str) -> None:
    assert "养老金、高龄津贴" in await house.reply(WHO, asked)
    assert "60元" in await house.reply(WHO, "高龄津贴")


@pytest.mark.parametrize(
    "asked",
    [
        "老房子漏雨国家管不管",
        "老屋漏雨公家给修不",
        "俺那土坯房裂了上头给补钱不",
        "房子旧得不行了政府管吗",
        "屋顶漏了国家给钱不",
    ],
)
async def test_whether_the_state_helps_with_an_old_house_is_a_question(house: House, asked: str) -> None:
    assert "C级或D级危房" in (said := await house.reply(WHO, asked)) or "每户补" in said
    assert await house.cases_of(WHO) == []


async def test_a_leaking_roof_is_still_a_report(house: House) -> None:
    assert "房屋的事记下了" in await house.reply(WHO, "俺家屋顶漏雨")


@pytest.mark.parametrize("said", ["同意", "发", "1", "发吧", "不同意"])
async def test_a_yes_for_which_nothing_waits_hears_so_and_what_may_be_said(house: House, said: str) -> None:
    heard = await house.reply(WHO, said)
    assert "没有等您回话的事" in heard
    assert "直接说一句" in heard


async def test_a_cadre_who_agrees_with_nothing_hears_that_nothing_waits(house: House) -> None:
    assert "没有等着办的事" in await house.reply("c-0001", "同意")


@pytest.mark.parametrize("faces", ["😡😡", "😭", "[大哭][大哭]", "[发怒]", "🐔🐔"])
async def test_faces_that_ask_for_something_are_answered_kindly(house: House, faces: str) -> None:
    assert "看见您发的表情了" in await house.reply(WHO, faces)
    assert await house.cases_of(WHO) == []


async def test_polite_faces_need_no_answer(house: House) -> None:
    assert [await house.says(WHO, face) for face in ("👍", "[OK]", "[微笑]", "🌹🌹")] == [[]] * 4


@pytest.mark.parametrize(
    "said",
    ["喇叭太吵了", "大喇叭一大早就喊，睡不着觉", "喇叭能不能小点声", "吵死了，这广播", "广播声音太大了"],
)
async def test_who_finds_the_loudspeaker_too_loud_hears_the_quiet_hours(house: House, said: str) -> None:
    heard = await house.reply(WHO, said)
    assert "21:00–6:30、12:00–14:00不响" in heard
    assert [case.kind for case in await house.cases_of(WHO)] == ["speaker"]


async def test_a_silent_loudspeaker_is_told_no_quiet_hours(house: House) -> None:
    assert "21:00" not in await house.reply(WHO, "喇叭不响了")


@pytest.mark.parametrize("asked", ["几点下班", "明天赶集不", "低保多少钱", "派出所电话", "大厅在哪"])
async def test_a_short_question_is_answered_while_a_paper_waits_for_its_name(house: House, asked: str) -> None:
    assert "哪种证明" in await house.reply(WHO, "给俺开个证明")
    assert "没听明白" not in (said := await house.reply(WHO, asked))
    assert "转给" not in said
    assert "办什么事用" in await house.reply(WHO, "居住证明")


@pytest.mark.parametrize("asked", ["今晚停不停水", "今天停水不", "啥时候停水", "有水没", "几点来水"])
async def test_what_the_loudspeaker_told_answers_who_asks_in_the_group(house: House, asked: str) -> None:
    await house.reply("c-0001", "今晚七点半通知各村：今晚九点到明早六点停水")
    await house.reply("c-0001", "送审")
    key, _ = house.card("c-0002")
    await house.taps_on("c-0002", key, "approve")
    await house.until(datetime(2026, 11, 23, 19, 30, tzinfo=SHANGHAI))
    assert "今晚九点到明早六点停水" in await house.reply(WHO, asked, group="cidliushu=")
    assert await house.cases_of(WHO) == []


@pytest.mark.parametrize("asked", ["今晚停不停水", "今天停水不", "明天有电没"])
async def test_without_a_broadcast_the_question_is_no_report(house: House, asked: str) -> None:
    await house.says(WHO, asked, group="cidliushu=")
    assert [case.skill for case in await house.cases_of(WHO) if case.skill == "village_report"] == []


async def test_water_that_is_cut_is_still_a_report(house: House) -> None:
    assert "供水的事记下了" in await house.reply(WHO, "停水了")


@pytest.mark.parametrize("said", ["再说一遍", "没听清，再讲一遍呗", "你重说一回"])
async def test_who_did_not_hear_is_told_the_same_once_more(house: House, said: str) -> None:
    told = await house.reply(WHO, "农村低保标准多少")
    assert "760元" in told
    assert await house.reply(WHO, said) == told


async def test_who_did_not_hear_how_a_report_stands_is_told_how_it_stands(house: House) -> None:
    await house.says(WHO, "俺家门口路灯坏了")
    assert "柳树 1 号" in await house.reply(WHO, "没听清，再说一遍")
    assert len(await house.cases_of(WHO)) == 1


async def test_with_nothing_said_before_it_is_asked_what_to_say_again(house: House) -> None:
    assert "再说哪一件" in await house.reply(WHO, "再说一遍")


@pytest.mark.parametrize(
    ("asked", "part"),
    [
        ("低保的线好多嘛", "760元"),
        ("八十三的老人高寿的钱一月给几个", "60元"),
        ("二级残疾的护理钱几多一个月", "140元"),
        ("医保今年要交好多", "420元"),
        ("买个旋耕机农机补贴能补好多", "30%"),
        ("娃明年上一年级要带啥子", "户口簿"),
    ],
)
async def test_how_much_is_asked_in_the_words_of_the_southwest_as_well(house: House, asked: str, part: str) -> None:
    assert part in await house.reply(WHO, asked)


@pytest.mark.parametrize("asked", ["退伍军人优待证去哪领", "养蜂给补贴不", "学挖机的培训班哪天开", "光伏一年给多少钱"])
async def test_a_matter_of_another_name_is_no_matter_of_ours(house: House, asked: str) -> None:
    assert "替您问" in await house.reply(WHO, asked)


@pytest.mark.parametrize(
    "said",
    ["儿女都不在跟前，心里空得慌", "老伴住院去了，心里头慌", "闺女嫁得远，心里怪酸的"],
)
async def test_a_heavy_heart_is_listened_to_and_told_of_a_number_that_listens_at_night(house: House, said: str) -> None:
    heard = await house.reply(WHO, said)
    assert "我听着呢" in heard
    assert "12356" in heard
    assert await house.cases_of(WHO) == []


async def test_what_to_bring_is_asked_in_the_words_of_the_southwest(house: House) -> None:
    assert "户口簿" in await house.reply(WHO, "娃读小学要拿些啥子")


@pytest.mark.parametrize(
    "asked",
    ["凭啥我家的低保给停了", "俺娘的高龄津贴咋给取消了", "为啥俺家今年粮补少了", "我爸的养老金怎么突然停了"],
)
async def test_why_the_own_money_was_stopped_is_asked_of_a_person_and_answered_by_no_clause(
    house: House, asked: str
) -> None:
    said = await house.reply(WHO, asked)
    assert "替您" in said
    assert "——《" not in said


async def test_when_money_comes_is_still_answered(house: House) -> None:
    assert "15日" in await house.reply(WHO, "养老金咋这个月没到账")


@pytest.mark.parametrize(
    "said",
    ["有人在俺村收老年卡说给米面，是不是骗子", "俺怕是遇到骗子了", "来了个收药的，别是骗子吧"],
)
async def test_who_suspects_a_cheat_is_told_what_to_do_now(house: House, said: str) -> None:
    assert "96110" in await house.reply(WHO, said)


@pytest.mark.parametrize("asked", ["我想开个小卖部，要办啥手续", "俺想开个超市卖东西，办啥执照"])
async def test_who_asks_how_to_open_a_shop_sells_nothing(house: House, asked: str) -> None:
    assert "邻友圈" not in await house.reply(WHO, asked)


@pytest.mark.parametrize("said", ["你好", "喂", "在吗", "小邻"])
async def test_a_greeting_is_greeted(house: House, said: str) -> None:
    assert "您好" in await house.reply(WHO, said)


@pytest.mark.parametrize("said", ["返回", "上一步", "返回首页", "主菜单"])
async def test_who_looks_for_a_way_back_sees_what_there_is(house: House, said: str) -> None:
    assert "我能帮您" in await house.reply(WHO, said)


@pytest.mark.parametrize("said", ["你这回答不对", "你这个答案是错的", "刚才说的不准", "你回复的不对"])
async def test_an_answer_that_is_called_wrong_goes_to_a_person(house: House, said: str) -> None:
    assert "元" in await house.reply(WHO, "高龄津贴多少钱")
    assert "没答到点上" in await house.reply(WHO, said)


@pytest.mark.parametrize("said", ["借桌子", "想借十张桌子办酒席", "俺家办事借几条板凳", "想租二十把椅子"])
async def test_who_wants_to_borrow_is_sent_to_the_village_where_nobody_lends(house: House, said: str) -> None:
    heard = await house.reply(WHO, said)
    assert "桌椅" in heard
    assert "人工" in heard


@pytest.mark.parametrize("said", ["桌子借给邻居了，不还", "村里那桌子大碗借用要钱不"])
async def test_a_quarrel_or_a_price_is_not_a_wish_to_borrow(house: House, said: str) -> None:
    assert "这会儿我还办不了" not in await house.reply(WHO, said)
