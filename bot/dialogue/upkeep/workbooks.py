"""The workbook of a service that a colleague sends: read, shown before and after, put in force by a second person."""

from bot.dialogue.meaning.services import CHANGE
from bot.dialogue.parts import Part, Turn, texts
from bot.dialogue.situation import Situation
from bot.dialogue.upkeep.changing import MAY_CHANGE
from bot.wording import sentence
from skills import changes, registry
from skills.holders import unheld
from skills.registry import Loaded
from skills.workbook import books
from township.db import Tx
from township.errors import TownshipError
from township.statements import savepoint

SHOWN = 6
"""Mistakes in one reply; `dinglin skills check` names them all."""


def read(content: bytes, name: str, situation: Situation) -> Loaded | None:
    """Read a file that is the workbook of a service; None for any other, and for who may change none."""
    if not situation.own_scope.roles & MAY_CHANGE or not name.lower().endswith(tuple(books.FORMATS)):
        return None
    return books.load(name, content) if books.is_book(content) else None


def submit(tx: Tx, turn: Turn, loaded: Loaded, position: int) -> Part:
    """Store the service as a draft and ask a second person; mistakes are named with sheet, row and column."""
    person, at, town_id = turn.situation.person, turn.situation.at, turn.situation.town_id
    problems = [*loaded.problems, *unheld(tx, town_id, loaded, at)]
    if loaded.skill is None or person is None or problems:
        lines = [str(problem) for problem in problems[:SHOWN]]
        if more := len(problems) - len(lines):
            lines.append(texts().say("workbook_more", count=more))
        return Part(texts().say("workbook_wrong", count=len(problems), lines="\n".join(lines)))
    offered = registry.offered(tx, town_id)
    running = next((one for one in offered if one.id == loaded.id), None)
    try:
        with savepoint(tx):
            wanted = changes.of(running, loaded.skill, offered)
            outcome = changes.submit(
                tx, wanted, person, service=CHANGE, key=turn.key(position), at=at,
                conversation_id=turn.heard.conversation.id,
            )  # fmt: skip
    except TownshipError as refused:
        return Part(sentence(refused))
    return Part(outcome.reply)
