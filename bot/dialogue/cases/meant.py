"""Whom or which household somebody means by a name: one, several to choose from, or nobody. Read only."""

from dataclasses import dataclass

from bot.dialogue.cases import colleagues
from bot.dialogue.hearing import words
from bot.dialogue.meaning import details
from bot.dialogue.parts import Turn
from township import directory
from township.db import Tx
from workflows.definition import FieldKind, FormField

MOST = 6
"""So many are named in a question."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody, or a household, that may be meant."""

    id: str
    name: str
    where: str = ""


def candidates(tx: Tx, turn: Turn, spec: FormField, said: str) -> list[Candidate]:
    """List who may be meant, the own village first; people of one name are told apart by where they live."""
    if spec.kind is FieldKind.HOUSEHOLD:
        found = directory.households_called(tx, turn.situation.town_id, said, turn.situation.village_id)
        return [Candidate(one.id, one.door) for one in found][:MOST]
    people = [one for one in _people(tx, turn, spec, said) if one.id != _speaker(turn)]
    names = [one.name for one in people]
    is_told_apart = len(set(names)) < len(names)
    return [
        Candidate(one.id, one.name, directory.door_of(tx, one) if is_told_apart else "") for one in people
    ][:MOST]  # fmt: skip


def name_of(tx: Tx, person_id: str | None) -> str:
    """The name of somebody; empty of nobody."""
    found = directory.person(tx, person_id) if person_id else None
    return found.name if found else ""


def _speaker(turn: Turn) -> str:
    return turn.situation.person.id if turn.situation.person else ""


def _people(tx: Tx, turn: Turn, spec: FormField, said: str) -> list[directory.Person]:
    """Full names count for everybody; a surname only for cadres, or where the form allows it for neighbours."""
    town_id, village_id = turn.situation.town_id, turn.situation.village_id
    for piece in filter(None, details.of_forms()["between"].split(said)):
        near = directory.named(tx, town_id, piece, village_id) if village_id else []
        if found := near or directory.named(tx, town_id, piece):
            return found
        surname = words.load().fits("surname", piece) if spec.neighbours and village_id else None
        if surname and (
            found := directory.surnamed(tx, town_id, village_id or "", surname["after"] or surname["before"])
        ):
            return found
        if found := colleagues.named(tx, turn, piece):
            return found
    return []
