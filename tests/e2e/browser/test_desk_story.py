"""The clerk's desk beside the villager's phone: the console of the running app, signed in on the pretend DingTalk."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from evals.bench.children import free_port

Phones = Callable[..., list[Locator]]
Say = Callable[[Locator, str], None]
SignIn = Callable[[str, str], None]

NOTICE = """# 示例镇晾晒场使用办法（样例）

示例政发〔2026〕78号

第一条 村里的晾晒场每天早上六点开门，晒粮的先来先用，不收钱。

第二条 本办法自发布之日起施行。
"""


@pytest.fixture(scope="module")
def desk(make_town: Any) -> Iterator[Any]:
    """A town whose console stands at a known address."""
    port = str(free_port())
    with make_town(port=port) as town:
        town.console = f"http://127.0.0.1:{port}/console"
        yield town


@pytest.fixture
def sandbox(desk: Any) -> Iterator[httpx.Client]:
    """The pretend DingTalk in which the app of this module lives."""
    with httpx.Client(base_url=desk.url, timeout=20) as client:
        yield client


@pytest.fixture
def sign_in(page: Page, desk: Any) -> SignIn:
    """Sit down at the console as somebody, on one of its pages."""

    def go(name: str, path: str = "") -> None:
        page.context.clear_cookies()
        page.goto(desk.console + path)
        page.get_by_role("link", name="用钉钉登录").click()
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator(".me")).to_contain_text(name)

    return go


def test_a_clerk_closes_a_report_at_the_desk_and_the_villager_hears_of_it(
    page: Page, desk: Any, sign_in: SignIn, phones: Phones
) -> None:
    desk.say("v-0101", "俺家门口路灯不亮了")
    desk.expect("v-0101", "柳树 1 号")
    desk.say("v-0101", pictures=2)
    desk.expect("v-0101", "照片收到了")
    sign_in("陈文", "")
    page.get_by_role("link", name="柳树 1 号").click()
    expect(page.get_by_role("heading", name="时限怎么算的")).to_be_visible()
    expect(page.get_by_text("给 2 小时办公时间")).to_be_visible()
    expect(page.locator(".told .photos img")).to_have_count(2)
    for photo in page.locator(".told .photos img").all():
        expect(photo).to_have_js_property("complete", value=True)
        assert photo.evaluate("image => image.naturalWidth") > 0
    page.get_by_role("button", name="收下").click()
    expect(page.get_by_role("status")).to_have_text("好，记下了。")
    page.get_by_label("怎么办的").fill("换了新灯泡")
    page.get_by_role("button", name="办好了").click()
    expect(page.locator(".line li").last).to_contain_text("换了新灯泡")
    case = page.url.partition("?")[0]
    sign_in("许静", "")
    answer = page.goto(case)
    assert answer
    assert answer.status == 404
    (villager,) = phones("v-0101")
    expect(villager.locator(".bubble").last).to_contain_text("换了新灯泡")
    expect(villager.locator(".bubble").last).to_contain_text("修好了吗")


def test_a_document_is_brought_at_the_desk_and_answers_once_a_colleague_agrees(
    page: Page, desk: Any, sign_in: SignIn, phones: Phones, type_in: Say, tmp_path: Path
) -> None:
    file = tmp_path / "晾晒场.md"
    file.write_text(NOTICE, "utf-8")
    sign_in("马丽", "/documents")
    page.get_by_label("文件", exact=True).set_input_files(file)
    page.get_by_label("给谁看").select_option("本镇村民")
    page.get_by_role("button", name="传上来看看").click()
    expect(page.locator(".facts")).to_contain_text("示例政发〔2026〕78号")
    expect(page.get_by_text("已经请 丁一 看了")).to_be_visible()
    desk.expect_card("c-0009", "晾晒场")
    sign_in("丁一", "/documents")
    page.get_by_role("link", name="晾晒场").click()
    page.get_by_role("button", name="核对过了，生效").click()
    expect(page.locator("table")).to_contain_text("示例政发〔2026〕78号")
    desk.turn(minutes=11)  # two notices to one person within ten minutes are one, and the keeper has had one
    desk.expect("c-0008", "核对过了")
    (villager,) = phones("v-0201")
    answers = villager.locator(".message:not(.mine) .bubble")
    for asked in range(1, 30):  # the shelves follow the rows within two seconds
        type_in(villager, "晾晒场几点开门")
        expect(answers).to_have_count(asked)
        if "示例政发〔2026〕78号" in answers.last.inner_text():
            break
    expect(answers.last).to_contain_text("早上六点")


def test_who_has_no_phone_is_told_by_a_call_that_the_clerk_ticks(page: Page, desk: Any, sign_in: SignIn) -> None:
    desk.say("c-0201", "代冯老栓报 屋顶漏雨")
    desk.expect("c-0201", "替冯老栓")
    sign_in("许静", "")
    page.get_by_role("link", name="漏雨").click()
    page.get_by_role("button", name="收下").click()
    page.get_by_role("button", name="办好了").click()
    expect(page.locator(".line li").last).to_contain_text("办好了")
    case = page.url.partition("?")[0]
    page.get_by_role("link", name="电话单").click()
    line = page.locator(".call").filter(has_text="修好了吗")
    expect(line).to_contain_text("冯老栓")
    expect(line).to_contain_text("没有电话，请带个话")
    line.get_by_label("对方怎么说").select_option("好了")
    line.get_by_role("button", name="已告知").click()
    expect(page.get_by_role("status")).to_have_text("好，记下了。")
    page.goto(case)
    expect(page.locator(".line li").last).to_contain_text("好了")
    expect(page.locator(".head .word")).to_have_text("办好了")


@pytest.mark.parametrize("path", ["/facts", "/documents"])
def test_every_cell_of_a_table_stands_on_a_telephone_with_the_name_of_its_column(
    page: Page, sign_in: SignIn, path: str
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in("马丽", path)
    cells = page.locator("tbody td")
    expect(cells.nth(3)).to_be_visible()
    for cell in cells.all()[:4]:
        box = cell.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    named = page.locator("td[data-is]").first
    assert named.get_attribute("data-is") in named.evaluate("cell => getComputedStyle(cell, '::before').content")
