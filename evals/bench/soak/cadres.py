"""The cadres of a soak: they tap the cards that are put before them, in a steady beat, and each tap is timed."""

import asyncio
import re
import time
from collections import Counter, OrderedDict
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from evals.bench.control import Json
from evals.bench.soak.told import Told, filled, say
from evals.bench.soak.villagers import Villager

DOUBLE = 0.1
"""The share of taps that are made twice at once, by a quick thumb."""
MOST_TRIES = 100
"""A second apart: longer than any start of a process."""


Next = tuple[str, Villager | None]
"""An action, and whose report it concerns."""


@dataclass(frozen=True, slots=True)
class Tapped:
    """One tap as its person felt it."""

    at: float
    ms: float
    ok: bool
    weather: str
    reason: str = ""


@dataclass(slots=True)
class Cadres:
    """Everybody with cards."""

    told: Told
    villagers: Mapping[str, Villager]
    taps: list[Tapped] = field(default_factory=list)
    tries: Counter[str] = field(default_factory=Counter)
    _waiting: OrderedDict[tuple[str, str], Next] = field(default_factory=OrderedDict)
    """What to tap, by card and its person; what waits longest is tapped next."""
    _under_way: set[asyncio.Task[object]] = field(default_factory=set)

    def take(self, event: Json) -> None:
        """See a card that is shown or changes, or a message that stands for one."""
        if event["kind"] == "message" and event["message"]["from"] == "bot" and not event["message"]["group"]:
            self._read(event["to"][0], event["message"])
        if event["kind"] != "card":
            return
        card, person = event["card"], event["to"][0]
        key = (card["outTrackId"], person)
        if action := self._action(card):
            self._waiting[key] = (action, self._reporter(card))
        else:
            self._waiting.pop(key, None)

    def _read(self, person: str, message: Json) -> None:
        """Tap the button of a message, or look at the list when a message says no more than that something waits."""
        words = self.told.words
        for button in message.get("buttons") or ():
            if button["text"] in words["spoken"]:
                body = {"as": person, "outTrackId": message["id"], "action": button["action"], "params": {}}
                self._do(self.told.control.post("tap", body))
        if person not in self.villagers and (found := re.search(words["waits"], message["text"])):
            self._do(self._from_the_list(person, found["number"]))

    async def _from_the_list(self, person: str, number: str) -> None:
        """Type the decision on what stands on the list."""
        told, words = self.told, self.told.words
        async with told.busy[person]:
            listed = await self._say_when_heard(person, words["list"])
            found = re.search(words["listed"].format(number=re.escape(number)), listed)
            if found and (verb := words["verbs"].get(found["stage"])):
                deciding = filled(words["decide"], verb=verb, code=found["code"], number=number)
                await self._say_when_heard(person, deciding)

    async def _say_when_heard(self, person: str, saying: Json) -> str:
        """Say something as soon as the bot hears again."""
        while self.told.is_odd():  # noqa: ASYNC110 - weather has no event
            await asyncio.sleep(1)
        return await say(self.told, person, "list", saying)

    def _action(self, card: Json) -> str:
        """Choose what to do with a card; empty for nothing."""
        offered, words = {button["action"] for button in card["buttons"]}, self.told.words
        for action in words["take"]:
            if action in offered:
                return str(action)
        villager = self._reporter(card)
        return str(words["close"]) if words["close"] in offered and villager and villager.sees_through else ""

    def _reporter(self, card: Json) -> Villager | None:
        """Find whose report a card shows."""
        found = re.search(self.told.words["mark"], card["params"].get("body", ""))
        return self.villagers.get(self.told.reports.get(found[0], "")) if found else None

    async def tap_steadily(self, per_second: float) -> None:
        """Tap what waits, for ever."""
        while True:
            await asyncio.sleep(1 / per_second)
            if self._waiting:
                (track, person), (action, villager) = self._waiting.popitem(last=False)
                if action == self.told.words["close"] and villager:
                    if villager.closing:
                        continue  # one thing at a time is closed with a villager
                    villager.closing = True
                self._start(track, person, action)
                if self.told.rng.random() < DOUBLE:
                    self._start(track, person, action)

    def is_idle(self) -> bool:
        """Say whether no card waits."""
        return not self._waiting and not self._under_way

    async def rest(self, seconds: float) -> None:
        """Wait for what is under way, but no longer: what has no answer by then stands in the ledger as lost."""
        if self._under_way:
            _, left = await asyncio.wait(self._under_way, timeout=seconds)
            for task in left:
                task.cancel()

    def _start(self, track: str, person: str, action: str) -> None:
        self._do(self._tap(track, person, action))

    def _do(self, what: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(what)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _tap(self, track: str, person: str, action: str) -> None:
        params = {"result": self.told.words["result"]} if action == self.told.words["close"] else {}
        at, weather = time.monotonic(), self.told.weather.name
        body = {"as": person, "outTrackId": track, "action": action, "params": params}
        answer = await self.told.control.post("tap", body)
        ok = bool(answer.get("ok"))
        self.taps.append(Tapped(at, float(answer.get("ms", 0)), ok, weather, str(answer.get("reason", ""))))
        if not ok:
            await self._again(track, person, action)

    async def _again(self, track: str, person: str, action: str) -> None:
        """A card that did not answer is tapped again a little later."""
        self.tries[track] += 1
        if self.tries[track] < MOST_TRIES:
            await asyncio.sleep(1)
            self._waiting.setdefault((track, person), (action, None))
