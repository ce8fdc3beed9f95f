"""The words of `without:`: whom a stage never asks, for what that person does elsewhere in the case. Pure.

Two persons must differ where one stage says `stage approve`: whoever decided there never decides here, and whoever
decided here never decides there when the case comes back.
"""

from collections.abc import Mapping
from enum import StrEnum

from workflows.flow.who import Cast

OF_STAGE = "stage "
PATTERN = rf"^({OF_STAGE})?[a-z][a-z0-9_]*$"


class Apart(StrEnum):
    """Whom a stage may leave out; every other word is `stage` with its name, or a field that holds a person."""

    VILLAGER = "villager"
    """Whom the matter concerns, and who spoke."""
    INITIATOR = "initiator"
    """Who brought it: spoke, or wrote it down for somebody."""
    WRITER = "writer"
    """Who wrote it down for somebody."""
    DECIDERS = "deciders"
    """Who decided in any other stage."""


def stage_of(word: str) -> str:
    """Name the stage whose deciders a word leaves out; empty where it says something else."""
    return word.removeprefix(OF_STAGE) if word.startswith(OF_STAGE) else ""


def of_part(word: str, cast: Cast, fields: Mapping[str, object]) -> frozenset[str]:
    """Find the people that a word means by their part in the case, or by a field; nobody where it means a stage."""
    found: tuple[object, ...]
    match word:
        case Apart.VILLAGER:
            found = cast.villagers()
        case Apart.INITIATOR:
            found = (cast.spoke, cast.wrote)
        case Apart.WRITER:
            found = (cast.wrote,)
        case _:
            found = (fields.get(word),)
    return frozenset(person for person in found if isinstance(person, str) and person)
