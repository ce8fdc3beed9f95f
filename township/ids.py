"""Identifiers: keys that we make ourselves, and short codes that people type or show."""

import secrets
from typing import NewType

from uuid_utils import uuid7

TownId = NewType("TownId", str)
AccountId = NewType("AccountId", str)
PersonId = NewType("PersonId", str)
VillageId = NewType("VillageId", str)
HouseholdId = NewType("HouseholdId", str)
GroupId = NewType("GroupId", str)
ConversationId = NewType("ConversationId", str)
CaseId = NewType("CaseId", str)
TaskId = NewType("TaskId", str)

#: Symbols that nobody confuses when reading aloud or copying by hand: no 0/O, no 1/I/L.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def new_id() -> str:
    """Make a UUIDv7 as 32 hex characters: unique without a server, and sorted by the time of making."""
    return uuid7().hex


def code(length: int) -> str:
    """Make a random code of `length` symbols that a person can read aloud."""
    drawn, symbols = secrets.randbelow(len(ALPHABET) ** length), ""
    for _ in range(length):
        drawn, symbol = divmod(drawn, len(ALPHABET))
        symbols += ALPHABET[symbol]
    return symbols
