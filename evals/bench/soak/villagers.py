"""The villagers of a soak: each tells one small story after another, and hears what the bot says by itself."""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from evals.bench.control import Json
from evals.bench.soak.told import Told, say

Story = Callable[["Villager"], Awaitable[None]]
SEEN_THROUGH = 3
"""Every so-manieth villager answers the closing question of a report."""


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
    posts: set[str] = field(default_factory=set)
    """Numbers of this one's posts that the bot has said to be held."""

    _may_speak: bool = False
    """Whether the turn to speak that began this story is still unused."""

    async def live(self, stories: Mapping[str, Story]) -> None:
        """Tell stories until it is over."""
        often = self.told.words["stories"]
        while await self.told.pace.turn():
            name = "mended" if self.asked else self.told.rng.choices(list(often), list(often.values()))[0]
            self._may_speak = True
            await stories[name](self)

    async def say(self, story: str, saying: Json, *, group: str | None = None, **more: Any) -> str:
        """Say something and wait for its answer, as long as it takes; empty when no answer is owed."""
        if not self._may_speak:
            await self.told.pace.turn()
        self._may_speak = False
        return await say(self.told, self.id, story, saying, group=group, **more)

    def hear(self, message: Json) -> None:
        """Take notice of what the bot says by itself."""
        words, text = self.told.words, message["text"]
        if self.closing and words["closing"] in text:
            self.asked = True
        if message["type"] == "file":
            self.told.files[self.id, text] += 1
        if found := re.search(words["held"]["meant"]["expect"], text, re.DOTALL):
            self.posts.add(found["number"])
        for found in re.finditer(words["sealed"], text, re.DOTALL):
            self.told.sealed[found["number"]] += 1
            self.told.codes.append(found["code"])


def settle(people: Sequence[Json], groups: Sequence[Json], told: Told) -> list[Villager]:
    """Give every villager with an account of their own a phone."""
    places = {group["village"]: group["id"] for group in groups if group["village"]}
    told.clerks = {places[one["village"]]: one["userId"] for one in people if "village_clerk" in one["roles"]}
    shared = {one["shares"] for one in people}
    alone = [one for one in people if one["staffId"] and one["village"] and not one["roles"]]
    chosen = [one for one in alone if one["userId"] not in shared]
    return [
        Villager(one["userId"], places[one["village"]], told, sees_through=number % SEEN_THROUGH == 0)
        for number, one in enumerate(chosen)
    ]
