"""At half past eight of a working day whoever has something nearly due hears one line, the same for all, once a day."""

from datetime import datetime

from bot.chores.mornings import Mornings
from tests.integration.bot.house import House
from township.clock import SHANGHAI

LINE = "今天有到点的事"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


async def hear(house: House, moment: datetime) -> list[str]:
    """Turn the clock and tell; who has then heard the line, as often as it was heard."""
    await house.until(moment)
    before = {who: len(said) for who, said in house.post.said.items()}
    await Mornings(house.db, house.clock).tell()
    await house.quiet()
    said = ((who, one) for who, lines in house.post.said.items() for one in lines[before.get(who, 0) :])
    return sorted(who for who, one in said if LINE in one)


async def test_what_is_nearly_due_is_one_line_in_the_morning_and_none_on_a_day_off(house: House) -> None:
    await house.until(at(27, 15, 45))
    await house.says("v-0101", "我家门口路灯坏了")
    await house.says("v-0102", "村东头的垃圾没人收，臭得很")
    await house.until(at(27, 17, 50))
    assert await hear(house, at(28, 9)) == [], "a Saturday"
    assert await hear(house, at(30, 8, 10)) == [], "too early"
    assert await hear(house, at(30, 8, 31)) == ["c-0101"], "two matters, one line"
    assert await hear(house, at(30, 8, 40)) == [], "once a day"
    assert "我的待办" in house.post.said["c-0101"][-1]
    assert "路灯" not in house.post.said["c-0101"][-1], "what it is about is asked for"


async def test_whoever_has_done_it_meanwhile_hears_nothing_nor_does_a_villager(house: House) -> None:
    await house.until(at(27, 15, 45))
    await house.says("v-0101", "我家门口路灯坏了")
    await house.until(at(27, 17, 50))
    (task,) = await house.tasks_of("c-0101")
    await house.says("c-0101", f"办好了 {task.code} 换了灯泡")
    assert await hear(house, at(30, 8, 35)) == []
    for day in range(1, 8):
        await house.until(datetime(2026, 12, day, 8, 40, tzinfo=SHANGHAI))
        await Mornings(house.db, house.clock).tell()
    await house.quiet()
    assert not [one for one in house.post.said["v-0101"] if LINE in one]


async def test_who_is_hurried_at_night_hears_it_in_the_morning(house: House) -> None:
    await house.until(at(25, 19))
    await house.says("v-0101", "我家门口路灯坏了")
    await house.says("v-0101", "催一催路灯的事")
    assert await hear(house, at(26, 8, 30)) == ["c-0101"]
    assert await hear(house, at(26, 9)) == [], "once a day"
