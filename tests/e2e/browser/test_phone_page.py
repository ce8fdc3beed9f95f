"""The phone page before the real sandbox, without a bot: what people do shows on their phones, and only there."""

import json
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import FilePayload, Locator, Page, Response, expect

from sandbox.faults import FaultKind

Phones = Callable[..., list[Locator]]
BOT = {"robotCode": "dinglin-sandbox"}


def type_in(phone: Locator, text: str) -> None:
    phone.get_by_label("打字").fill(text)
    phone.get_by_role("button", name="发送").click()


def test_what_one_types_stands_in_the_own_chat_only(phones: Phones) -> None:
    villager, clerk = phones("v-0101", "c-0101")
    type_in(villager, "大门口的路灯不亮了")
    expect(villager.locator(".mine .bubble")).to_have_text("大门口的路灯不亮了")
    expect(clerk.locator(".bubble")).to_have_count(0)


def test_a_group_is_one_conversation_for_all(phones: Phones) -> None:
    villager, neighbour, elsewhere = phones("v-0101", "v-0102", "v-0201")
    for phone in (villager, neighbour):
        phone.get_by_label("回到消息").click()
    villager.get_by_role("button", name="柳树村村民群").click()
    type_in(villager, "今儿停水不")
    expect(neighbour.locator(".rows .badge:visible")).to_have_text("1")
    neighbour.get_by_role("button", name="柳树村村民群").click()
    expect(neighbour.locator(".message")).to_contain_text("王秀英")
    expect(neighbour.locator(".bubble")).to_have_text("今儿停水不")
    elsewhere.get_by_label("回到消息").click()
    expect(elsewhere.get_by_role("button", name="柳树村村民群")).to_have_count(0)


@pytest.mark.parametrize(("heard", "shown"), [("俺家门口灯不明了", "俺家门口灯不明了"), ("", "没听清")])
def test_speaking_sends_a_voice_with_what_was_heard(phones: Phones, heard: str, shown: str) -> None:
    (villager,) = phones("v-0101")
    villager.get_by_label("说话").click()
    villager.get_by_label("听成了什么").fill(heard)
    villager.get_by_role("button", name="说出去").click()
    expect(villager.locator(".mine .heard")).to_have_text(shown)


def test_pictures_stickers_and_files_stand_in_the_chat(phones: Phones) -> None:
    (villager,) = phones("v-0101")
    villager.get_by_label("照片、文件和别的").click()
    villager.get_by_role("button", name="三张照片").click()
    expect(villager.locator(".mine img.picture")).to_have_count(3)
    villager.get_by_label("照片、文件和别的").click()
    villager.get_by_role("button", name="表情").click()
    expect(villager.get_by_role("img", name="表情")).to_be_visible()
    note = FilePayload(name="通知.txt", mimeType="text/plain", buffer="样例".encode())
    villager.locator("input[type=file]").set_input_files(note)
    expect(villager.locator(".file")).to_contain_text("通知.txt")


def test_a_message_can_be_quoted(phones: Phones) -> None:
    (villager,) = phones("v-0101")
    type_in(villager, "路灯坏了")
    villager.locator(".mine .bubble").click()
    villager.get_by_role("button", name="引用").click()
    type_in(villager, "就是这个")
    expect(villager.locator(".quoted")).to_have_text("路灯坏了")


def test_the_clock_is_turned_for_every_phone(page: Page, phones: Phones, sandbox: httpx.Client) -> None:
    phones("v-0101", "c-0101")
    before = sandbox.get("/_sandbox/clock").json()["now"]
    page.locator("#tools summary").click()
    page.get_by_role("button", name="一天", exact=True).click()
    expect(page.locator("#notice")).to_have_text("时间拨好了")
    assert sandbox.get("/_sandbox/clock").json()["now"][:10] > before[:10]
    shown = page.locator("[data-now-short]").all_inner_texts()  # at one moment: the minutes go on
    assert len(shown) == 2
    assert len(set(shown)) == 1


def told(method: str) -> Callable[[Response], bool]:
    """What the sandbox answers to a switch; the page also asks again and again how the switches stand."""
    return lambda answer: answer.request.method == method and urlsplit(answer.url).path == "/_sandbox/faults"


def test_a_fault_is_switched_on_and_off(page: Page, phones: Phones, sandbox: httpx.Client) -> None:
    phones("v-0101")
    page.locator("#tools summary").click()
    switch = page.get_by_label("同一句话送两遍")
    with page.expect_response(told("POST")):
        switch.check()
    assert [one["fault"] for one in sandbox.get("/_sandbox/state").json()["faults"]] == ["duplicate"]
    with page.expect_response(told("DELETE")):
        switch.uncheck()
    assert sandbox.get("/_sandbox/state").json()["faults"] == []


def test_every_fault_has_a_switch_and_is_narrowed_by_what_it_takes(
    page: Page, phones: Phones, sandbox: httpx.Client
) -> None:
    phones("v-0101")
    page.locator("#tools summary").click()
    switches = page.locator("#faults input").evaluate_all("all => all.map((one) => one.value)")
    assert sorted(switches) == sorted(FaultKind)
    for label, choice in [("几次", "三次"), ("哪种消息", "点的卡片"), ("怎么断", "一下子断"), ("哪个额度", "推送")]:
        page.get_by_label(label).select_option(choice)
    with page.expect_response(told("POST")):
        page.get_by_label("连接断开", exact=True).check()
    (armed,) = sandbox.get("/_sandbox/faults").json()
    assert armed == {"fault": "disconnect", "times": 3, "every": 1, "struck": 0, "kind": "card", "how": "abrupt"}


def test_the_platform_is_started_anew_and_somebody_leaves(page: Page, phones: Phones, sandbox: httpx.Client) -> None:
    phones("v-0101")
    page.locator("#tools summary").click()
    page.get_by_role("button", name="平台重新启动").click()
    expect(page.locator("#notice")).to_have_text("平台重新启动了")
    page.get_by_label("通讯录里").select_option("李海")
    page.get_by_role("button", name="发生").click()
    expect(page.locator("#notice")).to_have_text("告诉机器人了")
    people = {one["userId"]: one["staffId"] for one in sandbox.get("/_sandbox/state").json()["people"]}
    assert people["c-0103"] is None


def test_a_button_of_the_bot_says_its_words_for_the_person(phones: Phones, robot: httpx.Client) -> None:
    (villager,) = phones("v-0101")
    say = "dtmd://dingtalkclient/sendMessage?content="
    param = {"title": "", "text": "修好了吗？", "buttonTitle1": "好了", "buttonUrl1": f"{say}1"}
    param |= {"buttonTitle2": "没好", "buttonUrl2": f"{say}2"}
    body = {**BOT, "userIds": ["v-0101"], "msgKey": "sampleActionCard6", "msgParam": json.dumps(param)}
    assert robot.post("/v1.0/robot/oToMessages/batchSend", json=body).status_code == 200
    villager.get_by_role("button", name="没好").click()
    expect(villager.locator(".mine .bubble")).to_have_text("2")


def task_button(action: str, text: str, color: str) -> dict[str, object]:
    event = {"type": "sendCardRequest", "params": {"actionId": action, "params": {"action": action}}}
    return {"text": text, "color": color, "status": "normal", "event": event}


def test_a_card_shows_its_buttons_and_says_when_nobody_answers(phones: Phones, robot: httpx.Client) -> None:
    (clerk,) = phones("c-0101")
    body = {
        "cardTemplateId": "dinglin-task.schema",
        "outTrackId": "card-1",
        "callbackType": "STREAM",
        "openSpaceId": "dtv1.card//IM_ROBOT.c-0101",
        "imRobotOpenSpaceModel": {"supportForward": False},
        "imRobotOpenDeliverModel": {"spaceType": "IM_ROBOT", **BOT},
        "cardData": {
            "cardParamMap": {
                "title": "柳树 17 号 · 路灯不亮",
                "content": "大门口的路灯**昨天下午**起不亮。",
                "btns": json.dumps([task_button("accept", "我来办", "blue"), task_button("more", "问一句", "gray")]),
            }
        },
    }
    assert robot.post("/v1.0/card/instances/createAndDeliver", json=body).status_code == 200
    card = clerk.locator(".card")
    expect(card.get_by_role("heading")).to_have_text("柳树 17 号 · 路灯不亮")
    expect(card.get_by_role("button", name="问一句")).to_be_enabled()
    card.get_by_role("button", name="我来办").click()
    expect(card.get_by_role("alert")).to_contain_text("没点成")


@pytest.mark.parametrize("width", [1440, 390])
def test_everything_is_large_and_dark_enough_to_read(
    page: Page, phones: Phones, hard_to_read: Callable[[], list[str]], width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    phone = phones("v-0101", "c-0101")[0]
    type_in(phone, "路灯坏了")
    expect(phone.locator(".mine .bubble")).to_be_visible()
    phone.get_by_label("照片、文件和别的").click()
    page.locator("#tools summary").click()
    assert hard_to_read() == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    send = phone.get_by_role("button", name="发送").bounding_box()
    assert send
    assert send["x"] + send["width"] <= width
