"""Whom a matter concerns when somebody else speaks: for a neighbour, for who has no phone, for who said it in a group.

A case keeps apart who is affected, who spoke, who wrote it down and who must be told.
"""

import sqlalchemy as sa
from msgspec.structs import replace

from bot.dialogue.meaning import details
from bot.dialogue.meaning.commands import StartSkill
from bot.dialogue.parts import Turn, texts
from bot.models import conversations
from township import directory
from township.db import Tx
from township.directory import Person
from workflows.cases import Opening


def for_another(tx: Tx, turn: Turn, matter: Opening, command: StartSkill) -> Opening:
    """Put the person named on the case if exactly one of that name is known; else the name as it was said."""
    said = {"way": command.via, "no_phone": command.no_phone}
    fields = {**matter.fields, **{name: value for name, value in said.items() if value}}
    matter = replace(matter, fields=fields, wrote=_writer(turn))
    person = _named(tx, turn, details.own_name(command.affected))
    if person is None:
        return replace(matter, fields={**fields, "for_whom": command.affected})
    matter = replace(matter, affected=person.id, village_id=person.village_id)
    if turn.situation.is_cadre:
        return replace(matter, told=(person.id,))
    return replace(matter, fields={**fields, "for_whom": person.name})


def knows(tx: Tx, turn: Turn, name: str) -> bool:
    """Say whether exactly one person of that name is known for whom the speaker may speak."""
    return _named(tx, turn, details.own_name(name)) is not None


def as_said(tx: Tx, turn: Turn, matter: Opening) -> tuple[Opening, Person | None]:
    """Put who said the quoted words on the case: that person spoke and is told, who quotes wrote it down."""
    person = _quoted(tx, turn)
    matter = replace(matter, wrote=_writer(turn))
    if person is None:
        return replace(matter, fields={**matter.fields, "for_whom": texts().say("somebody_in_group")}), None
    village_id = matter.village_id or person.village_id
    return replace(matter, affected=person.id, spoke=person.id, told=(person.id,), village_id=village_id), person


def _writer(turn: Turn) -> str | None:
    person = turn.situation.person
    return person.id if person is not None and person.is_cadre else None


def _named(tx: Tx, turn: Turn, name: str) -> Person | None:
    """Find the one person of a name whom the speaker may speak for: of the own village before the others."""
    found = [
        one
        for one in directory.named(tx, turn.situation.town_id, name)
        if one.village_id in turn.situation.own_scope.villages
    ]
    near = [one for one in found if one.village_id == turn.situation.village_id]
    chosen = near or found
    return chosen[0] if len(chosen) == 1 else None


def _quoted(tx: Tx, turn: Turn) -> Person | None:
    """Find who said what is quoted: somebody who has spoken with the bot before, for only then the sender is known."""
    quote, account_id = turn.heard.incoming.quote, turn.heard.conversation.account_id
    if quote is None or not quote.sender_id:
        return None
    columns = conversations.c
    spoken = sa.select(columns.person_id).where(
        columns.account_id == account_id, columns.sender_id == quote.sender_id, columns.person_id.is_not(None)
    )
    person_id = tx.execute(spoken.limit(1)).scalar()
    found = directory.person(tx, person_id) if person_id else None
    return found or directory.by_sender_id(tx, account_id, quote.sender_id)
