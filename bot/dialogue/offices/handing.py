"""Work passed on to somebody without an account: its holder asks for a link, and sends it on as he or she likes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from bot.dialogue.offices.worklists import SHOWN
from bot.dialogue.parts import Part, Turn
from bot.dialogue.village.showings import texts
from township.db import Tx
from workflows.clocks.deadlines import say_moment
from workflows.handovers import giving
from workflows.handovers.giving import Given, Portable
from workflows.house import texts as house_texts

LONGEST = 60
"""Characters of such a wish; what is longer tells a story of its own."""
MOST = 10
"""Links of one reply."""


@dataclass(frozen=True, slots=True)
class Wish:
    """Which work is to be passed on, and to whom."""

    numbers: tuple[int, ...]
    code: str
    doer: str
    takes_back: bool


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {name: re.compile(pattern) for name, pattern in loaded.items()}


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Write links, or take them back; None when something else was said, or by somebody who has nothing to pass on."""
    person, text = turn.situation.person, said.strip()
    if person is None or len(text) > LONGEST or not _words()["speaks"].search(text) or _words()["asks"].search(text):
        return None
    village = next((name for name in turn.situation.villages.values() if name in text), "")
    wish = read(text.replace(village, "", 1).strip() if village else text)
    is_named = bool(wish.numbers or wish.code)
    if not (is_named or _words()["bare"].search(text)):
        return None
    held = giving.portable(tx, turn.situation.town_id, person.id)
    if not held:
        return Part(texts().say("link_nothing")) if wish.numbers and turn.situation.is_cadre else None
    if turn.heard.conversation.is_group:
        return Part(texts().say("link_private"), in_private=True)
    meant = held if wish.takes_back and not is_named else _meant(_here(turn, held, village), wish)
    if not meant:
        return Part(_which(held))
    if wish.takes_back:
        count = sum(giving.take_back(tx, one.task.id) for one in meant)
        return Part(texts().say("link_taken_back" if count else "link_none_given", count=count))
    if turn.originals is None or not turn.originals.public_url:
        return Part(texts().say("link_nowhere"))
    given = [_given(tx, turn, person.id, one, wish.doer) for one in meant[:MOST]]
    return Part(_told(turn, given, wish.doer))


def read(text: str) -> Wish:
    """Read which work is meant, and who is to do it: what is left when all else is taken away."""
    code = _words()["code"].search(text)
    typed = code[0] if code and not code[0].isdigit() else ""
    rest = text.replace(typed, " ") if typed else text
    begins = None if typed else _words()["named"].search(rest)
    numbers = _words()["numbers"].match(rest, begins.end()) if begins else None
    rest = rest.replace(numbers[0], " ", 1) if numbers else rest
    counted = tuple(dict.fromkeys(int(one) for one in re.findall(r"\d{1,4}", numbers[0]))) if numbers else ()
    takes_back = _words()["takes_back"].search(text) is not None
    doer = "".join(_words()["ends"].sub("", one) for one in _words()["between"].split(rest))
    return Wish(counted, typed.upper(), doer, takes_back)


def _here(turn: Turn, held: Sequence[Portable], village: str) -> list[Portable]:
    """Of the village that is named, and of the list that was shown last if its numbers may be meant."""
    here = [one for one in held if not village or one.village == village]
    latest = (turn.state.get(SHOWN) or {}).get("skill")
    return [one for one in here if one.definition.skill == latest] or here


def _meant(here: Sequence[Portable], wish: Wish) -> list[Portable]:
    """What a wish means: by the code, by numbers of a list, or the only one that there is."""
    if wish.code:
        return [one for one in here if one.task.code == wish.code]
    if wish.numbers:
        found = [one for one in here if one.row in wish.numbers]
        numbers = [one.row for one in found]
        return found if len(set(numbers)) == len(numbers) == len(wish.numbers) else []
    return list(here) if len(here) == 1 else []


def _which(held: Sequence[Portable]) -> str:
    lines = [_line(one) for one in held[:MOST]]
    return texts().say("link_which", lines="\n".join(lines))


def _line(one: Portable) -> str:
    how = str(one.row) if one.row is not None else one.task.code
    return texts().say("link_line", how=how, service=one.definition.name, village=one.village, stage=one.stage)


def _given(tx: Tx, turn: Turn, person_id: str, one: Portable, doer: str) -> Given:
    town_id, now = turn.situation.town_id, turn.situation.at
    return giving.give(tx, town_id, person_id, one, doer, now=now)


def _told(turn: Turn, given: Sequence[Given], doer: str) -> str:
    links = turn.originals
    lines = [
        texts().say(
            "link_given", line=_line(one.work), until=say_moment(one.until, house_texts()),
            link=links.work_link(one.id) if links else "",
        )
        for one in given
    ]  # fmt: skip
    whom = doer or texts().say("link_doer")
    return texts().say("link_head", doer=whom, lines="\n".join(lines))
