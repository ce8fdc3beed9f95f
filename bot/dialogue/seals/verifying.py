"""Somebody asks by its code whether a paper is true: anybody may, outsiders and groups too; no name is said."""

from bot.dialogue.meaning.paper_codes import VerifyCode
from bot.dialogue.parts import Counts, Part, Turn
from township.db import Tx
from workflows.seals import verification


def answer(tx: Tx, turn: Turn, command: VerifyCode) -> Part:
    """Say how the paper stands."""
    situation, incoming = turn.situation, turn.heard.incoming
    asker = situation.person.id if situation.person else incoming.sender_id or turn.heard.conversation.id
    found = verification.look_up(tx, None, command.code, asker=asker, at=situation.at)
    return Part(verification.in_words(tx, situation.town_id, found), counts=Counts.answered)
