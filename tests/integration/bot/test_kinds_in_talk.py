"""Every kind of field answered in a chat, rightly and otherwise: kept, asked again, put right."""

from collections import defaultdict

import pytest

from skills import registry
from tests.integration.bot.house import TOWN, House
from tests.integration.bot.test_form_pages import picture

VILLAGER = "v-0101"
BEGINS = "我要领油纸伞"
NEXT = "要哪种花样？"
COLOURS = "{red: {name: 红色, words: [朱红]}, blue: {name: 蓝色}, green: {name: 绿色}}"
SPECS = {
    "text": "{kind: text, name: 写什么字, ask: ask}",
    "choice": f"{{kind: choice, name: 哪个颜色, options: {COLOURS}, ask: ask}}",
    "yes_no": "{kind: yes_no, name: 带不带伞套, ask: ask}",
    "number": "{kind: number, name: 几把, unit: [把], least: 1, most: 50, ask: ask}",
    "money": "{kind: money, name: 押多少钱, ask: ask}",
    "date": "{kind: date, name: 哪天来, ask: ask}",
    "moment": "{kind: moment, name: 哪天几点来, ask: ask}",
    "count": "{kind: number, name: 几把备用, unit: [把], least: 0, ask: ask}",
    "time": "{kind: time, name: 几点来, ask: ask}",
    "duration": "{kind: duration, name: 借多久, ask: ask}",
    "person": "{kind: person, name: 谁来拿, neighbours: true, ask: ask}",
    "photos": "{kind: photos, name: 旧伞的照片, ask: ask}",
    "file": "{kind: file, name: 介绍信, ask: ask}",
    "signature": "{kind: signature, name: 签名, ask: ask}",
}
SHEET = """
name: 领油纸伞
summary: 领一把油纸伞
owner: 文化站
for: [resident, cadre]
paper: 领伞单
examples: [领油纸伞, 我要领油纸伞]
form:
  asked: {spec}
  pattern: {{kind: text, name: 哪种花样, ask: ask_pattern}}
workflow:
  start: check
  number: skill
  prefix: 伞
  tell: [{{text: filed}}]
  stages:
    check: {{title: 等文化站看, who: town_clerk of town, actions: {{fine: {{title: 可以领, to: closed}}}}}}
texts:
  ask: 这一样呢？
  ask_pattern: 要哪种花样？
  filed: "办好了：{{asked}} / {{pattern}}"
"""


async def begun(house: House, kind: str) -> None:
    loaded = registry.load_files("umbrella", {"skill.yaml": SHEET.format(spec=SPECS[kind])})
    assert loaded.skill, [str(one) for one in loaded.problems]
    house.db.write_now(lambda tx: registry.install(tx, TOWN, loaded.skill, by=None, now=house.clock.now()))
    house.post.files = defaultdict(picture)
    assert "这一样呢？" in await house.reply(VILLAGER, BEGINS)


KEPT = {
    "choice": [("第三个", "绿色"), ("蓝的", "蓝色"), ("朱红的", "红色"), ("2", "蓝色")],
    "yes_no": [("是", "是"), ("中", "是"), ("嗯呢", "是"), ("带", "是"), ("不带", "否"), ("不是，不带", "否")],
    "number": [("仨", "3 把"), ("１２把", "12 把"), ("大概二十把", "20 把")],
    "money": [
        ("三千二", "3200 元"), ("两万五", "25000 元"), ("十万八千", "108000 元"), ("1万2", "12000 元"),
        ("3,000元", "3000 元"), ("八块八毛八", "8.88 元"), ("五毛", "0.50 元"),
    ],
    "time": [("9点", "09:00"), ("三点一刻", "15:15"), ("晌午", "12:00")],
    "duration": [("一个半小时", "90 分钟"), ("半个月", "15 天")],
    "person": [("李海", "李海"), ("文书", "陈文")],
}  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "kept"), [(kind, *one) for kind, every in KEPT.items() for one in every])
async def test_it_is_kept_as_it_was_meant_and_said_by_name(house: House, kind: str, said: str, kept: str) -> None:
    await begun(house, kind)
    assert NEXT in await house.reply(VILLAGER, said)
    assert await house.reply(VILLAGER, "荷花") == f"办好了：{kept} / 荷花"


AGAIN = {
    "choice": ["红色吧要不蓝色", "黄色的", "第四个"],
    "yes_no": ["看情况", "也许吧"],
    "number": ["两三把", "一把也不要", "一百把", "很多"],
    "money": ["两三百块", "免费", "-5元"],
    "time": ["天黑的时候", "25点"],
    "duration": ["一会儿", "三四天"],
    "person": ["张三丰", "俺儿"],
    "photos": ["村东头那把"],
    "signature": ["王秀英"],
}


@pytest.mark.parametrize(("kind", "said"), [(kind, one) for kind, every in AGAIN.items() for one in every])
async def test_what_is_no_answer_is_asked_again_and_twice_goes_to_a_person(house: House, kind: str, said: str) -> None:
    await begun(house, kind)
    first = await house.reply(VILLAGER, said)
    assert "这一样呢？" in first
    assert first != "这一样呢？"  # it is said why
    assert "请人给您打电话" in await house.reply(VILLAGER, said)


@pytest.mark.parametrize("kind", ["photos", "file", "signature"])
async def test_what_is_sent_answers_the_question_for_it(house: House, kind: str) -> None:
    await begun(house, kind)
    if kind == "file":
        said = await house.reply(VILLAGER, file=("介绍信.docx", b"letter"))
    else:
        said = await house.reply(VILLAGER, pictures=1)
    assert said == NEXT
    assert "荷花" in await house.reply(VILLAGER, "荷花")
    (case,) = await house.cases_of(VILLAGER)
    assert len(case.fields["asked"]) == 1


@pytest.mark.parametrize("said", ["没有", "没照片", "待会儿发", "不会拍", "这会儿没有"])
async def test_who_has_nothing_to_send_is_not_asked_twice(house: House, said: str) -> None:
    await begun(house, "photos")
    assert await house.reply(VILLAGER, said) == NEXT
    assert "请人给您打电话" in await house.reply(VILLAGER, "荷花")


@pytest.mark.parametrize(
    ("kind", "first", "then", "kept"),
    [
        ("text", "要红边的", "不对，是蓝边的", "蓝边的"),
        ("text", "要红边的", "不是红边是蓝边", "要蓝边的"),
        ("choice", "红色", "换成蓝色", "蓝色"),
        ("number", "三把", "不是三把是五把", "5 把"),
        ("money", "三百", "不是三百是三百五", "350 元"),
        ("person", "李海", "不是李海是刘梅", "刘梅"),
    ],
)
async def test_it_is_put_right_before_it_is_filed(house: House, kind: str, first: str, then: str, kept: str) -> None:
    await begun(house, kind)
    await house.reply(VILLAGER, first)
    said = await house.reply(VILLAGER, then)
    assert "改好了" in said
    assert said.endswith(NEXT)
    assert await house.reply(VILLAGER, "荷花") == f"办好了：{kept} / 荷花"


async def test_somebody_else_who_is_not_known_is_asked_for_and_nobody_is_made_up(house: House) -> None:
    await begun(house, "person")
    await house.reply(VILLAGER, "李海")
    assert "没找到" in await house.reply(VILLAGER, "不是李海是张三丰")
    assert NEXT in await house.reply(VILLAGER, "刘梅")
    assert await house.reply(VILLAGER, "荷花") == "办好了：刘梅 / 荷花"


async def test_no_is_an_answer_and_to_drop_it_is_none(house: House) -> None:
    await begun(house, "yes_no")
    assert "不弄了" in await house.reply(VILLAGER, "算了")
    assert await house.cases_of(VILLAGER) == []


async def test_an_hour_said_after_its_day_belongs_to_that_day(house: House) -> None:
    await begun(house, "moment")
    assert "几点" in await house.reply(VILLAGER, "明天")
    assert NEXT in await house.reply(VILLAGER, "下午三点吧")
    assert "11月24日" in await house.reply(VILLAGER, "梅花")


async def test_the_day_is_put_right_before_its_hour_is_said(house: House) -> None:
    await begun(house, "moment")
    await house.reply(VILLAGER, "大后天")
    assert "几点" in await house.reply(VILLAGER, "不对 改成礼拜六")
    assert NEXT in await house.reply(VILLAGER, "早上八点")
    said = await house.reply(VILLAGER, "梅花")
    assert "11月28日" in said
    assert "8:00" in said


@pytest.mark.parametrize(("kind", "said"), [("date", "明天或者后天"), ("moment", "明天下午三点 要么后天上午九点")])
async def test_of_two_days_none_is_taken_before_one_is_chosen(house: House, kind: str, said: str) -> None:
    await begun(house, kind)
    assert "定哪一个" in await house.reply(VILLAGER, said)
    assert NEXT in await house.reply(VILLAGER, "后天上午九点吧")
    assert "11月25日" in await house.reply(VILLAGER, "梅花")


async def test_another_day_that_was_chosen_is_no_question(house: House) -> None:
    await begun(house, "date")
    assert NEXT in await house.reply(VILLAGER, "明天不行 还是后天吧")


@pytest.mark.parametrize("said", ["不用", "不要伞了", "没有", "一把也不要"])
async def test_none_is_a_number_where_none_is_allowed(house: House, said: str) -> None:
    await begun(house, "count")
    assert NEXT in await house.reply(VILLAGER, said)
    assert "办好了：0" in await house.reply(VILLAGER, "梅花")


async def test_a_service_that_a_list_begins_is_given_to_a_person_when_somebody_asks_for_it(house: House) -> None:
    loaded = registry.load(registry.HERE / "gallery" / "visits")
    assert loaded.skill
    house.db.write_now(lambda tx: registry.install(tx, TOWN, loaded.skill, by=None, now=house.clock.now()))
    assert "郑晓东" in await house.reply(VILLAGER, "想请人给俺爹送药")


KINDS = "{burn: {name: 火化}, bury: {name: 生态葬, words: [树葬]}}"


async def named(house: House, name: str, spec: str) -> None:
    """A service whose one field has a name that reports have as well."""
    sheet = SHEET.format(spec=spec).replace("asked:", f"{name}:").replace("{asked}", f"{{{name}}}")
    loaded = registry.load_files("umbrella", {"skill.yaml": sheet})
    assert loaded.skill, [str(one) for one in loaded.problems]
    house.db.write_now(lambda tx: registry.install(tx, TOWN, loaded.skill, by=None, now=house.clock.now()))
    house.post.files = defaultdict(picture)
    assert "这一样呢？" in await house.reply(VILLAGER, BEGINS)


@pytest.mark.parametrize("said", ["俩月", "不想说", "孟桂花，七十三", "你看着办吧"])
async def test_a_choice_of_a_clerk_s_own_is_asked_again_whatever_the_field_is_called(house: House, said: str) -> None:
    await named(house, "kind", f"{{kind: choice, name: 哪种, options: {KINDS}, ask: ask}}")
    assert "哪一样我没听明白" in await house.reply(VILLAGER, said)
    assert NEXT in await house.reply(VILLAGER, "树葬吧")
    assert await house.reply(VILLAGER, "荷花") == "办好了：生态葬 / 荷花"


async def test_words_instead_of_a_photo_are_asked_again_whatever_the_field_is_called(house: House) -> None:
    await named(house, "photos", "{kind: photos, name: 旧伞的照片, ask: ask}")
    assert "这一样呢？" in await house.reply(VILLAGER, "村东头那把")
    assert NEXT in await house.reply(VILLAGER, pictures=1)


@pytest.mark.parametrize("said", ["生态葬 哦不对 是火化", "不是树葬，是火化", "树葬，错了，火化"])
async def test_a_choice_is_put_right_in_one_breath(house: House, said: str) -> None:
    await named(house, "way", f"{{kind: choice, name: 哪种, options: {KINDS}, ask: ask}}")
    assert NEXT in await house.reply(VILLAGER, said)
    assert await house.reply(VILLAGER, "荷花") == "办好了：火化 / 荷花"
