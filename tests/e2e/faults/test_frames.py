"""Faults of the stream: frames lost, doubled, cut off. Every message is answered once, every tap acts once."""

import asyncio

import pytest

from tests.e2e.faults.storm import ANSWER, FILED, QUESTION, REDELIVERY, Storm
from tests.integration.bot.dingtalk.phone import until

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def once_more(town: Storm) -> None:
    """Let the span of redelivery pass."""
    await town.passes(REDELIVERY)
    await town.settles()


@pytest.mark.parametrize("fault", ["drop_ack", "late_ack"])
async def test_an_ack_that_is_lost_or_late_brings_the_message_again_but_no_second_answer(
    town: Storm, fault: str
) -> None:
    await town.fault(fault, times=1, kind="bot")
    report = await town.reports("v-0101")
    await town.struck(fault)
    await once_more(town)
    await town.is_filed(report)


async def test_a_message_that_comes_twice_is_answered_once(town: Storm) -> None:
    await town.fault("duplicate", times=1, kind="bot")
    await town.is_filed(await town.reports("v-0102"))


async def test_messages_that_change_places_are_both_answered_once(town: Storm) -> None:
    await town.fault("reorder", times=1, kind="bot")
    first, second = await town.reports("v-0103"), await town.reports("v-0104")
    await town.is_filed(first)
    await town.is_filed(second)


@pytest.mark.parametrize("how", ["goodbye", "abrupt"])
async def test_a_message_cut_off_in_the_middle_is_answered_once(town: Storm, how: str) -> None:
    await town.fault("disconnect", times=1, kind="bot", how=how)
    report = await town.reports("v-0201")
    await town.struck("disconnect")
    await once_more(town)
    await town.is_filed(report)


@pytest.mark.parametrize("how", ["goodbye", "abrupt"])
async def test_a_tap_cut_off_in_the_middle_acts_once(town: Storm, how: str) -> None:
    report = await town.reports("v-0202")
    card = await town.card("c-0201", report.words)
    await town.fault("disconnect", times=1, kind="card", how=how)
    await town.tap("c-0201", card, "accept")
    await town.settles()
    again = await town.tap("c-0201", card, "accept")
    assert again["ok"]
    case = await town.is_filed(report)
    assert await town.acts(case, "accept") == 1


@pytest.mark.parametrize("fault", ["drop_ack", "late_ack"])
async def test_a_tap_whose_ack_is_lost_acts_once_and_the_card_shows_it_at_the_next(town: Storm, fault: str) -> None:
    report = await town.reports("v-0301")
    card = await town.card("c-0301", report.words)
    await town.fault(fault, times=1, kind="card")
    tapping = asyncio.create_task(town.tap("c-0301", card, "accept"))
    await town.struck(fault)
    await town.passes(3)
    assert (await tapping)["ok"] is False
    assert (await town.tap("c-0301", card, "accept"))["ok"] is True
    case = await town.is_filed(report)
    assert await town.acts(case, "accept") == 1
    assert "accept" not in [button["action"] for button in (await town.card("c-0301", report.words))["buttons"]]


@pytest.mark.parametrize("how", ["goodbye", "abrupt"])
async def test_a_stream_cut_off_while_the_reply_leaves_costs_no_word(town: Storm, how: str) -> None:
    """The line may go before the message that is answered was acknowledged: then it comes again."""
    await town.fault("disconnect_reply", times=1, path="sendBySession", how=how)
    before = await town.heard("v-0302", ANSWER)
    await town.phone.say("v-0302", QUESTION)
    await town.struck("disconnect_reply")
    await once_more(town)
    await town.is_told("v-0302", ANSWER, before + 1)
    await town.asks("v-0302")


async def test_a_platform_that_was_started_anew_is_found_again_and_nothing_is_lost(town: Storm) -> None:
    await town.fault("drop_ack", times=1, kind="bot")
    report = await town.reports("v-0401")
    await town.struck("drop_ack")
    await town.phone.post("restart")
    await town.is_filed(report)
    await town.card("c-0401", report.words)  # with a token that was fetched anew
    await town.asks("v-0401")


async def test_a_second_bot_that_forgets_what_it_takes_delays_but_loses_nothing(town: Storm) -> None:
    await town.fault("second_bot", times=2, kind="bot")
    one, two = await town.reports("v-0402"), await town.reports("v-0501")
    await town.struck("second_bot")
    await once_more(town)
    await town.is_filed(one)
    await town.is_filed(two)


async def test_what_a_second_bot_acknowledged_is_lost_as_documented_and_the_next_word_is_answered(town: Storm) -> None:
    await town.fault("second_bot", times=1, kind="bot", acks="yes")
    lost = await town.reports("v-0601")
    await once_more(town)
    assert await town.heard("v-0601", FILED) == lost.before
    await town.is_filed(await town.reports("v-0601"))


async def test_a_gateway_that_takes_the_call_and_hangs_is_left_for_another_try(town: Storm) -> None:
    await town.fault("hang_open", times=1)
    await town.phone.post("disconnect", abrupt=True)
    await town.asks("v-0103")


async def test_a_line_that_is_open_and_deaf_is_replaced(town: Storm) -> None:
    await town.fault("hang_websocket", times=1)
    await town.phone.post("disconnect", abrupt=True)
    await until(lambda: deaf(town))
    report = await town.reports("v-0104")
    await until(lambda: no_longer_deaf(town))
    await once_more(town)
    await town.is_filed(report)


async def deaf(town: Storm) -> bool:
    return any(one["deaf"] for one in (await town.state())["connections"])


async def no_longer_deaf(town: Storm) -> bool:
    return not await deaf(town)
