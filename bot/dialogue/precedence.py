"""Who takes the words of a message before what they ask for is carried out: asked in order, the first who knows them.

A taker answers None when the words are nothing of its own. A new one is one line here.
"""

from collections.abc import Callable, Sequence

from bot.dialogue.answers import unanswered
from bot.dialogue.cases import after_all, again, booking, calls, numbered, withdrawing, wondering
from bot.dialogue.meaning.commands import Ask, Chitchat, Command, FillField, Unknown
from bot.dialogue.offices import (
    broadcasting,
    bulk,
    decisions,
    deeds,
    deputies,
    handing,
    named_cases,
    screenshots,
    stamping,
    worklists,
)
from bot.dialogue.parts import Part, Turn
from bot.dialogue.seals import collecting
from bot.dialogue.upkeep import changing, keeping
from bot.dialogue.village import neighbours, rounds, showings
from township.db import Tx

Taker = Callable[[Tx, Turn, str], Part | None]

TAKERS: tuple[Taker, ...] = (
    screenshots.chosen,
    lambda tx, turn, text: decisions.typed(tx, turn, text, 0),
    decisions.codeless,
    decisions.named,
    lambda tx, turn, text: stamping.heard(tx, turn, text, 0),
    lambda tx, turn, text: collecting.heard(tx, turn, text, 0),
    lambda tx, turn, text: decisions.without_task(tx, turn, text, 0),
    deeds.heard,
    decisions.which_closed,
    withdrawing.heard,
    withdrawing.come_back,
    after_all.heard,
    again.heard,
    numbered.heard,
    wondering.heard,
    calls.ticked,
    unanswered.heard,
    keeping.heard,
    handing.heard,
    worklists.heard,
    bulk.heard,
    neighbours.reason,
    showings.heard,
    rounds.heard,
    booking.heard,
    changing.heard,
    broadcasting.heard,
    named_cases.heard,
)


def taken(tx: Tx, turn: Turn, commands: Sequence[Command]) -> Part | None:
    """Answer a message by whoever knows its words; None where nobody does."""
    text = turn.heard.incoming.text
    for take in TAKERS:
        if part := take(tx, turn, text):
            return part
    asked = turn.state.get("deputy")  # who stands in: the answer is a name, which no rule knows
    if asked and isinstance(commands[0], Unknown | Ask | Chitchat | FillField):
        return deputies.answered(tx, turn, asked, text, 1)
    return None
