"""The call list in chat: notices to people without an account, shown with "my tasks" and ticked off in words."""

import re
from functools import cache

from bot.dialogue.parts import Part, Turn, texts
from township.db import Tx
from workflows import calllist
from workflows.calllist import Called, CallLine

SHOWN = 5


def lines(tx: Tx, turn: Turn) -> list[str]:
    """Say the calls that this person is to make."""
    if not turn.situation.is_cadre:
        return []
    return [line.in_words() for line in _mine(tx, turn)]


def ticked(tx: Tx, turn: Turn, text: str) -> Part | None:
    """Tick a call off ("已告知 王秀英"); None when the words mean no such thing."""
    if not turn.situation.is_cadre or turn.heard.conversation.is_group:
        return None
    for called, pattern in _patterns().items():
        found = pattern.fullmatch(text.strip())
        if found is None:
            continue
        waiting = [line for line in _mine(tx, turn) if not found["name"] or line.person == found["name"]]
        if not waiting:
            return None
        line = waiting[0]
        calllist.tick(tx, turn.situation.own_scope, line.id, called, now=turn.situation.at)
        return Part(texts().say("call_ticked", person=line.person, number=line.number))
    return None


def _mine(tx: Tx, turn: Turn) -> list[CallLine]:
    return calllist.waiting(tx, turn.situation.own_scope, SHOWN)


@cache
def _patterns() -> dict[Called, re.Pattern[str]]:
    """How each outcome is typed, by the words of the texts."""
    names = {Called.TOLD: "told", Called.NOT_REACHED: "not_reached", Called.NOT_NEEDED: "not_needed"}
    return {called: re.compile(rf"{texts().say(f'call_{name}')}\s*(?P<name>\S*)") for called, name in names.items()}
