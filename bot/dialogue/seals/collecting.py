"""Who comes for a paper that waits at the counter, and does not find the code any more, or asks where and when."""

from bot.dialogue.cases import afterwards
from bot.dialogue.hearing import words
from bot.dialogue.parts import Part, Turn, open_form
from bot.dialogue.seals.certificates import texts
from township.db import Tx
from workflows import casebook
from workflows.casebook import Filter
from workflows.seals import counter, papers

RENEW = "recode"
LOOKED_AT = 5


def heard(tx: Tx, turn: Turn, text: str, position: int) -> Part | None:
    """Give a new code for the old, or say where the paper lies; None where none of this person's lies anywhere."""
    lexicon, scope = words.load(), turn.situation.own_scope
    is_lost = lexicon.find("collect.code", text) is not None
    if open_form(turn.heard) or not (is_lost or lexicon.find("collect.where", text)):
        return None
    mine = casebook.listed(tx, scope, Filter(person_id=scope.person_id), limit=LOOKED_AT) if scope.person_id else []
    for case in mine:
        paper = papers.living(tx, case.id) if case.is_open else None
        if paper is None or not counter.is_waiting(paper, turn.situation.at):
            continue
        if is_lost and (done := afterwards.act(tx, turn, case.id, RENEW, {}, position)):
            return Part(done.reply, in_private=True)
        told = {"number": case.number, "place": counter.place_of(tx, paper), "hours": counter.hours()}
        return Part(texts().say("lies_there", **told), in_private=True)
    return None
