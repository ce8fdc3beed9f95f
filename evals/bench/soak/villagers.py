"""The villagers of a soak: each tells one small story after another, and waits for the answer of each message.

How fast they speak together is the pace: messages are said in an even beat, by whoever has waited longest.
"""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.bench.control import Control, Json
from evals.bench.soak.ledger import Ledger, Owed
from evals.bench.soak.weather import Weather

LETTERS = str.maketrans("0123456789", "abcdefghjk")
Story = Callable[["Villager"], Awaitable[None]]


class Pace:
    """Gives out turns to speak, so many a second, in the order in which people asked for one."""

    def __init__(self, per_second: float) -> None:
        self._beat = 1 / per_second
        self._asking: asyncio.Queue[asyncio.Future[bool]] = asyncio.Queue()
        self._over = False

    async def turn(self) -> bool:
        """Wait for a turn; false when no new story may begin any more."""
        if self._over:
            return False
        mine: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._asking.put_nowait(mine)
        return await mine

    async def run(self, seconds: float) -> None:
        """Give out turns for so long; then everybody hears that it is over."""
        loop = asyncio.get_running_loop()
        end, due = loop.time() + seconds, loop.time()
        while (now := loop.time()) < end:
            due = max(due + self._beat, now - 1.0)  # a beat that was missed is made good for a second only
            await asyncio.sleep(max(0.0, due - now))
            if not self._asking.empty():
                self._asking.get_nowait().set_result(True)
        self._over = True
        while not self._asking.empty():
            self._asking.get_nowait().set_result(False)


@dataclass(slots=True)
class Told:
    """What all villagers share: what may be said, the ledger, the weather and the wire."""

    words: Json
    control: Control
    ledger: Ledger
    weather: Weather
    pace: Pace
    rng: random.Random
    reports: dict[str, "Villager"] = field(default_factory=dict)
    """Whose report carries a mark."""
    filed: dict[str, str] = field(default_factory=dict)
    """Who heard the number of a case."""
    _numbers: int = 9999
    groups: dict[str, asyncio.Lock] = field(default_factory=dict)
    """A group is asked one thing at a time."""

    def mark(self) -> str:
        """Make letters that no other report has: figures such as 119 would be emergencies."""
        self._numbers += 1
        return str(self._numbers).translate(LETTERS)


@dataclass(slots=True)
class Villager:
    """One villager with a phone."""

    id: str
    group: str
    told: Told
    sees_through: bool = False
    """Whether the reports of this one are closed; one at a time."""
    closing: bool = False
    asked: bool = False
    """Whether the bot has asked if it is mended."""

    async def live(self) -> None:
        """Tell stories until it is over."""
        stories = self.told.words["stories"]
        names, weights = list(stories), list(stories.values())
        while await self.told.pace.turn():
            name = "mended" if self.asked else self.told.rng.choices(names, weights)[0]
            await STORIES[name](self)

    async def say(self, story: str, saying: Json, *, group: str | None = None, **more: Any) -> str:
        """Say something and wait for its answer, as long as it takes; empty when no answer is owed."""
        told, fault = self.told, self.told.weather.now
        body = {"as": self.id, "group": group, **({} if "audio" in more else {"text": saying["say"]}), **more}
        is_deaf = fault is not None and fault.deaf
        expects = told.words["stranger"] if fault is not None and fault.strange else saying.get("expect", "")
        if is_deaf or not saying.get("expect"):
            told.ledger.unheard += is_deaf
            told.ledger.unanswerable[story] += not is_deaf
            await told.control.post("say", body)
            return ""
        owed = Owed(group or self.id, story, saying["say"], re.compile(expects), told.weather.name)
        told.ledger.owe(owed)
        await told.control.post("say", body)
        await owed.done.wait()
        return owed.answer

    def hear(self, text: str) -> None:
        """Take notice of what the bot says by itself."""
        if self.closing and self.told.words["closing"] in text:
            self.asked = True


async def question(one: Villager) -> None:
    """Ask something that stands in the documents."""
    await one.say("question", one.told.rng.choice(one.told.words["question"]))


async def in_group(one: Villager) -> None:
    """Ask it in the group of the village."""
    async with one.told.groups.setdefault(one.group, asyncio.Lock()):
        await one.say("in_group", one.told.rng.choice(one.told.words["question"]), group=one.group)


async def spoken(one: Villager) -> None:
    """Ask it by voice."""
    saying = one.told.rng.choice(one.told.words["question"])
    await one.say("spoken", saying, audio={"recognition": saying["say"]})


async def report(one: Villager) -> None:
    """Report something that nobody has reported."""
    told = one.told
    if one.sees_through and one.closing:
        await question(one)
        return
    mark, is_strange = told.mark(), bool(told.weather.now and told.weather.now.strange)
    saying = {"say": told.rng.choice(told.words["report"]).format(n=mark), "expect": told.words["filed"]}
    if not is_strange:
        told.reports[mark] = one
    answer = await one.say("report", saying)
    if found := re.search(told.words["filed"], answer):
        told.filed[found["number"]] = one.id


async def progress(one: Villager) -> None:
    """Ask how far one's matters are."""
    await one.say("progress", one.told.words["progress"])


async def thanks(one: Villager) -> None:
    """Say thanks, which needs no answer."""
    await one.say("thanks", one.told.words["thanks"])


async def small(one: Villager) -> None:
    """Say something small, or begin a form and give it up."""
    saying = one.told.rng.choice(one.told.words["small"])
    if await one.say("small", saying) and "then" in saying:
        await one.told.pace.turn()
        await one.say("small", saying["then"])


async def mended(one: Villager) -> None:
    """Answer the closing question."""
    one.asked = False
    if await one.say("mended", one.told.words["mended"]):
        one.closing = False


STORIES: dict[str, Story] = {
    "question": question,
    "in_group": in_group,
    "spoken": spoken,
    "report": report,
    "progress": progress,
    "thanks": thanks,
    "small": small,
    "mended": mended,
}


def settle(people: Sequence[Json], groups: Sequence[Json], told: Told) -> list[Villager]:
    """Give every villager with an account of their own a phone; every third sees reports through."""
    places = {group["village"]: group["id"] for group in groups if group["village"]}
    shared = {one["shares"] for one in people}
    alone = [one for one in people if one["staffId"] and one["village"] and not one["roles"]]
    chosen = [one for one in alone if one["userId"] not in shared]
    return [
        Villager(one["userId"], places[one["village"]], told, sees_through=number % 3 == 0)
        for number, one in enumerate(chosen)
    ]
