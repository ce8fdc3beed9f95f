"""A list worked off in chat: shown by its numbers, a page at a time, and marked by them; one message for many rows."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bot.dialogue.parts import Part, Turn
from township.db import Tx
from workflows import definitions
from workflows.rosters import marking, telling, working
from workflows.rosters.bringing import texts
from workflows.rosters.working import PAGE, Listed
from workflows.state import Via

ENDS = "。！!？?~ "
SHOWN = "roster"
"""In the memory of a talk: which list was shown last, and how far."""


@cache
def _words() -> Mapping[str, re.Pattern[str]]:
    loaded = YAML(typ="safe", pure=True).load(Path(__file__).with_suffix(".yaml").read_text("utf-8"))
    return {name: re.compile(pattern) for name, pattern in loaded.items()}


def heard(tx: Tx, turn: Turn, said: str) -> Part | None:
    """Show or mark a list; None when something else was said, by somebody without one, or in a group."""
    person, text = turn.situation.person, said.strip().strip(ENDS)
    if person is None or turn.heard.conversation.is_group or not _may_be(turn, text):
        return None
    lists = working.lists(tx, turn.situation.town_id, person.id)
    if not lists:
        return None
    if _words()["more"].fullmatch(text) and (before := turn.state.get(SHOWN)):
        return _more(tx, turn, lists, before)
    if chosen := _asked_for(lists, text):
        return _shown(tx, turn, chosen)
    return _marked(tx, turn, lists, text)


def _may_be(turn: Turn, text: str) -> bool:
    """Look at the words before the rows: nearly all that is said is something else."""
    is_asked = turn.state.get(SHOWN) is not None
    return is_asked or any(sign.isdigit() for sign in text[:8]) or _words()["named"].fullmatch(text) is not None or (
        _words()["show"].fullmatch(text) is not None
    )  # fmt: skip


def _asked_for(lists: Sequence[Listed], text: str) -> list[Listed]:
    """Which lists are asked for: one by its name, or all."""
    if _words()["show"].fullmatch(text):
        return list(lists)
    found = _words()["named"].fullmatch(text)
    name = found["name"] if found else text
    return [one for one in lists if one.name == name]


def _shown(tx: Tx, turn: Turn, lists: Sequence[Listed], offset: int = 0) -> Part:
    if len(lists) > 1:
        names = "\n".join(texts().say("roster_which_line", name=one.name, open=one.open) for one in lists)
        said = texts().say("roster_which", count=len(lists), lines=names)
        return Part(said, state={SHOWN: {"which": True}})
    listed, person = lists[0], turn.situation.person
    lines = working.lines(tx, turn.situation.town_id, person.id if person else "", listed.skill, offset=offset)
    state = {SHOWN: {"skill": listed.skill, "offset": offset + PAGE}}
    return Part(telling.shown(listed, lines, offset), state=state)


def _more(tx: Tx, turn: Turn, lists: Sequence[Listed], before: Mapping[str, Any]) -> Part | None:
    again = [one for one in lists if one.skill == before.get("skill")]
    offset = int(before.get("offset", 0))
    return _shown(tx, turn, again, offset if again[0].open > offset else 0) if again else None


def _marked(tx: Tx, turn: Turn, lists: Sequence[Listed], text: str) -> Part | None:
    """Take what is said of numbers: of the list that was shown last, else of the only one in which it makes sense."""
    town_id, person = turn.situation.town_id, turn.situation.person
    village_id, rest = _village(turn, text)
    latest = (turn.state.get(SHOWN) or {}).get("skill")
    for one in sorted(lists, key=lambda each: each.skill != latest):
        definition = definitions.pinned(tx, town_id, one.definition)
        marks = marking.read(rest, working.words_of(definition))
        if not marks or person is None:
            continue
        via = Via.VOICE if turn.heard.incoming.by_voice else Via.TYPED
        found = working.mark(
            tx, town_id, person.id, one.skill, marks, key=turn.key(1), via=via, now=turn.situation.at,
            village_id=village_id,
        )  # fmt: skip
        left = sum(each.open for each in working.lists(tx, town_id, person.id) if each.skill == one.skill)
        return Part(telling.marked(one.name, found, left), state={SHOWN: {"skill": one.skill, "offset": 0}})
    return None


def _village(turn: Turn, text: str) -> tuple[str | None, str]:
    """Take the village before the numbers, for who works in several."""
    for village_id, name in turn.situation.villages.items():
        if text.startswith(name):
            return village_id, text[len(name) :].lstrip(" ：:，,")
    return None, text
