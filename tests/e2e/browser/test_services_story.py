"""The story of the line's second half, lived in the browser: a stamp, a broadcast, a post.

A paper that nobody may ask for is kindly refused with two papers in hand; another goes from the request over three
cards to its file, and its code is checked; a broadcast is approved by somebody else and heard in six groups when the
clock turns; a post appears at once, another is held with its reason and released.
"""

import os
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

Phones = Callable[..., list[Locator]]
Say = Callable[[Locator, str], None]

CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}")
PICTURES = os.environ.get("DINGLIN_PICTURES", "")
"""A folder for pictures of the phones, to be looked at; without one none are taken."""


@pytest.fixture
def sandbox(shared_town: Any) -> Iterator[httpx.Client]:
    """The pretend DingTalk in which the app of this module lives."""
    with httpx.Client(base_url=shared_town.url, timeout=20) as client:
        yield client


@pytest.fixture(autouse=True)
def _picture(page: Page, request: pytest.FixtureRequest) -> Iterator[None]:
    """Take a picture of the phones as a test leaves them."""
    yield
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{request.node.name}.png", full_page=True)


def said(phone: Locator) -> Locator:
    """What the bot has said on a phone."""
    return phone.locator(".message:not(.mine):not(.card-item) .bubble")


def card(phone: Locator, part: str) -> Locator:
    """The newest card that shows `part`."""
    return phone.locator(".card").filter(has_text=part).last


def open_group(phone: Locator, title: str) -> None:
    """Leave the chat with the bot for a group."""
    phone.get_by_label("回到消息").click()
    phone.get_by_role("button", name=title).click()


def test_a_proof_of_being_single_is_refused_with_two_papers_in_hand(
    shared_town: Any, phones: Phones, type_in: Say
) -> None:
    (villager,) = phones("v-0301")
    type_in(villager, "给我开个单身证明，银行要")
    expect(said(villager).first).to_contain_text("国家不让村里、镇里开")
    expect(said(villager).first).to_contain_text("民发〔2020〕20号")
    papers = villager.locator("a.file")
    expect(papers).to_have_count(2)
    expect(papers.first).to_contain_text("本人承诺书.pdf")
    expect(papers.last).to_contain_text("告知函.pdf")
    for paper in papers.all():
        assert httpx.get(f"{shared_town.url}{paper.get_attribute('href')}").content.startswith(b"%PDF")
    assert shared_town.cards("c-0301") == []


def test_a_residence_paper_from_request_to_file_and_its_code(shared_town: Any, phones: Phones, type_in: Say) -> None:
    villager, worker, head, custodian = phones("v-0201", "c-0203", "c-0202", "c-0010")
    type_in(villager, "我要开居住证明，孩子上学用，交给镇中心小学")
    expect(said(villager)).to_contain_text("桃园 1 号")
    card(worker, "居住情况证明").get_by_role("button", name="情况属实").click()
    expect(card(head, "宋建国")).to_contain_text("镇中心小学")
    card(head, "宋建国").get_by_role("button", name="同意").click()
    card(custodian, "宋建国").get_by_role("button", name="盖章").click()
    expect(villager.locator("a.file")).to_contain_text("居住情况证明.pdf")
    expect(said(villager).filter(has_text="盖好章了")).to_be_visible()
    code = CODE.search(said(villager).filter(has_text="盖好章了").inner_text())
    assert code
    expect(card(custodian, "宋建国")).to_contain_text("办结")
    file = httpx.get(f"{shared_town.url}{villager.locator('a.file').get_attribute('href')}").content
    assert file.startswith(b"%PDF")
    assert b"/ByteRange" in file
    type_in(villager, code[0])
    expect(said(villager).last).to_contain_text("居住情况证明")
    expect(said(villager).last).to_contain_text("演示")


def test_a_broadcast_is_approved_by_another_and_heard_in_six_groups(
    shared_town: Any, phones: Phones, type_in: Say
) -> None:
    clerk, colleague, villager = phones("c-0001", "c-0002", "v-0601")
    at = shared_town.now() + timedelta(hours=1)
    type_in(clerk, f"今天{at:%H}点{at:%M}分通知各村：今晚八点停水，请提前接水")
    expect(said(clerk).last).to_contain_text("念一遍")
    type_in(clerk, "送审")
    expect(said(clerk).last).to_contain_text("何雪梅")
    expect(card(clerk, "停水")).to_have_count(0)
    card(colleague, "停水").get_by_role("button", name="同意播").click()
    expect(said(clerk).last).to_contain_text("何雪梅同意了")
    open_group(villager, "东坡村村民群")
    expect(said(villager)).to_have_count(0)
    shared_town.turn(to=at.replace(second=5))
    expect(said(villager)).to_contain_text("今晚八点停水，请提前接水")
    expect(said(clerk).last).to_contain_text("6 个群都到了")
    groups = [group for group in shared_town.get("state")["groups"] if group["village"]]
    heard = {group["id"]: shared_town.heard(group["members"][0], group["id"]) for group in groups}
    assert [len(words) for words in heard.values()] == [1] * 6


def test_a_post_appears_and_another_is_held_with_its_reason_and_released(phones: Phones, type_in: Say) -> None:
    villager, neighbour, clerk = phones("v-0103", "v-0104", "c-0101")
    type_in(villager, "发邻友圈：谁家有多余的白菜苗，换点葱")
    expect(said(villager)).to_contain_text("发到柳树村邻友圈了")
    type_in(neighbour, "发邻友圈：出售三轮车，电话13812345678")
    expect(said(neighbour).last).to_contain_text("里面有电话号")
    type_in(neighbour, "2")
    expect(said(neighbour).last).to_contain_text("先不发，陈文看过再发")
    expect(said(neighbour).last).to_contain_text("为什么")
    type_in(neighbour, "看邻友圈")
    expect(said(neighbour).last).to_contain_text("白菜苗")
    expect(said(neighbour).last).not_to_contain_text("三轮车")
    type_in(clerk, "等审的帖子")
    expect(said(clerk).last).to_contain_text("三轮车")
    code = re.search(r"([2-9A-HJ-NP-Z]{4}) · ", said(clerk).last.inner_text())
    assert code
    type_in(clerk, f"放行 {code[1]}")
    expect(said(neighbour).filter(has_text="发到邻友圈了")).to_be_visible()
    type_in(neighbour, "看邻友圈")
    expect(said(neighbour).last).to_contain_text("三轮车")
