"""By which road words travel: the webhook while it lives, else the API; and what happens when a pool is empty."""

from datetime import timedelta

import pytest

from bot.dingtalk.faults import QuotaExhausted, WebhookExpired
from bot.purse import Call, Limits
from bot.registration import ACCOUNT
from tests.integration.bot.conftest import OpenHouse
from tests.integration.bot.house import House
from township.models import outbox, spending


async def test_a_reply_goes_through_the_webhook_of_its_message(house_on_both: House) -> None:
    await house_on_both.says("v-0101", "你能干啥")
    assert house_on_both.post.roads["v-0101"] == ["webhook"]


async def test_a_webhook_that_has_expired_is_replaced_by_the_api(house_on_both: House) -> None:
    house = house_on_both
    house.post.faults["send_webhook"] = WebhookExpired("expired")
    assert "我能帮您" in await house.reply("v-0101", "你能干啥")
    assert house.post.roads["v-0101"] == ["api"]


async def test_a_webhook_older_than_its_life_is_not_even_tried(house_on_both: House) -> None:
    house = house_on_both
    old = house.frame("v-0101", "你能干啥")
    house.clock.forward(timedelta(minutes=95))
    await house.door.on_message(old)
    await house.quiet()
    assert house.post.roads["v-0101"] == ["api"]


async def test_in_a_group_the_api_is_taken_when_the_webhook_is_dead(house_on_both: House) -> None:
    house = house_on_both
    house.post.faults["send_webhook"] = WebhookExpired("expired")
    assert "停水" in await house.reply("v-0201", "今儿停水不", group="cidtaoyuan=")
    assert house.post.roads["cidtaoyuan="] == ["api"]


async def test_who_is_no_member_is_answered_through_the_webhook_or_not_at_all(house_on_both: House) -> None:
    house = house_on_both
    assert await house.says("x-0001", "俺家路灯坏了", outsider=True)
    house.post.faults["send_webhook"] = WebhookExpired("expired")
    assert await house.says("x-0001", "俺家路灯坏了", outsider=True) == []
    (row,) = await house.rows(outbox, outbox.c.state == "failed")
    assert row["receipt"] == {"why": "outsider_without_webhook"}


async def test_when_pushes_are_spent_the_reply_takes_the_api_pool(house_on_both: House) -> None:
    house = house_on_both
    house.post.faults["send_webhook"] = QuotaExhausted("90020")
    assert "我能帮您" in await house.reply("v-0101", "你能干啥")
    assert house.post.roads["v-0101"] == ["api"]


async def test_when_the_api_pool_is_spent_the_reply_takes_the_webhook(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=5000, push=100))
    for _ in range(60):
        house.ledger.charge(ACCOUNT, Call.message_in)  # pushes run low: the API has more room
    house.post.faults["send_to_people"] = QuotaExhausted("90020")
    assert "我能帮您" in await house.reply("v-0101", "你能干啥")
    assert house.post.roads["v-0101"] == ["webhook"]


async def test_the_pool_with_more_room_is_taken(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=5000, push=100))
    for _ in range(60):
        house.ledger.charge(ACCOUNT, Call.message_in)
    await house.says("v-0101", "你能干啥")
    assert house.post.roads["v-0101"] == ["api"]


async def test_when_both_pools_are_spent_the_reply_waits_and_is_not_lost(house_on_both: House) -> None:
    house = house_on_both
    house.post.faults |= {"send_webhook": QuotaExhausted("90020"), "send_to_people": QuotaExhausted("90020")}
    assert await house.says("v-0101", "你能干啥") == []
    (row,) = await house.rows(outbox)
    assert row["state"] == "ready"
    house.post.faults.clear()
    await house.later(minutes=11)
    assert "我能帮您" in house.heard("v-0101")[0]


async def test_words_kept_back_are_answered_once_a_day_through_the_api(house_on_both: House) -> None:
    house = house_on_both
    (said,) = await house.says("v-0101", unheard=True)
    assert "533-1234" in said
    assert house.post.roads["v-0101"] == ["api"]
    assert await house.says("v-0101", unheard=True) == []
    assert len(await house.says("v-0102", unheard=True)) == 1
    await house.later(days=1)
    assert len(await house.says("v-0101", unheard=True)) == 1


async def test_in_a_group_words_kept_back_are_answered_to_the_person_alone(house_on_both: House) -> None:
    house = house_on_both
    assert await house.says("v-0101", unheard=True, group="cidliushu=") == []
    assert "533-1234" in house.heard("v-0101")[0]


async def test_an_emergency_is_answered_even_when_a_pool_is_spent(open_house: OpenHouse) -> None:
    house = await open_house(Limits(api=10, push=10))
    for _ in range(30):
        house.ledger.charge(ACCOUNT, Call.message_in)
        house.ledger.charge(ACCOUNT, Call.people_send)
    assert "120" in await house.reply("v-0101", "快来人啊俺爹倒地上了叫不应")
    assert "叫不应" in house.heard("c-0103")[-1]


async def test_what_is_spent_is_written_down_and_read_by_the_next_process(open_house: OpenHouse) -> None:
    one = await open_house()
    await one.says("v-0101", "你能干啥")
    await one.ledger.write_down()
    two = await open_house()
    await two.ledger.write_down()
    purse = two.ledger.purse(ACCOUNT)
    assert (purse.api_used, purse.push_used) == (0, 2)
    (row,) = await one.rows(spending)
    assert (row["month"], row["api"], row["push"]) == ("2026-11", 0, 2)


@pytest.mark.parametrize("said", ["高龄津贴多少钱", "快来人啊俺爹倒地上了叫不应"])
async def test_who_has_no_account_is_answered_by_the_only_road_there_is(open_house: OpenHouse, said: str) -> None:
    """However much more room the other pool has: it does not reach somebody from outside."""
    house = await open_house(Limits(api=5000, push=50))
    for _ in range(5):
        await house.reply("v-0101", "高龄津贴多少钱")
    assert house.post.roads["v-0101"][-1] == "api"
    assert await house.says("x-0001", said, outsider=True)
    assert house.post.roads["x-0001"] == ["webhook"]


async def test_the_only_road_is_waited_for_where_it_is_spent(house: House) -> None:
    house.post.faults["send_webhook"] = QuotaExhausted("90020")
    assert await house.says("x-0001", "高龄津贴多少钱", outsider=True) == []
    house.post.faults.clear()
    await house.later(minutes=11)
    assert "每人每月" in house.heard("x-0001")[0]
