"""Who may see which case: one predicate, applied in every select. It is only ever narrowed.

Whoever plays a part in a case, or has been given a task on it, has a row of `case_people`: lists of one's own cases are
read by its index, newest first, however many cases a town has.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from township.db import Tx
from township.scope import Scope
from township.statements import Statement
from workflows.definition import PARTICIPANTS
from workflows.house import house
from workflows.models import call_lines, case_people, cases

TASKED = "tasked"
OWN = ("affected", "spoke", "told")


def may_see() -> sa.ColumnElement[bool]:
    """The cases that a person may see: one's own, those one has worked on, and those of the villages one watches.

    A restricted case is seen by its villager, and by those who were named for its kind and given a task on it. Who
    asks is put into its places by `sight`.
    """
    mine = sa.and_(case_people.c.case_id == cases.c.id, case_people.c.person_id == person(), by_part())
    in_villages = cases.c.village_id.in_(sa.bindparam("its_villages", expanding=True))
    watching = sa.or_(sa.bindparam("its_watch", type_=sa.Boolean()) == sa.true(), in_villages)
    seen = sa.or_(sa.and_(cases.c.restricted.is_(None), watching), sa.exists().where(mine))
    return sa.and_(of_town(), seen)


def by_part() -> sa.ColumnElement[bool]:
    """What a row of `case_people` lets its person see: always the own case, another if it is not restricted."""
    part, restricted = case_people.c.part, cases.c.restricted
    as_named = restricted.in_(sa.bindparam("its_kinds", expanding=True))
    return sa.or_(
        part.in_(OWN),
        sa.and_(part == TASKED, sa.or_(restricted.is_(None), as_named)),
        sa.and_(part == "wrote", restricted.is_(None)),
    )


def person() -> sa.BindParameter[str]:
    """Who asks."""
    return sa.bindparam("its_person", type_=sa.String())


def of_town() -> sa.ColumnElement[bool]:
    """No case of another town is ever seen."""
    return cases.c.town_id == sa.bindparam("its_town", type_=sa.String())


def sight(scope: Scope) -> dict[str, Any]:
    """The values for `may_see`; who is nobody sees nothing."""
    seen = _watched_villages(scope) if scope.person_id is not None else frozenset()
    return {
        "its_town": scope.town_id,
        "its_person": scope.person_id,
        "its_watch": None in seen,
        "its_villages": sorted(village for village in seen if village),
        "its_kinds": sorted({PARTICIPANTS, *scope.unrestricted}),
    }


def _watched_villages(scope: Scope) -> frozenset[str | None]:
    """The villages that a person's offices watch; None among them: all."""
    return frozenset(village for role, village in scope.offices if role in house().watch)


def may_call(scope: Scope) -> sa.ColumnElement[bool]:
    """The lines of the call list that a person may work through."""
    seen = _watched_villages(scope)
    in_villages = call_lines.c.village_id.in_(sorted(village for village in seen if village))
    open_lines = sa.and_(call_lines.c.restricted.is_(None), sa.true() if None in seen else in_villages)
    named = call_lines.c.restricted.in_(sorted(scope.unrestricted))
    return sa.and_(call_lines.c.town_id == scope.town_id, sa.or_(open_lines, named))


def add_parts(tx: Tx, row: Mapping[str, Any], parts: Iterable[tuple[str, str | None]]) -> None:
    """Write down who plays which part in a case, and so may see it: the same part twice is once."""
    given = {"case_id": row["id"], "town_id": row["town_id"], "opened_at": row["opened_at"]}
    played = dict.fromkeys((part, person) for part, person in parts if person)
    rows = [{**given, "part": part, "person_id": person} for part, person in played]
    _adding_person(tx.dialect.name).run_all(tx, rows)


@cache
def _adding_person(dialect: str) -> Statement:
    insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
    return Statement(
        insert(case_people).on_conflict_do_nothing(), ("case_id", "town_id", "opened_at", "part", "person_id")
    )
