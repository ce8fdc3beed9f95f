"""Plays a talk from first word to last: people speak and tap, the clock is turned, who heard what is compared.

A turn has `who` with `says` or `taps`, or `until` (11-24 10:00), and says what came of it: `hears` (parts of the one
answer; without it there is none), `not`, `told` (who else heard what), `cards` (who got one), `files`, `rings` (lines
of a call list), `stands` (the stage or result of the newest case that somebody may see). `only` at the head of the
talk: who is not named heard nothing. `{code}` is the oldest task's of who speaks, `{seen}` the last query code.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.integration.bot.house import House
from township.clock import SHANGHAI

Turn = Mapping[str, Any]
QUERY = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
HEAD = ("voice", "unheard", "outsider", "pictures", "group")


class Talk:
    """One talk in the sample town."""

    def __init__(self, house: House, ids: Mapping[str, str], *, only: bool = False) -> None:
        self.house = house
        self.ids = ids
        self.only = only
        self.seen = ""
        self._heard: dict[str, int] = {}
        self._cards: set[str] = set()
        self._files: dict[str, int] = {}

    async def play(self, turns: Sequence[Turn]) -> None:
        """Play all turns; an assertion names the turn that went otherwise."""
        for number, turn in enumerate(turns, 1):
            at = f"turn {number}: {turn}"
            await self._do(turn, at)
            await self._compare(turn, at)

    async def _do(self, turn: Turn, at: str) -> None:
        if moment := turn.get("until"):
            day, hour = moment.split()
            whole = datetime.fromisoformat(f"{self.house.clock.now().year}-{day} {hour}")
            await self.house.until(whole.replace(tzinfo=SHANGHAI))
        elif action := turn.get("taps"):
            who = self.ids[turn["who"]]
            key = next((key for key, params in reversed(self.house.shown(who)) if action in str(params)), None)
            assert key, f"{at}: no such card"
            await self.house.taps_on(who, key, action, **turn.get("with", {}))
        else:
            await self._say(turn, at)

    async def _say(self, turn: Turn, at: str) -> None:
        who, more = self.ids[turn["who"]], {name: turn[name] for name in HEAD if name in turn}
        text = str(turn["says"])
        if "{code}" in text:
            held = await self.house.tasks_of(who)
            assert held, f"{at}: nothing waits"
            text = text.replace("{code}", held[0].code)
        place = turn.get("group") or who
        heard = await self.house.says(who, text.replace("{seen}", self.seen), **more)
        self._heard[place] = len(self.house.post.said[place])
        self.seen = next(iter(QUERY.findall("".join(heard))), self.seen)
        wanted = _parts(turn.get("hears", []))
        assert len(heard) == bool(wanted), f"{at}: {heard}"
        said = "".join(heard)
        assert all(part in said for part in wanted), f"{at}: {said}"
        assert not [part for part in _parts(turn.get("not", [])) if part in said], f"{at}: {said}"

    async def _compare(self, turn: Turn, at: str) -> None:
        told = {self.ids.get(name, name): _parts(parts) for name, parts in turn.get("told", {}).items()}
        for who, parts in told.items():
            fresh = self._fresh(who)
            assert all(part in fresh for part in parts), f"{at}: {who} heard {fresh!r}"
        others = {who: fresh for who in list(self.house.post.said) if who not in told and (fresh := self._fresh(who))}
        assert not self.only or not others, f"{at}: {others}"
        if "cards" in turn or self.only:
            wanted = {self.ids[name] for name in turn.get("cards", [])}
            found = {key: who for key, (who, _) in self.house.post.cards.items() if key not in self._cards}
            assert set(found.values()) == wanted, f"{at}: cards for {found}"
        self._cards.update(self.house.post.cards)
        for name, files in turn.get("files", {}).items():
            sent = [file for file, _ in self.house.post.enclosed[self.ids[name]]]
            assert sent[self._files.get(name, 0) :] == files, f"{at}: {sent}"
            self._files[name] = len(sent)
        for name, part in turn.get("rings", {}).items():
            lines = [f"{one.person} {one.text}" for one in await self.house.calls_of(self.ids[name])]
            assert any(all(piece in line for piece in _parts(part)) for line in lines), f"{at}: {lines}"
        for name, stage in turn.get("stands", {}).items():
            cases = await self.house.cases_of(self.ids[name])
            found_stages = [one.result or one.stage for one in cases]
            assert found_stages == _parts(stage), f"{at}: {found_stages}"

    def _fresh(self, who: str) -> str:
        said = self.house.post.said[who]
        before, self._heard[who] = self._heard.get(who, 0), len(said)
        return "\n".join(said[before:])


def _parts(value: Any) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]
