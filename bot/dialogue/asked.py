"""Actions tapped on a card that still need a word: kept with the card until their person says it in the chat."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from bot.models import cards
from township.db import Tx
from township.statements import Statement


def latest(tx: Tx, person_id: str) -> Mapping[str, Any]:
    """Find the last one of a person; empty if none waits."""
    return next((value for value in _ASKING.scalars(tx, its_person=person_id) if value), {})


_ASKING = Statement(
    sa.select(cards.c.asking)
    .where(cards.c.person_id == sa.bindparam("its_person"), cards.c.asking.is_not(None))
    .order_by(cards.c.id.desc())
)


def forget(tx: Tx, person_id: str) -> None:
    """Let all of a person go: the word was said, or something else was done."""
    mine = (cards.c.person_id == person_id, cards.c.asking.is_not(None))
    tx.execute(sa.update(cards).where(*mine).values(asking=sa.null()))
