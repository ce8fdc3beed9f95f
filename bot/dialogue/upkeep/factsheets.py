"""A sheet of facts that a colleague sends: read row by row, shown before and after, put in force by a second person."""

from collections.abc import Collection
from dataclasses import dataclass

from msgspec.structs import replace

from bot import changes
from bot.dialogue.parts import Part, Turn
from bot.dialogue.situation import Situation
from bot.wording import sentence, texts
from knowledge import factdrafts, factsheet
from knowledge.factsheet import Sheet
from knowledge.keepers import keeps
from township.db import Tx
from township.errors import Mistake
from workflows import cases, catalogue
from workflows.catalogue import Occasion


@dataclass(frozen=True, slots=True)
class Brought:
    """A sheet as somebody may bring it."""

    name: str
    sheet: Sheet


def read(content: bytes, name: str, situation: Situation, duty_phones: Collection[str] = ()) -> Brought | None:
    """Read a file that is a sheet of facts; None for any other. Who is no keeper changes facts of the own village."""
    if not factsheet.is_sheet(content, name):
        return None
    villages = {village: village_id for village_id, village in situation.villages.items()}
    sheet = factsheet.read_sheet(content, name, villages, duty_phones)
    if not keeps(situation.own_scope):
        sheet = sheet.of_village(situation.village_id)
    return Brought(name, sheet)


def submit(tx: Tx, turn: Turn, brought: Brought, position: int) -> Part:
    """Store the sheet as a draft, and ask a second person to look at what it changes; rows left out are named."""
    person, town_id, at = turn.situation.person, turn.situation.town_id, turn.situation.at
    if person is None:
        raise ValueError("a sheet of nobody cannot be submitted")
    try:
        draft = factdrafts.bring(tx, town_id, brought.sheet, brought.name, by=person.id, at=at)
    except Mistake as mistake:
        return Part(sentence(mistake))
    said = texts().say("sheet_same")
    if draft is not None:
        opening = changes.reviewing(draft, person, turn.situation.villages, turn.key(position))
        heard = turn.heard
        opening = replace(opening, received_at=heard.received_at, conversation_id=heard.conversation.id)
        said = cases.open(tx, opening, now=at).reply
    wrong = changes.wrong_rows(brought.sheet.mistakes)
    return Part("\n".join(filter(None, (said, wrong))))


def declare() -> None:
    """Make known what a review may do to a sheet."""
    catalogue.declare("facts.confirm", _confirm)
    catalogue.declare("facts.discard", _discard)


def _confirm(tx: Tx, occasion: Occasion) -> None:
    factdrafts.confirm(tx, occasion.town_id, str(occasion.fields["sheet"]), by=str(occasion.by), at=occasion.at)


def _discard(tx: Tx, occasion: Occasion) -> None:
    factdrafts.discard(tx, occasion.town_id, str(occasion.fields["sheet"]), by=occasion.by, at=occasion.at)
