"""A task of a cadre stands on DingTalk's own to-do list while the setting says so."""

from pathlib import Path
from typing import Any

from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living
from township.models import outbox


async def todos(town: Living, person: str) -> list[dict[str, Any]]:
    inbox = await town.phone.get("inbox", **{"as": person})
    return list(inbox["todos"])


async def mirrored(town: Living) -> None:
    while await town.app.todos.mirror():
        town.app.delivery.wake()
    town.app.delivery.wake()


async def test_a_task_is_mirrored_and_ticked_off_when_it_ends(tmp_path: Path) -> None:
    async with living(tmp_path, todo_mirror=True) as town:
        await town.phone.say("v-0101", "俺家门口路灯不亮了")
        await until(lambda: has_card(town))
        await mirrored(town)
        await until(lambda: stands(town, 1))
        (todo,) = await todos(town, "c-0101")
        assert "柳树 1 号" in todo["subject"]
        assert not todo["isDone"]
        (card,) = await town.phone.cards("c-0101")
        tapped = {"as": "c-0101", "outTrackId": card["outTrackId"], "action": "accept", "params": {}}
        await town.phone.post("tap", **tapped)
        await mirrored(town)
        await until(lambda: stands(town, 2))
        await until(lambda: ticked(town, todo["taskId"]))


async def test_twice_asked_for_is_one_todo(tmp_path: Path) -> None:
    async with living(tmp_path, todo_mirror=True) as town:
        await town.phone.say("v-0101", "俺家门口路灯不亮了")
        await until(lambda: has_card(town))
        for _ in range(3):
            await mirrored(town)
        await until(lambda: stands(town, 1))
        await town.app.delivery.drain()
        assert len(await todos(town, "c-0101")) == 1


async def test_without_the_setting_nothing_is_mirrored(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        await town.phone.say("v-0101", "俺家门口路灯不亮了")
        await until(lambda: has_card(town))
        await town.app.ticker.stop()
        assert await todos(town, "c-0101") == []
        assert await town.rows(outbox, outbox.c.kind == "mirror_todo") == []


async def has_card(town: Living) -> bool:
    return bool(await town.phone.cards("c-0101"))


async def stands(town: Living, count: int) -> bool:
    return len(await todos(town, "c-0101")) == count


async def ticked(town: Living, task_id: str) -> bool:
    return any(one["isDone"] for one in await todos(town, "c-0101") if one["taskId"] == task_id)
