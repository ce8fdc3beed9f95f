"""What our client sends and what the sandbox answers, call by call, held against what DingTalk documents."""

import inspect
import json
import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

import bot.dingtalk.client
import bot.dingtalk.directory
import bot.dingtalk.line
import bot.dingtalk.transport
from bot.dingtalk import bodies
from bot.dingtalk.bodies import Button, CardSpace
from bot.dingtalk.client import Client
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.handlers import Callbacks
from bot.dingtalk.stream import StreamChannel
from sandbox.server import CLIENT_ID, Running
from tests.conformance.conftest import expected
from tests.conformance.shapes import flaws
from tests.integration.bot.dingtalk.phone import CREDENTIAL, Phone
from township.clock import SHANGHAI

CALLS, MESSAGES = expected("calls.yaml"), expected("messages.yaml")
VILLAGER, CADRE, GROUP = "v-0101", "c-0103", "cidliushu="
SOURCES = (bot.dingtalk.client, bot.dingtalk.directory, bot.dingtalk.line, bot.dingtalk.transport)
BUTTONS = [Button(f"第{number}个", bodies.says(str(number))) for number in range(1, 6)]
Calling = Callable[[Client, Phone, Running], Awaitable[object]]


async def a_picture(client: Client, phone: Phone, running: Running) -> object:
    code = running.world.media.code(running.world.media.put(b"picture", "a.png", "image/png").id)
    return await client.download(code)


async def a_card(client: Client, phone: Phone, running: Running) -> None:
    new = {"template_id": "t.schema", "params": {"title": "路灯"}, "private": {CADRE: {"mine": "1"}}}
    await client.create_and_deliver_card(out_track_id="one", space=CardSpace(CADRE), **new)
    space = CardSpace(GROUP, is_group=True, only_for=(CADRE,))
    await client.create_and_deliver_card(out_track_id="two", space=space, **new)
    await client.update_card("one", {"title": "好了"}, {CADRE: {"mine": "2"}})


async def a_todo(client: Client, phone: Phone, running: Running) -> None:
    due = datetime(2030, 1, 2, 12, 0, tzinfo=SHANGHAI)
    union_id = "un-c-0103"
    asked = {"subject": "看看路灯", "executor_union_ids": [union_id], "creator_union_id": union_id}
    todo = await client.create_todo(union_id, bodies.new_todo(source_id="t1", due=due, description="村口", **asked))
    await client.create_todo(union_id, bodies.new_todo(source_id="t2", due=None, **asked))
    await client.update_todo(union_id, todo, bodies.todo_update(done=True, subject="看过了", due=due))


async def messages(client: Client, phone: Phone, running: Running) -> None:
    several = [bodies.text("好"), bodies.markdown("题", "文"), bodies.file("@m1", "居住证明.pdf")]
    several += [bodies.action_card("题", "文", BUTTONS[:count]) for count in range(1, 6)]
    for message in several:
        await client.send_to_people([VILLAGER], message)
        await client.send_to_group(GROUP, message)


async def replies(client: Client, phone: Phone, running: Running) -> None:
    session, _ = running.world.tokens.session(VILLAGER, GROUP, running.world.machine.now_ms())
    webhook = f"{running.url}/robot/sendBySession?session={session}"
    await client.send_webhook(webhook, bodies.webhook_text("好", at=[VILLAGER]))
    await client.send_webhook(webhook, bodies.webhook_markdown("题", "文"))
    await client.send_webhook(webhook, bodies.webhook_card("题", "文", BUTTONS[:2]))


async def who_opened_a_page(client: Client, phone: Phone, running: Running) -> object:
    code = (await phone.post("authcode", **{"as": CADRE}))["code"]
    return await client.user_by_code(code)


async def who_signed_in(client: Client, phone: Phone, running: Running) -> object:
    asked = {"client_id": CLIENT_ID, "redirect_uri": "http://127.0.0.1/back", "response_type": "code"}
    asked |= {"scope": "openid", "state": "s", "as": CADRE}
    async with httpx.AsyncClient(trust_env=False) as browser:
        sent_back = await browser.get(f"{running.url}/oauth2/auth", params=asked)
    (code,) = parse_qs(urlsplit(sent_back.headers["location"]).query)["authCode"]
    return await client.user_by_login(code)


async def members(client: Client, phone: Phone, running: Running) -> None:
    await client.get_user(CADRE)
    assert [one async for one in client.list_users(101)]
    assert await client.list_departments()
    roles = [one async for one in client.list_roles()]
    assert [one async for one in client.list_role_members(roles[0].id)]


DRIVEN: dict[str, Calling] = {
    "messages": messages,
    "replies": replies,
    "a card": a_card,
    "a to-do": a_todo,
    "a picture": a_picture,
    "an upload": lambda client, phone, running: client.upload("证明.pdf", b"%PDF-1.7"),
    "a ding": lambda client, phone, running: client.ding([CADRE], "有急事"),
    "members": members,
    "who opened a page": who_opened_a_page,
    "who signed in": who_signed_in,
}


def endpoint(call: dict[str, Any]) -> str:
    """Name the documented endpoint of a call."""
    for name in CALLS:
        method, path = name.split(" ")
        if method == call["method"] and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", path), call["path"]):
            return name
    raise AssertionError(f"no expectation for {call['method']} {call['path']}")


def wrong(call: dict[str, Any]) -> list[str]:
    """List what is wrong with a call and its answer."""
    name = endpoint(call)
    shape = CALLS[name]
    found = flaws(call["request"], shape["send"], f"{name} send") if "send" in shape else []
    found += flaws(call["query"], shape["query"], f"{name} query") if "query" in shape else []
    if key := call["request"].get("msgKey"):
        found += flaws(json.loads(call["request"]["msgParam"]), MESSAGES[key], f"{name} {key}")
    assert call["status"] == 200, call
    return found + flaws(call["answer"], shape["answer"], f"{name} answer")


async def calls(phone: Phone) -> list[dict[str, Any]]:
    kept = await phone.get("wire")
    return [
        one for one in kept if "method" in one and one["path"] != "/oauth2/auth" and "/media/files/" not in one["path"]
    ]


@pytest.mark.parametrize("what", DRIVEN)
async def test_what_is_sent_and_answered_is_as_documented(
    what: str, client: Client, phone: Phone, running: Running
) -> None:
    await DRIVEN[what](client, phone, running)
    made = await calls(phone)
    assert made
    assert [flaw for call in made for flaw in wrong(call)] == []


async def test_opening_the_stream_is_as_documented(endpoints: Endpoints, phone: Phone) -> None:
    async def nothing(_: object) -> Any:
        return True

    stream = StreamChannel(CREDENTIAL, endpoints, Callbacks(nothing, nothing, nothing, {}, nothing))
    stream.start()
    await stream.until_open()
    await stream.stop()
    (opened,) = await calls(phone)
    assert wrong(opened) == []
    topics = {(one["type"], one["topic"]) for one in opened["request"]["subscriptions"]}
    robot, card = "/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"
    assert topics == {("EVENT", "*"), ("CALLBACK", robot), ("CALLBACK", card)}


def test_every_call_of_the_client_has_an_expectation() -> None:
    written = "".join(inspect.getsource(module) for module in SOURCES)
    literals = re.findall(r'f?"(?:\{[^}"]*\})?(/(?:v1\.0|topapi|media)/[^"?]*)', written)
    topics = {"/v1.0/im/bot/messages/get", "/v1.0/card/instances/callback"}
    known = {re.sub(r"\{\w+\}", "{}", name.split(" ")[1]) for name in CALLS}
    asked = {re.sub(r"\{[^}]*\}", "{}", path) for path in literals} - topics
    assert len(asked) >= 18
    assert asked - known == set()
