"""Every call of the client against the sandbox, and what each refusal becomes."""

import asyncio
import hashlib
import time
from urllib.parse import quote

import pytest

from bot.dingtalk import bodies
from bot.dingtalk.bodies import Button, CardSpace
from bot.dingtalk.client import Client, Ring
from bot.dingtalk.directory import Department
from bot.dingtalk.endpoints import Endpoints
from bot.dingtalk.faults import (
    PAGE_SECONDS,
    Denied,
    NotSent,
    QuotaExhausted,
    Rejected,
    Throttled,
    TooBig,
    Unknown,
    Unsafe,
    WebhookExpired,
)
from bot.dingtalk.transport import Credential, Transport
from sandbox.server import Running
from tests.integration.bot.dingtalk.phone import CREDENTIAL, Phone

VILLAGER, CADRE, GROUP = "v-0101", "c-0103", "cidliushu="
SAMPLE = bodies.text("样例")


def webhook_of(running: Running) -> str:
    """Make a living sessionWebhook of the villager's conversation."""
    session, _ = running.world.tokens.session(VILLAGER, None, running.world.machine.now_ms())
    return f"{running.url}/robot/sendBySession?session={quote(session, safe='')}"


async def test_people_and_group_read_what_is_sent(client: Client, phone: Phone) -> None:
    sent = await client.send_to_people([VILLAGER, CADRE], bodies.text("明天停水"))
    assert sent.query_key
    assert not sent.missed
    assert await client.send_to_group(GROUP, bodies.markdown("停水", "**明天**停水"))
    assert "明天停水" in await phone.seen(VILLAGER)
    assert "明天停水" in await phone.seen(CADRE)
    assert "**明天**停水" in await phone.seen(VILLAGER)


async def test_people_who_do_not_exist_are_named_inside_the_success(client: Client) -> None:
    sent = await client.send_to_people([VILLAGER, "nobody"], SAMPLE)
    assert sent.invalid == ("nobody",)
    assert sent.missed == {"nobody"}


@pytest.mark.parametrize("count", [0, 21])
async def test_more_than_twenty_people_are_not_one_call(client: Client, count: int) -> None:
    with pytest.raises(ValueError, match="1 to 20"):
        await client.send_to_people(["u"] * count, SAMPLE)


async def test_action_card_of_spoken_buttons_is_shown(client: Client, phone: Phone) -> None:
    buttons = [Button("同意", bodies.says("同意 A7K2")), Button("驳回", bodies.says("驳回 A7K2"))]
    await client.send_to_people([CADRE], bodies.action_card("用章", "柳树村 用章", buttons))
    (message,) = (await phone.get("inbox", **{"as": CADRE}))["messages"]
    assert message["type"] == "actionCard"
    assert message["text"] == "柳树村 用章"


async def test_card_is_made_once_and_repainted_by_key(client: Client, phone: Phone) -> None:
    card = {"template_id": "t", "out_track_id": "once", "space": CardSpace(CADRE)}
    assert await client.create_and_deliver_card(**card, params={"title": "路灯", "status": "等待"})
    assert not await client.create_and_deliver_card(**card, params={"title": "另一张"})
    await client.update_card("once", {"status": "办结"})
    (shown,) = await phone.cards(CADRE)
    assert shown["params"] == {"title": "路灯", "status": "办结"}


async def test_card_that_no_space_took_is_an_error_inside_http_200(client: Client, phone: Phone) -> None:
    await phone.fault("deliver_failed", times=1)
    with pytest.raises(Rejected) as caught:
        await client.create_and_deliver_card(
            template_id="t", out_track_id="lost", space=CardSpace(GROUP, is_group=True), params={"title": "x"}
        )
    assert caught.value.code == "card.not_delivered"


async def test_card_that_does_not_exist_cannot_be_repainted(client: Client) -> None:
    with pytest.raises(Rejected) as caught:
        await client.update_card("never-made", {"status": "x"})
    assert caught.value.code == "param.cardNotExist"


async def test_todo_is_made_once_and_done(client: Client, phone: Phone) -> None:
    body = bodies.new_todo(
        source_id="task-1", subject="接手路灯", executor_union_ids=["un-c-0103"], creator_union_id="un-c-0103", due=None
    )
    todo_id = await client.create_todo("un-c-0103", body)
    assert todo_id
    assert await client.create_todo("un-c-0103", body) == ""
    await client.update_todo("un-c-0103", todo_id, bodies.todo_update(done=True))
    (todo,) = (await phone.get("inbox", **{"as": CADRE}))["todos"]
    assert todo["isDone"]


async def test_file_goes_up_and_to_a_person(client: Client, phone: Phone) -> None:
    media_id = await client.upload("收据.pdf", b"%PDF-1.4 sample")
    await client.send_to_people([VILLAGER], bodies.file(media_id, "收据.pdf"))
    (message,) = (await phone.get("inbox", **{"as": VILLAGER}))["messages"]
    assert message["type"] == "file"


async def test_file_above_twenty_megabytes_is_not_even_tried(client: Client, phone: Phone) -> None:
    before = (await phone.get("meter"))["api"]
    with pytest.raises(TooBig):
        await client.upload("big.zip", bytes(20 * 1024 * 1024 + 1))
    assert (await phone.get("meter"))["api"] == before


def code_of(running: Running, content: bytes) -> str:
    world = running.world
    medium = world.media.put(content, "photo.jpg", "image/jpeg")
    return str(world.media.code(medium.id))


async def test_picture_comes_down_whole(client: Client, running: Running) -> None:
    content = b"\xff\xd8" + bytes(100_000)
    got = await client.download(code_of(running, content))
    assert got.content == content
    assert got.content_type == "image/jpeg"
    assert got.sha256 == hashlib.sha256(content).hexdigest()


async def test_download_stops_at_its_cap(client: Client, running: Running) -> None:
    with pytest.raises(TooBig):
        await client.download(code_of(running, bytes(5000)), most_bytes=4999)


async def test_expired_download_code_is_refused(client: Client, phone: Phone, running: Running) -> None:
    await phone.fault("download_expired", times=1)
    with pytest.raises(Rejected) as caught:
        await client.download(code_of(running, b"x"))
    assert caught.value.code == "invalidParameter.robotCode.downloadCode"


async def test_directory_is_read_whole(client: Client) -> None:
    person = await client.get_user(CADRE)
    assert (person.staff_id, person.union_id) == (CADRE, "un-c-0103")
    assert person.is_active
    departments = await client.list_departments()
    assert all(isinstance(department, Department) and department.parent_id == 1 for department in departments)
    members = [staff.staff_id for department in departments async for staff in client.list_users(department.id)]
    assert {VILLAGER, CADRE} <= set(members)
    roles = [role async for role in client.list_roles()]
    assert roles
    holders = {role.name: [one async for one in client.list_role_members(role.id)] for role in roles}
    assert any(holders.values())


async def test_login_code_tells_who_it_is_once(client: Client, phone: Phone) -> None:
    code = (await phone.post("authcode", **{"as": CADRE}))["code"]
    assert (await client.user_by_code(code)).staff_id == CADRE
    with pytest.raises(Rejected):
        await client.user_by_code(code)


async def test_unknown_person_is_rejected(client: Client) -> None:
    with pytest.raises(Rejected) as caught:
        await client.get_user("nobody")
    assert caught.value.code == "60121"


async def test_ding_rings(client: Client) -> None:
    assert await client.ding([CADRE], "老人倒地，请速看钉邻", Ring.APP) == ()


async def test_calls_of_the_month_are_what_the_purse_says(client: Client, phone: Phone) -> None:
    await client.send_to_people([VILLAGER, CADRE], SAMPLE)
    await client.send_to_group(GROUP, SAMPLE)
    await client.create_and_deliver_card(
        template_id="t", out_track_id="m-1", space=CardSpace(CADRE), params={"title": "x"}
    )
    await client.update_card("m-1", {"title": "y"})
    await client.get_user(CADRE)
    assert (await phone.get("meter"))["api"] == 4


async def test_stale_token_is_renewed_without_a_word(client: Client, phone: Phone) -> None:
    await client.send_to_people([VILLAGER], SAMPLE)
    await phone.fault("token_expired", times=1)
    assert (await client.send_to_people([VILLAGER], SAMPLE)).query_key
    await phone.fault("token_expired", times=1)
    assert (await client.get_user(CADRE)).staff_id == CADRE


async def test_a_call_whose_second_token_is_refused_too_is_tried_again_soon(client: Client, phone: Phone) -> None:
    """What waits behind it for the same person would wait as long as for a right that is missing."""
    await phone.fault("token_expired", times=2)
    with pytest.raises(Throttled) as caught:
        await client.send_to_people([VILLAGER], SAMPLE)
    assert caught.value.retry_after <= 2
    assert (await client.send_to_people([VILLAGER], SAMPLE)).query_key


async def test_wrong_secret_is_denied_before_anything_is_sent(endpoints: Endpoints) -> None:
    client = Client(Transport(Credential("a", CREDENTIAL.client_id, "wrong"), endpoints))
    with pytest.raises(Denied) as caught:
        await client.send_to_people([VILLAGER], SAMPLE)
    assert caught.value.code == "invalidClientIdOrSecret"
    assert "wrong" not in repr(CREDENTIAL)
    await client.close()


async def test_too_fast_says_when_to_come_back(client: Client, phone: Phone) -> None:
    await phone.fault("qps", times=1)
    with pytest.raises(Throttled) as caught:
        await client.send_to_people([VILLAGER], SAMPLE)
    assert caught.value.retry_after == 1.0


async def test_empty_pool_is_known_as_such_and_told_to_who_counts(endpoints: Endpoints, phone: Phone) -> None:
    told: list[str] = []
    client = Client(Transport(CREDENTIAL, endpoints, on_empty=lambda: told.append("empty")))
    try:
        await client.send_to_people([VILLAGER], SAMPLE)
        assert told == []
        await phone.fault("quota_exhausted", times=1, pool="api")
        with pytest.raises(QuotaExhausted):
            await client.send_to_people([VILLAGER], SAMPLE)
    finally:
        await client.close()
    assert told == ["empty"]


async def test_a_call_is_told_when_its_connection_is_there_and_not_before(endpoints: Endpoints, phone: Phone) -> None:
    told: list[str] = []
    reached = Client(Transport(CREDENTIAL, endpoints, on_call=lambda: told.append("call")))
    unreached = Client(Transport(CREDENTIAL, Endpoints("http://127.0.0.1:9", "http://127.0.0.1:9"), on_call=told.clear))
    try:
        await reached.send_to_people([VILLAGER], SAMPLE)
        assert told == ["call", "call"]  # the token and the message
        await reached.send_to_people([VILLAGER], SAMPLE)
        with pytest.raises(NotSent):
            await unreached.send_to_people([VILLAGER], SAMPLE)
        assert told == ["call", "call", "call"]
    finally:
        await reached.close()
        await unreached.close()


async def test_unsafe_words_are_known_as_such(client: Client, phone: Phone) -> None:
    await phone.fault("content_unsafe", times=1)
    with pytest.raises(Unsafe):
        await client.send_to_people([VILLAGER], SAMPLE)


async def test_page_instead_of_json_means_another_try_soon(client: Client, phone: Phone) -> None:
    await client.get_user(CADRE)
    await phone.fault("html", times=1)
    with pytest.raises(Throttled) as caught:
        await client.send_to_people([VILLAGER], SAMPLE)
    assert caught.value.retry_after == PAGE_SECONDS


async def test_call_without_an_answer_may_have_happened(client: Client, phone: Phone) -> None:
    await client.get_user(CADRE)
    await phone.fault("hang_api", times=1)
    with pytest.raises(Unknown):
        await client.send_to_people([VILLAGER], SAMPLE)


async def test_call_whose_token_hangs_has_surely_not_left(endpoints: Endpoints, phone: Phone) -> None:
    client = Client(Transport(CREDENTIAL, endpoints, timeout_seconds=0.5))
    await phone.fault("hang_token", times=1)
    with pytest.raises(NotSent):
        await client.send_to_people([VILLAGER], SAMPLE)
    await client.close()


async def test_nobody_at_the_address_has_surely_not_heard() -> None:
    client = Client(Transport(CREDENTIAL, Endpoints("http://127.0.0.1:9", "http://127.0.0.1:9")))
    with pytest.raises(NotSent):
        await client.send_to_people([VILLAGER], SAMPLE)
    await client.close()


async def test_webhook_replies_and_expires(client: Client, phone: Phone, running: Running) -> None:
    webhook = webhook_of(running)
    await client.send_webhook(webhook, bodies.webhook_text("在"))
    assert "在" in await phone.seen(VILLAGER)
    await phone.fault("webhook_expired", times=1)
    with pytest.raises(WebhookExpired):
        await client.send_webhook(webhook, bodies.webhook_text("还在"))


@pytest.mark.parametrize("url", ["https://evil.example/robot", "http://10.0.0.1/robot", "http://127.0.0.1@10.0.0.1/x"])
async def test_webhook_of_another_host_is_not_called(client: Client, url: str) -> None:
    with pytest.raises(Rejected) as caught:
        await client.send_webhook(url, bodies.webhook_text("x"))
    assert caught.value.code == "webhook.host"


async def test_calls_keep_below_the_rate_of_the_edition(endpoints: Endpoints, phone: Phone) -> None:
    client = Client(Transport(CREDENTIAL, endpoints, calls_per_second=18))
    began = time.monotonic()
    await asyncio.gather(*(client.send_to_people([VILLAGER], SAMPLE) for _ in range(20)))
    assert time.monotonic() - began >= (20 - 2) / 18 * 0.95
    await client.close()
