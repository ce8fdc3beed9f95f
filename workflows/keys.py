"""Keys of what was done to cases: a message, tap or timer; doing it twice is doing it once."""

from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from township.db import Tx
from township.editions import Edition, mark
from township.statements import Statement
from workflows.models import case_keys


def claim(tx: Tx, town_id: str, key: str, case_id: str) -> Edition | None:
    """Take a key for a case, and read on the way which edition stands; None when the key was taken before."""
    taken = _claiming(tx.dialect.name).first(tx, town_id=town_id, key=key, case_id=case_id)
    return Edition(taken["mark"]) if taken is not None else None


@cache
def _claiming(dialect: str) -> Statement:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    built = insert(case_keys).on_conflict_do_nothing(index_elements=["town_id", "key"])
    return Statement(built.returning(mark().label("mark")), ("town_id", "key", "case_id"))


def taken(tx: Tx, town_id: str, keys: Iterable[str]) -> frozenset[str]:
    """Find which of these keys were taken before."""
    return frozenset(_TAKEN.scalars(tx, its_town=town_id, its_keys=list(keys)))


_TAKEN = Statement(
    sa.select(case_keys.c.key).where(
        case_keys.c.town_id == sa.bindparam("its_town"), case_keys.c.key.in_(sa.bindparam("its_keys", expanding=True))
    )
)


def add(tx: Tx, several: Iterable[tuple[str, str, str]]) -> None:
    """Take keys that are known to be free: each with its town and its case."""
    _ADD.run_all(tx, [{"town_id": town_id, "key": key, "case_id": case_id} for town_id, key, case_id in several])


_ADD = Statement(sa.insert(case_keys), ("town_id", "key", "case_id"))
