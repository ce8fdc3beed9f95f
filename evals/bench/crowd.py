"""A crowd of villagers on one sandbox: each says the next thing when the last was answered, all at once.

Asynchronous and frugal, because it shares the machine with what it measures. What they say is in crowd.yaml.
"""

import asyncio
import re
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from ruamel.yaml import YAML

from evals.bench.control import Control, Json, hearing, session

SOURCE = Path(__file__).with_name("crowd.yaml")
LOOK_AGAIN = 0.2
PATIENCE = 30.0
"""An answer that takes longer counts as lost, in seconds."""


@dataclass(frozen=True, slots=True)
class Saying:
    """One thing to say, and what the right answer holds."""

    text: str
    expect: re.Pattern[str]
    opens: bool = False
    """Whether it opens a case."""


class Script:
    """What one villager says, without end; villagers begin at different places, each where a form begins."""

    def __init__(self, number: int) -> None:
        mix, sayings = _script()
        whole = len(sayings["form"])
        starts = [place for place in range(len(mix)) if mix[:place].count("form") % whole == 0]
        self._place = starts[number % len(starts)]
        self._said: Counter[str] = Counter({kind: number for kind in sayings if kind != "form"})

    def next(self) -> Saying:
        """Take the next thing to say. Form turns follow each other in their order; the rest goes round."""
        mix, sayings = _script()
        kind = mix[self._place % len(mix)]
        chosen = sayings[kind][self._said[kind] % len(sayings[kind])]
        self._place += 1
        self._said[kind] += 1
        return chosen


@dataclass(slots=True)
class Tally:
    """What became of the things said."""

    said: int = 0
    opened: int = 0
    lost: int = 0
    seconds: float = 0.0
    waits: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return (self.said - self.lost) / self.seconds if self.seconds else 0.0


class Crowd(Control):
    """The villagers, their phones, and the cards of their cadres."""

    def __init__(self, http: aiohttp.ClientSession, people: list[str]) -> None:
        super().__init__(http)
        self._answers: defaultdict[str, asyncio.Queue[str]] = defaultdict(asyncio.Queue)
        self._scripts = {
            is_echo: {person: Script(start) for start, person in enumerate(people)} for is_echo in (True, False)
        }
        self._connections: set[str] = set()
        self._changed = asyncio.Event()
        self.said = 0
        self.opened = 0
        self.heard = 0
        """What was said to our bot, how many cases that opens, and how many of its messages came to the crowd; what a
        keeper of documents is told each morning answers nobody."""
        self.refused: Counter[str] = Counter()
        """Taps that came to nothing, by reason; each counts as a tap that took the whole patience."""
        self._is_echo = False
        self.cards: dict[str, str] = {}
        """Whose card it is, by outTrackId."""

    async def play(self, times: int, *, echo: bool = False, every: float = 0.0) -> Tally:
        """Let everybody speak so often. `echo`: the right answer is what was said; `every`: seconds between two."""
        self._is_echo = echo
        tally, started = Tally(), time.perf_counter()
        scripts = self._scripts[echo]
        paces = _paces(len(scripts), every)
        await asyncio.gather(*(self._talk(one, script, times, tally, next(paces)) for one, script in scripts.items()))
        tally.seconds = time.perf_counter() - started
        if not echo:
            self.said += tally.said
            self.opened += tally.opened
        return tally

    async def connected(self, count: int) -> None:
        """Wait until the sandbox has so many connections."""
        while len(self._connections) != count:
            self._changed.clear()
            await asyncio.wait_for(self._changed.wait(), PATIENCE)

    async def settled(self) -> None:
        """Wait until every frame is acknowledged: a bot that ends before leaves them to the next one."""
        while (await self.get("state"))["unackedCount"]:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), LOOK_AGAIN)

    async def _talk(self, person: str, script: Script, times: int, tally: Tally, pace: tuple[float, float]) -> None:
        first, every = pace
        due = time.perf_counter() + first
        for _ in range(times):
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            due += every
            saying = script.next()
            expect = re.compile(re.escape(saying.text)) if self._is_echo else saying.expect
            tally.said += 1
            tally.opened += saying.opens
            started = time.perf_counter()
            await self.post("say", {"as": person, "text": saying.text})
            try:
                await asyncio.wait_for(self._right(person, expect), PATIENCE)
                tally.waits.append(time.perf_counter() - started)
            except TimeoutError:
                tally.lost += 1

    async def _right(self, person: str, expect: re.Pattern[str]) -> None:
        while not expect.search(await self._answers[person].get()):
            pass

    def take(self, event: Json) -> None:
        """Take in an answer, a card, or a connection."""
        if event["kind"] == "message" and event["message"]["from"] == "bot":
            ours = [person for person in event["to"] or () if person in self._scripts[False]]
            self.heard += bool(ours) and not self._is_echo
            for person in ours:
                self._answers[person].put_nowait(event["message"]["text"])
        elif event["kind"] == "card":
            self.cards.setdefault(event["card"]["outTrackId"], event["to"][0])
        elif event["kind"] == "connection":
            (self._connections.add if event["is_open"] else self._connections.discard)(event["connection"])
            self._changed.set()


@asynccontextmanager
async def gathered(url: str, people: list[str]) -> AsyncIterator[Crowd]:
    """Gather a crowd that hears the sandbox while the block lasts."""
    async with session(url) as http, hearing(Crowd(http, people)) as crowd:
        yield crowd


async def tap_steadily(crowd: Crowd, action: str, per_second: float, until: Callable[[], bool]) -> list[float]:
    """Tap that action on one card after another, in an even beat; milliseconds as a person feels them."""
    fresh, times, taps = _fresh(crowd), list[float](), set[asyncio.Task[None]]()

    async def tap(person: str, track: str) -> None:
        answer = await crowd.post("tap", {"as": person, "outTrackId": track, "action": action, "params": {}})
        times.append(float(answer["ms"]) if answer["ok"] else 1000 * PATIENCE)
        if not answer["ok"]:
            crowd.refused[str(answer.get("reason", "not acknowledged"))] += 1

    while not until():
        if card := next(fresh, None):
            taps.add(asyncio.create_task(tap(*card)))
        await asyncio.sleep(1 / per_second)
    await asyncio.gather(*taps)
    return times


def _fresh(crowd: Crowd) -> Iterator[tuple[str, str]]:
    """Yield cards that nobody has tapped; a card is taken out of the crowd's hands."""
    while crowd.cards:
        track = next(iter(crowd.cards))
        yield crowd.cards.pop(track), track


def _paces(people: int, every: float) -> Iterator[tuple[float, float]]:
    """Spread the crowd evenly over one beat."""
    return ((every * n / people, every) for n in range(people))


def _script() -> tuple[list[str], dict[str, list[Saying]]]:
    if not _LOADED:
        loaded = YAML(typ="safe", pure=True).load(SOURCE.read_text("utf-8"))
        mix: list[str] = loaded.pop("mix")
        _LOADED.append((mix, {kind: [_saying(row) for row in rows] for kind, rows in loaded.items()}))
    return _LOADED[0]


_LOADED: list[tuple[list[str], dict[str, list[Saying]]]] = []


def _saying(row: Json) -> Saying:
    return Saying(row["say"], re.compile(row["expect"]), row.get("opens", False))
