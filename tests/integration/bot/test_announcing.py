"""A broadcast over the wire: ordered in the chat, approved on a card, read on six phone pages, its readers counted."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tests.integration.bot.dingtalk.phone import until
from tests.integration.bot.living import Living, living
from township.clock import SHANGHAI

CLERK, DUTY = "c-0001", "c-0002"
READERS = {
    "v-0101": "柳树村",
    "v-0201": "桃园村",
    "v-0301": "石桥村",
    "v-0401": "河湾村",
    "v-0501": "南岭村",
    "v-0601": "东坡村",
}


async def has(town: Living, person: str, words: str) -> bool:
    return any(words in text for text in await town.phone.seen(person))


async def card_of(town: Living, person: str) -> dict[str, Any]:
    async def shown() -> bool:
        return bool(await town.phone.cards(person))

    await until(shown)
    return (await town.phone.cards(person))[-1]


async def turned(town: Living, **span: float) -> None:
    await town.phone.post("clock", to=(town.app.clock.now() + timedelta(**span)).isoformat())


async def ordered(town: Living) -> datetime:
    await town.phone.say(CLERK, "今晚七点半通知各村：停水到明早六点")
    await until(lambda: has(town, CLERK, "念一遍"))
    await town.phone.say(CLERK, "送审")
    await until(lambda: has(town, CLERK, "送给何雪梅看了"))
    card = await card_of(town, DUTY)
    await town.phone.post("tap", **{"as": DUTY, "outTrackId": card["outTrackId"], "action": "approve", "params": {}})
    await until(lambda: has(town, CLERK, "到点就播"))
    return town.app.clock.now().astimezone(SHANGHAI).replace(hour=19, minute=30, second=0)


async def test_six_groups_hear_it_when_the_clock_turns_and_readers_are_counted(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        minute = await ordered(town)
        assert not await has(town, "v-0601", "停水到明早六点")
        await town.phone.post("clock", to=minute.isoformat())
        for person in READERS:
            await until(lambda person=person: has(town, person, "示例镇通知：停水到明早六点"))  # type: ignore[misc]
        await until(lambda: has(town, CLERK, "6 个群都到了"))
        await turned(town, hours=1, minutes=1)
        await until(lambda: town.app.clock.now() > minute + timedelta(hours=1))
        await town.app.receipts.count()
        await town.phone.say(CLERK, "多少人看了")
        await until(lambda: has(town, CLERK, "东坡村 "))
        said = next(text for text in await town.phone.seen(CLERK) if "东坡村 " in text)
        assert "还没数" not in said
        assert "东坡村 1/" in said


async def test_a_page_instead_of_an_answer_leaves_that_group_in_doubt(tmp_path: Path) -> None:
    async with living(tmp_path) as town:
        minute = await ordered(town)
        await town.phone.fault("html", times=1, path="groupMessages/send")
        await town.phone.post("clock", to=minute.isoformat())
        await until(lambda: has(town, CLERK, "到了 5/6 个群"))
        await until(lambda: has(town, CLERK, "说不准到没到"))
