"""The story of the line's first half, lived in the browser: the phone page of the sandbox, and the app as it is run.

A villager asks and is answered with the source; she speaks of two things at once; the clerk takes and closes her lamp
on the card; an emergency breaks into an open form; a complaint goes past the village; a clerk's file becomes answers.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from playwright.sync_api import FilePayload, Locator, expect

from township.workdays import Calendar

Phones = Callable[..., list[Locator]]
Say = Callable[[Locator, str], None]

D1 = "喂小林啊俺是六数村的夜来后晌俺家大门口那个录灯就不明了黑灯瞎火的差点把俺绊倒还有俺那个高龄今天咋到这霎还没发"


@pytest.fixture
def sandbox(shared_town: Any) -> Iterator[httpx.Client]:
    """The pretend DingTalk in which the app of this module lives."""
    with httpx.Client(base_url=shared_town.url, timeout=20) as client:
        yield client


def said(phone: Locator) -> Locator:
    """What the bot has said on a phone."""
    return phone.locator(".message:not(.mine):not(.card-item) .bubble")


def card(phone: Locator, part: str) -> Locator:
    """The newest card that shows `part`."""
    return phone.locator(".card").filter(has_text=part).last


def a_day_off_before_work(now: datetime) -> datetime:
    """Find ten o'clock of the next day off that a working day follows."""
    calendar, at = Calendar(), now.replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    while calendar.day(at.date()).spans or not calendar.day(at.date() + timedelta(days=1)).spans:
        at += timedelta(days=1)
    return at


def test_a_question_a_lamp_and_an_allowance(shared_town: Any, phones: Phones, type_in: Say, speak: Say) -> None:
    sunday = a_day_off_before_work(shared_town.now())
    shared_town.turn(to=sunday)
    villager, clerk = phones("v-0101", "c-0101")

    type_in(villager, "高龄津贴啥时候发")
    expect(said(villager)).to_have_count(1)
    expect(said(villager)).to_contain_text("示例政发〔2026〕8号")
    expect(said(villager)).to_contain_text("第六条")

    speak(villager, D1)
    expect(said(villager)).to_have_count(2)
    both = said(villager).last
    expect(both).to_contain_text("路灯")
    expect(both).to_contain_text("柳树 1 号")
    expect(both).to_contain_text("示例政发〔2026〕8号")

    expect(clerk.locator(".card")).to_have_count(0)
    shared_town.turn(to=sunday.replace(hour=9) + timedelta(days=1))
    expect(card(clerk, "路灯")).to_be_visible()
    card(clerk, "路灯").get_by_role("button", name="收下").click()
    expect(card(clerk, "路灯")).to_contain_text("正在办")
    card(clerk, "路灯").get_by_role("button", name="办好了").click()
    expect(said(villager).last).to_contain_text("修好了吗")
    expect(card(clerk, "路灯")).to_contain_text("等村民说好没好")
    type_in(villager, "1")
    expect(said(villager).last).to_contain_text("办结")
    expect(card(clerk, "路灯")).to_contain_text("办结")
    expect(said(villager)).to_have_count(4)


def test_an_emergency_breaks_into_an_open_form(shared_town: Any, phones: Phones, type_in: Say, speak: Say) -> None:
    villager, worker = phones("v-0401", "c-0403")
    type_in(villager, "俺家门口那个坏了没人修")
    expect(said(villager)).to_contain_text("哪一类")
    speak(villager, "老人倒地叫不应")
    expect(said(villager)).to_have_count(2)
    expect(said(villager).last).to_contain_text("先打 120")
    talk = shared_town.inbox("v-0401")["messages"]
    cry = next(n for n, one in enumerate(talk) if "叫不应" in one["text"])
    asked, answered = (datetime.fromisoformat(talk[n]["at"]) for n in (cry, cry + 1))
    assert talk[cry + 1]["from"] == "bot"
    assert answered - asked <= timedelta(seconds=1)
    expect(said(worker).first).to_contain_text("叫不应")
    type_in(villager, "1")
    expect(said(villager).last).to_contain_text("路灯的事记下了，河湾 1 号")


def test_a_complaint_about_a_cadre_goes_past_the_village(phones: Phones, type_in: Say) -> None:
    villager, clerk, one, other = phones("v-0102", "c-0101", "c-0006", "c-0007")
    type_in(villager, "我要举报 村会计把低保给他小舅子了 别让村里知道")
    expect(said(villager)).to_contain_text("不经过村里")
    type_in(villager, "1")
    expect(said(villager).last).to_contain_text(re.compile(r"纪\d{4}-0001"))
    expect(card(one, "小舅子")).to_be_visible()
    expect(card(other, "小舅子").get_by_role("button", name="答复")).to_be_visible()
    card(one, "小舅子").get_by_role("button", name="答复").click()
    expect(one.locator(".asking")).to_contain_text("请在聊天里回一句")
    type_in(one, "已经查实，正在退还")
    expect(one.locator(".asking")).to_be_hidden()
    expect(said(villager).last).to_contain_text("已经查实")
    expect(card(other, "小舅子").get_by_role("button")).to_have_count(0)
    expect(card(other, "小舅子")).to_contain_text("韩正")
    type_in(clerk, "我的待办")
    expect(said(clerk).last).to_contain_text("没有等着办的事")
    expect(clerk).not_to_contain_text("小舅子")


NOTICE = """# 示例镇公厕管护办法（样例）

示例政发〔2026〕77号

第一条 村里的公厕由保洁员每天打扫两遍，早上七点前一遍，下午五点前一遍。

第二条 本办法自发布之日起施行。
"""


def test_a_file_answers_once_a_second_person_agrees(shared_town: Any, phones: Phones, type_in: Say) -> None:
    villager, keeper, colleague = phones("v-0301", "c-0008", "c-0009")
    file = FilePayload(name="公厕管护办法.md", mimeType="text/markdown", buffer=NOTICE.encode())
    keeper.locator("input[type=file]").set_input_files(file)
    expect(said(keeper).last).to_contain_text("第一条")
    expect(card(colleague, "公厕")).to_be_visible()
    expect(card(colleague, "公厕")).to_contain_text("每天打扫两遍")
    type_in(colleague, "我的待办")
    expect(said(colleague).last).to_contain_text("等您办的")
    code = re.search(r"([2-9A-HJ-NP-Z]{4}) · 文", said(colleague).last.inner_text())
    assert code
    type_in(colleague, f"同意 {code[1]}")
    expect(said(keeper).last).to_contain_text("核对过了")
    for asked in range(1, 30):  # the shelves follow the rows within two seconds
        type_in(villager, "公厕啥时候打扫")
        expect(said(villager)).to_have_count(asked)
        if "示例政发〔2026〕77号" in said(villager).last.inner_text():
            break
    expect(said(villager).last).to_contain_text("早上七点前一遍")
