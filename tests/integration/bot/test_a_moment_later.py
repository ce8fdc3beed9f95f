"""What is said a moment after: where it is by a building, of which of two matters, why nothing is said."""

import pytest

from tests.integration.bot.house import House

WHO = "v-0101"


async def places(house: House) -> dict[str, str]:
    return {case.kind: case.said["place"] for case in await house.cases_of(WHO)}


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ("说错了 是小学门口那个", "小学门口"),
        ("不对 是供销社后头那盏", "供销社后头"),
        ("错了 是养鸡场旁边那个", "养鸡场旁边"),
        ("不是村口 是卫生院对面", "卫生院对面"),
    ],
)
async def test_a_place_put_right_is_named_by_its_building_and_stays_in_the_village(
    house: House, said: str, place: str
) -> None:
    await house.says(WHO, "村口那个路灯不亮了")
    heard = await house.reply(WHO, said)
    assert place in heard
    (case,) = await house.cases_of(WHO)
    assert place in case.said["place"]
    assert "柳树村" in case.said["place"]


@pytest.mark.parametrize("said", ["水管子在供销社门口", "水管在供销社门口", "水管子是供销社门口那根"])
async def test_where_one_of_two_things_is_goes_to_that_thing(house: House, said: str) -> None:
    await house.says(WHO, "水管子爆了 淌了一街")
    await house.says(WHO, "俺家电视也没信号了")
    await house.says(WHO, said)
    found = await places(house)
    assert "供销社门口" in found["water"]
    assert "供销社" not in found["network"]


@pytest.mark.parametrize("said", ["养鸡场后头那条", "小学东边那一段", "供销社对过那块"])
async def test_a_place_with_which_of_them_is_more_of_the_report(house: House, said: str) -> None:
    await house.says(WHO, "那个臭水沟堵了")
    heard = await house.reply(WHO, said)
    assert "哪一类" not in heard
    found = await places(house)
    assert len(found) == 1
    assert said[:3] in found["drain"]


@pytest.mark.parametrize("said", ["咋不说话", "咋不吭声了", "人家问你话呢", "？", "??"])
async def test_who_hears_nothing_more_is_told_how_it_stands(house: House, said: str) -> None:
    await house.says(WHO, "路上有个大坑")
    assert "柳树 1 号" in await house.reply(WHO, said)
    assert len(await house.cases_of(WHO)) == 1


@pytest.mark.parametrize(
    "said",
    [
        "谢谢恁 上次那个水管子修好了",
        "路灯修好了 谢谢啊",
        "垃圾拉走了 辛苦你们了",
        "下水道通了 多谢多谢",
        "谢谢啊 路上那个坑填上了",
        "灯亮了 恁办事真快",
        "好人呐 水来了 谢谢谢谢",
    ],
)
async def test_thanks_for_what_was_mended_report_nothing(house: House, said: str) -> None:
    await house.says(WHO, said)
    assert await house.cases_of(WHO) == []


async def test_what_is_broken_again_is_a_report_for_all_the_thanks(house: House) -> None:
    await house.says(WHO, "谢谢恁 上次路灯修好了 现在又不亮了")
    (case,) = await house.cases_of(WHO)
    assert case.kind == "lamp"


@pytest.mark.parametrize(
    "said",
    [
        "跟邻居因为排水吵起来了 恁给说和说和",
        "他家的树枝子伸俺院里 恁给评评理",
        "俺跟俺兄弟为了老屋闹矛盾 想叫村里调解调解",
    ],
)
async def test_who_wants_to_be_reconciled_has_a_quarrel(house: House, said: str) -> None:
    await house.says(WHO, said)
    (case,) = await house.cases_of(WHO)
    assert case.kind == "dispute"


@pytest.mark.parametrize("said", ["借一下村里的活动室", "俺想用用村里那个会议室", "租文化广场办个喜事中不"])
async def test_a_room_that_no_service_lends_is_asked_of_the_village(house: House, said: str) -> None:
    heard = await house.reply(WHO, said)
    assert "人工" in heard
    assert "公开" not in heard


@pytest.mark.parametrize("said", ["银行让开的", "那我去哪开", "人家单位叫开的", "那上哪开去"])
async def test_after_a_refusal_who_asked_for_it_hears_where_to_go(house: House, said: str) -> None:
    await house.says(WHO, "给我开个证明 证明我是我爹的儿子")
    heard = await house.reply(WHO, said)
    assert "派出所" in heard
    assert "中心街" not in heard


@pytest.mark.parametrize("said", ["开个居住证明…", "先给我开个居住证明", "帮俺开张居住证明吧"])
async def test_a_paper_wished_for_in_the_middle_of_a_form_is_no_answer(house: House, said: str) -> None:
    await house.says(WHO, "我想盖房子申请宅基地")
    heard = await house.reply(WHO, said)
    assert "什么事用" in heard
    assert all("居住" not in str(case.said) for case in await house.cases_of(WHO) if case.skill == "homestead_opinion")


async def test_a_post_that_was_sent_at_once_is_not_sent_again(house: House) -> None:
    await house.says(WHO, "发邻友圈：谁家狗丢了")
    assert "没有等您回话" in await house.reply(WHO, "发吧")
    assert await house.cases_of(WHO) == []


@pytest.mark.parametrize("who", ["他叫张二 在俺家东边", "是俺东邻 叫张二", "那家姓王 住俺前头"])
async def test_who_it_was_is_more_of_the_report(house: House, who: str) -> None:
    await house.says(WHO, "隔壁老是骂人 还往俺院里扔垃圾")
    assert "柳树 1 号" in await house.reply(WHO, who)
    assert len(await house.cases_of(WHO)) == 1


async def test_that_it_was_a_cadre_is_not_written_where_the_village_reads_it(house: House) -> None:
    await house.says(WHO, "隔壁老是骂人 还往俺院里扔垃圾")
    await house.says(WHO, "他叫陈文 是村主任")
    (case,) = [one for one in await house.cases_of("c-0101") if one.skill == "village_report"]
    assert "陈文" not in "".join(case.said.values())


@pytest.mark.parametrize("more", ["都招苍蝇了", "都生蛆了", "他不会用手机"])
async def test_what_came_of_it_and_that_somebody_has_no_telephone_is_more_of_the_report(
    house: House, more: str
) -> None:
    await house.says(WHO, "替俺对门张三说一声 他家门口垃圾堆老高了")
    assert "柳树 1 号" in await house.reply(WHO, more)
    (case,) = await house.cases_of(WHO)
    assert "一声" not in case.said["what"]
