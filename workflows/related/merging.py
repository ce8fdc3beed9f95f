"""What a clerk does with cases that belong together: merge one into another, or only link them.

Record actions (`do: [case.merge]`): they run in the transaction of `cases.act`, and refuse it where the other case is
not there, is closed, or is one that only those named for it may see.
"""

import sqlalchemy as sa
from sqlalchemy import RowMapping

from township.db import Tx
from township.errors import Mistake, Refused
from workflows import casebook, cases, catalogue
from workflows.catalogue import Occasion
from workflows.models import cases as rows
from workflows.related import ties
from workflows.related.ties import TieKind

FIELD = "into"
"""The field that holds the other case's number, as it is said."""


def declare() -> None:
    """Make the actions known."""
    catalogue.declare("case.merge", merge)
    catalogue.declare("case.link", link)


def merge(tx: Tx, occasion: Occasion) -> None:
    """Let the people of a case hear of another one; the case itself is closed by the action."""
    other, mine = (
        _other(tx, occasion),
        tx.execute(sa.select(rows).where(rows.c.id == occasion.case_id)).mappings().one(),
    )
    ties.add(tx, occasion.town_id, occasion.case_id, other["id"], TieKind.MERGED, by=occasion.by, now=occasion.at)
    people = dict.fromkeys(one for one in (*mine["told"], mine["affected_id"], mine["spoke_id"]) if one)
    for person in people:
        key = f"merge:{occasion.case_id}:{person}"
        cases.join(tx, occasion.town_id, other["id"], person=person, key=key, now=occasion.at)
    channels = list(dict.fromkeys([*other["channels"], *mine["channels"]]))
    tx.execute(sa.update(rows).where(rows.c.id == other["id"]).values(channels=channels))


def link(tx: Tx, occasion: Occasion) -> None:
    """Link a case to another one; both go on."""
    ties.add(
        tx, occasion.town_id, occasion.case_id, _other(tx, occasion)["id"], TieKind.RELATED, by=occasion.by,
        now=occasion.at,
    )  # fmt: skip


def _other(tx: Tx, occasion: Occasion) -> RowMapping:
    said = str(occasion.fields.get(FIELD, ""))
    found = _row(tx, occasion, rows.c.number.in_(casebook.spellings(said)))
    if found is None or found["id"] == occasion.case_id or found["restricted"] is not None:
        raise Mistake("no_such_case", field=FIELD, number=said)
    if found["result"]:
        raise Refused("other_case_closed", number=found["number"])
    return found


def _row(tx: Tx, occasion: Occasion, which: sa.ColumnElement[bool]) -> RowMapping | None:
    return tx.execute(sa.select(rows).where(rows.c.town_id == occasion.town_id, which)).mappings().first()
