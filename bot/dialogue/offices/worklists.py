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
from workflows.definition import Definition
from workflows.rosters import entering, marking, telling, working
from workflows.rosters.bringing import texts
from workflows.rosters.entering import Speaker
from workflows.rosters.marking import Mark
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
        return _none_left(tx, turn, text)
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
        return Part(telling.which(lists), state={SHOWN: {"which": True}})
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
    if back := _taken_back(tx, turn, text):
        return back
    for one in sorted(lists, key=lambda each: each.skill != _latest(turn)):
        definition = definitions.pinned(tx, turn.situation.town_id, one.definition)
        if part := _entered(tx, turn, definition, text):
            return part
    return None


def _none_left(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Nothing is open: what was marked may still be taken back, and a cadre who asks for a list hears so."""
    if back := _taken_back(tx, turn, text):
        return back
    before = (one for one in _of_rows(tx, turn) if one.skill == _latest(turn))
    if (latest := next(before, None)) and (part := _entered(tx, turn, latest, text)):
        return part
    asks = turn.situation.is_cadre and _words()["show"].fullmatch(text)
    return Part(texts().say("roster_none")) if asks else None


def _latest(turn: Turn) -> str:
    """The list that was shown or marked last."""
    return str((turn.state.get(SHOWN) or {}).get("skill", ""))


def _of_rows(tx: Tx, turn: Turn) -> list[Definition]:
    """The services of the town that are worked off by numbers, the one of which was spoken last before the others."""
    town_id = turn.situation.town_id
    known = (definitions.pinned(tx, town_id, one) for one in definitions.published_hashes(tx, town_id))
    found = [one for one in known if one.workflow.roster or one.workflow.rounds]
    return sorted(found, key=lambda one: (one.skill != _latest(turn), one.skill))


def _taken_back(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Take a mark back on whichever list it was made, also on one of which nothing is open any more."""
    if not _village(turn, text)[1][:1].isdigit():
        return None
    for definition in _of_rows(tx, turn):
        speaker, marks = _said(tx, turn, definition, text)
        if speaker and marks and marks[0].takes_back and entering.marked(tx, speaker, marks[0].numbers):
            return _entered(tx, turn, definition, text)
    return None


def _said(tx: Tx, turn: Turn, definition: Definition, text: str) -> tuple[Speaker | None, Sequence[Mark]]:
    """Read what is said of the rows of one list, and who says it."""
    person, (village_id, rest) = turn.situation.person, _village(turn, text)
    if person is None:
        return None, ()
    marks = marking.read(rest, working.words_for(tx, turn.situation.town_id, person.id, definition))
    if not marks:
        return None, ()
    via = Via.VOICE if turn.heard.incoming.by_voice else Via.TYPED
    town_id, skill, now = turn.situation.town_id, definition.skill, turn.situation.at
    return Speaker(town_id, person.id, skill, turn.key(1), via, now, village_id), marks


def _entered(tx: Tx, turn: Turn, definition: Definition, text: str) -> Part | None:
    """Enter what is said of the rows of one list; None when it says something else."""
    speaker, marks = _said(tx, turn, definition, text)
    if speaker is None:
        return None
    found, skill = entering.mark(tx, speaker, marks), definition.skill
    lists = working.lists(tx, speaker.town_id, speaker.person_id)
    left = sum(each.open for each in lists if each.skill == skill)
    said = telling.marked(definition.name, found, left, of_villages=working.is_of_villages(definition))
    return Part(said, state={SHOWN: {"skill": skill, "offset": 0}})


def _village(turn: Turn, text: str) -> tuple[str | None, str]:
    """Take the village before the numbers, for who works in several."""
    for village_id, name in turn.situation.villages.items():
        if text.startswith(name):
            return village_id, text[len(name) :].lstrip(" ：:，,")
    return None, text
