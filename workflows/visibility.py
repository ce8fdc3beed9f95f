"""Who may see which case: one predicate, applied in every select. It is only ever narrowed."""

from typing import Any

import sqlalchemy as sa

from township.scope import Scope
from workflows.definition import PARTICIPANTS
from workflows.house import house
from workflows.models import call_lines, case_people, cases, tasks


def may_see() -> sa.ColumnElement[bool]:
    """The cases that a person may see: one's own, those one has worked on, and those of the villages one watches.

    A restricted case is seen by its villager, and by those who were named for its kind and given a task on it. Who
    asks is put into its places by `sight`.
    """
    person = sa.bindparam("its_person", type_=sa.String())
    tasked = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.person_id == person)
    in_villages = cases.c.village_id.in_(sa.bindparam("its_villages", expanding=True))
    watching = sa.or_(sa.bindparam("its_watch", type_=sa.Boolean()) == sa.true(), in_villages)
    as_open = sa.and_(cases.c.restricted.is_(None), sa.or_(watching, tasked, _mine(person, "wrote")))
    named = sa.and_(cases.c.restricted.in_(sa.bindparam("its_kinds", expanding=True)), tasked)
    own = _mine(person, "affected", "spoke", "told")
    return sa.and_(cases.c.town_id == sa.bindparam("its_town"), sa.or_(as_open, named, own))


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


def _mine(person: sa.BindParameter[str], *parts: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        case_people.c.case_id == cases.c.id,
        case_people.c.person_id == person,
        case_people.c.part.in_(parts),
    )


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
