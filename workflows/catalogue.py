"""Actions that a definition may ask for by name (`do:`), declared by the capabilities that can do them.

A record action runs inside the case's transaction and may refuse it. The engine knows names only; who declares them
is put together in `bot/app.py`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from msgspec import Struct

from township.db import Tx


class Occasion(Struct, frozen=True):
    """The case on which an action is done, by whom and when."""

    town_id: str
    case_id: str
    fields: Mapping[str, Any]
    by: str | None
    at: datetime


RecordAction = Callable[[Tx, Occasion], None]

_declared: dict[str, RecordAction] = {}


def declare(name: str, action: RecordAction) -> None:
    """Make an action known under `capability.verb`; the same name again replaces it."""
    _declared[name] = action


def names() -> frozenset[str]:
    """List what is declared: skills are checked against it."""
    return frozenset(_declared)


def do(tx: Tx, wanted: tuple[str, ...], occasion: Occasion) -> None:
    """Do the actions of a decision in order; one that nobody declared is a bug."""
    for name in wanted:
        _declared[name](tx, occasion)
