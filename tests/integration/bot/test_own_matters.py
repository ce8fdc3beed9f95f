"""What a villager says of the own matters: how far is the lamp, do not come, it is another kind, the same once more."""

import pytest

from tests.integration.bot.house import House

WHO = "v-0102"


@pytest.mark.parametrize(
    "asked",
    [
        "俺那个路灯到哪步了",
        "路灯修了没",
        "俺报的路灯有人管没",
        "路灯啥时候来修",
        "灯的事有眉目没",
        "路灯咋还没人来修",
    ],
)
async def test_who_asks_after_one_of_several_matters_hears_of_that_one(house: House, asked: str) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.reply(WHO, "村东头井盖没了")
    said = await house.reply(WHO, asked)
    assert "柳树 1 号" in said
    assert "柳树 2 号" not in said
    assert "还有 1 件" in said


async def test_a_matter_that_is_named_is_the_one_that_is_hurried(house: House) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.reply(WHO, "村东头井盖没了")
    assert "柳树 1 号 替您催了" in await house.reply(WHO, "再催催路灯")


MENDED = [
    "别修了，俺自己弄好了",
    "不用派人了，俺找人弄好了",
    "俺儿给修好了",
    "甭来了，俺自个儿换上了",
    "不用来了 自己修好了",
]


@pytest.mark.parametrize("told", MENDED)
async def test_what_somebody_mended_is_taken_back(house: House, told: str) -> None:
    await house.reply(WHO, "路灯坏了")
    assert "柳树 1 号 撤了" in await house.reply(WHO, told)
    assert [case.result for case in await house.cases_of(WHO)] == ["withdrawn"]


@pytest.mark.parametrize("which", ["2", "路灯"])
async def test_with_several_open_it_is_asked_which_was_mended(house: House, which: str) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.reply(WHO, "村东头井盖没了")
    asked = await house.reply(WHO, "别修了，俺自己弄好了")
    assert "2 柳树 1 号（路灯）" in asked
    assert "柳树 1 号 撤了" in await house.reply(WHO, which)
    assert sorted((case.kind, case.result) for case in await house.cases_of(WHO)) == [
        ("lamp", "withdrawn"),
        ("manhole", ""),
    ]


async def test_what_is_named_as_mended_is_not_asked_for(house: House) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.reply(WHO, "俺家门口垃圾没人收")
    assert "柳树 2 号 撤了" in await house.reply(WHO, "垃圾俺自己清走了，不用来了")


@pytest.mark.parametrize("asked", ["俺自己修好了能给报销不", "路灯别修了谁出钱"])
async def test_a_question_takes_nothing_back(house: House, asked: str) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.says(WHO, asked)
    assert not [case for case in await house.cases_of(WHO) if case.result]


@pytest.mark.parametrize("put_right", ["不是路灯，是井盖", "说错了，是井盖", "不对，是井盖没了"])
async def test_another_kind_gets_its_own_number_and_clock(house: House, put_right: str) -> None:
    await house.reply(WHO, "村口路灯坏了")
    said = await house.reply(WHO, put_right)
    assert "柳树 1 号 不用了" in said
    assert "9:30 有人接手" in said
    manhole, lamp = await house.cases_of(WHO)
    assert (manhole.kind, manhole.pace, manhole.result) == ("manhole", "urgent", "")
    assert "村口" in manhole.said["place"]
    assert (lamp.kind, lamp.result) == ("lamp", "withdrawn")


async def test_another_kind_of_what_is_worked_on_is_only_noted(house: House) -> None:
    await house.reply(WHO, "村口路灯坏了")
    key, _ = house.card("c-0101")
    await house.taps_on("c-0101", key, "accept")
    await house.says(WHO, "不是路灯，是井盖")
    assert [case.kind for case in await house.cases_of(WHO)] == ["lamp"]


async def test_a_place_put_right_is_no_other_kind(house: House) -> None:
    await house.reply(WHO, "村口路灯坏了")
    assert "桥头" in await house.reply(WHO, "不是村口，是桥头")
    assert [case.kind for case in await house.cases_of(WHO)] == ["lamp"]


SAME = [
    "村口路灯坏了",
    "村口那盏灯不亮",
    "路灯不亮",
    "村口的路灯不亮了",
    "俺那村口路灯还坏着呢",
    "喂，小邻，村口路灯坏了好几天了",
]


@pytest.mark.parametrize("once_more", SAME)
async def test_the_same_report_twice_is_one_matter(house: House, once_more: str) -> None:
    await house.reply(WHO, "村口路灯坏了")
    said = await house.reply(WHO, once_more)
    assert "已经记着了：柳树 1 号" in said
    assert len(await house.cases_of(WHO)) == 1


@pytest.mark.parametrize(
    "other", ["村西头路灯坏了", "又一个路灯坏了", "桥头那盏灯不亮", "村口第二个路灯坏了", "村口垃圾没人收"]
)
async def test_another_place_or_thing_is_another_matter(house: House, other: str) -> None:
    await house.reply(WHO, "村口路灯坏了")
    assert "记下了，柳树 2 号" in await house.reply(WHO, other)


@pytest.mark.parametrize("says", ["是另一个", "不是那个，是桥头的", "在村北头", "另外一盏"])
async def test_it_is_another_one_opens_the_second_matter(house: House, says: str) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.reply(WHO, "路灯坏了")
    assert "记下了，柳树 2 号" in await house.reply(WHO, says)


async def test_what_a_cadre_writes_down_twice_is_two_matters(house: House) -> None:
    await house.reply("c-0103", "路灯坏了")
    assert "记下了，柳树 2 号" in await house.reply("c-0103", "路灯坏了")


async def test_a_neighbour_who_reports_the_same_has_a_matter_of_his_own(house: House) -> None:
    await house.reply(WHO, "村口路灯坏了")
    assert "记下了，柳树 2 号" in await house.reply("v-0103", "村口路灯坏了")


@pytest.mark.parametrize(
    "told",
    [
        "甭来了 水来了",
        "水来了 甭来了",
        "水来了水来了 谢谢哈",
        "俺家水又有了",
        "莫跑了 自来水通了",
        "总算来水了，麻烦恁了",
    ],
)
async def test_what_came_back_by_itself_is_taken_back(house: House, told: str) -> None:
    await house.reply(WHO, "路灯坏了")
    await house.reply(WHO, "三组停水了")
    assert "柳树 2 号 撤了" in await house.reply(WHO, told)
    assert [case.kind for case in await house.cases_of(WHO) if case.is_open] == ["lamp"]


@pytest.mark.parametrize(
    "told",
    [
        "水来是来了 黄得没法喝",
        "水来了一会又停了",
        "电来了",
        "水来了没",
        "水啥时候来",
        "水还没来",
        "隔壁水来了俺家没有",
    ],
)
async def test_what_is_not_all_well_again_stays_open(house: House, told: str) -> None:
    await house.reply(WHO, "三组停水了")
    await house.says(WHO, told)
    assert "water" in [case.kind for case in await house.cases_of(WHO) if case.is_open]


@pytest.mark.parametrize(
    "told",
    ["都三天了灯还黑着", "路灯还是不亮", "路灯一直黑着没人管", "路灯照样不亮啊", "这都一个礼拜了路灯还坏着"],
)
async def test_that_it_is_so_still_opens_nothing_new(house: House, told: str) -> None:
    await house.reply(WHO, "桥头路灯坏了")
    await house.says(WHO, told)
    assert [case.number for case in await house.cases_of(WHO)] == ["柳树 1 号"]


@pytest.mark.parametrize(
    "told", ["学校门口的路灯一直都不亮", "村西头路灯都坏三天了", "三组停水都三天了", "又一个路灯坏了"]
)
async def test_that_it_is_so_elsewhere_is_a_matter_of_its_own(house: House, told: str) -> None:
    await house.reply(WHO, "桥头路灯坏了")
    await house.says(WHO, told)
    assert len(await house.cases_of(WHO)) == 2


@pytest.mark.parametrize(
    ("told", "place"),
    [
        ("俺说的是村南头不是我家门口", "村南头"),
        ("我报的是学校门口，不是桥头", "学校门口"),
        ("俺刚才说的是井边 不是桥头", "井边"),
        ("你记的啥 我说的是卫生室门口 不是桥头", "卫生室门口"),
        ("我指的是村口不是桥头", "村口"),
    ],
)
async def test_what_was_meant_and_what_not_is_put_right_either_way_round(house: House, told: str, place: str) -> None:
    await house.reply(WHO, "桥头路灯坏了")
    assert place in await house.reply(WHO, told)
    (case,) = await house.cases_of(WHO)
    assert case.said["place"].endswith(place)


@pytest.mark.parametrize(
    "told",
    [
        "拉走了 谢谢小邻",
        "清走了",
        "都拉走了，谢谢恁",
        "已经收走了哈",
        "刚拉走了 别派人了",
    ],
)
async def test_that_it_is_done_takes_back_the_one_matter(house: House, told: str) -> None:
    await house.reply(WHO, "村口垃圾没人收")
    assert "柳树 1 号 撤了" in await house.reply(WHO, told)


@pytest.mark.parametrize("told", ["拉走了一半", "没拉走", "拉走了没", "啥时候拉走", "拉走了又倒了一堆"])
async def test_what_is_done_by_half_stays_open(house: House, told: str) -> None:
    await house.reply(WHO, "村口垃圾没人收")
    await house.says(WHO, told)
    assert [case.kind for case in await house.cases_of(WHO) if case.is_open][-1] == "rubbish"


async def test_that_something_is_done_asks_which_of_several(house: House) -> None:
    await house.reply(WHO, "村口垃圾没人收")
    await house.reply(WHO, "路灯坏了")
    assert "撤哪一件" in await house.reply(WHO, "修好了 谢谢小邻")
