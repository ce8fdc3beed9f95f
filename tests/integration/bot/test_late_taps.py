"""A tap whose act waits longer than its window: answered that it is under way, done once, and repainted."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.models import cards
from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living
from workflows.models import case_events

VILLAGER = "v-0101"


@contextmanager
def held_lane(town: Living) -> Iterator[None]:
    """Hold the only writing lane, as a slow disk does."""
    gate = threading.Event()
    holding: Future[bool] = Future()
    town.app.db._writer.run(lambda tx: gate.wait(20), holding)
    try:
        yield
    finally:
        gate.set()
        holding.result(20)


async def reported(town: Living) -> tuple[str, str]:
    """Let a lamp be reported; returns its clerk and the key of the card."""
    await town.phone.say(VILLAGER, "门口路灯坏了")

    async def has_card() -> bool:
        return bool(await town.rows(cards))

    await until(has_card)
    (row,) = await town.rows(cards)
    clerk = str(row["person_id"])
    await until(lambda: town.phone.cards(clerk))
    return clerk, str(row["id"])


async def shown(town: Living, clerk: str) -> dict[str, Any]:
    (card,) = await town.phone.cards(clerk)
    return dict(card["params"])


async def test_late_tap_says_that_it_is_under_way_and_the_card_follows(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        clerk, key = await reported(town)
        with held_lane(town):
            answer = await town.phone.post("tap", **{"as": clerk, "outTrackId": key, "action": "accept"})
            assert answer["ok"]
            assert answer["ms"] < 1900
            assert "正在处理" in (await shown(town, clerk))["status"]

        async def is_true() -> bool:
            return "正在办" in (await shown(town, clerk))["status"]

        await until(is_true)
        accepted = await town.rows(case_events, case_events.c.action == "accept")
        assert len(accepted) == 1


async def test_late_tap_that_needs_a_word_asks_for_it_on_the_card(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        clerk, key = await reported(town)
        with held_lane(town):
            await town.phone.post("tap", **{"as": clerk, "outTrackId": key, "action": "ask"})

        async def asks() -> bool:
            return "请在聊天里回一句" in (await shown(town, clerk))["status"]

        await until(asks)
