"""Who may see which case: one predicate, applied in every select. It is only ever narrowed."""

import sqlalchemy as sa

from township.scope import Scope
from workflows.house import house
from workflows.models import call_lines, case_people, cases, tasks

PARTICIPANTS = "participants"
"""Restricted to those who have or had a task on the case; offices that watch a village do not see it."""


def may_see(scope: Scope) -> sa.ColumnElement[bool]:
    """The cases that a person may see: one's own, those one has worked on, and those of the villages one watches.

    A restricted case is seen by its villager, and by those who were named for its kind and given a task on it.
    """
    if scope.person_id is None:
        return sa.false()
    tasked = sa.exists().where(tasks.c.case_id == cases.c.id, tasks.c.person_id == scope.person_id)
    as_open = sa.and_(cases.c.restricted.is_(None), sa.or_(watched(scope), tasked, _mine(scope, "wrote")))
    named = sa.and_(cases.c.restricted.in_(sorted({PARTICIPANTS, *scope.unrestricted})), tasked)
    own = _mine(scope, "affected", "spoke", "told")
    return sa.and_(cases.c.town_id == scope.town_id, sa.or_(as_open, named, own))


def _mine(scope: Scope, *parts: str) -> sa.ColumnElement[bool]:
    return sa.exists().where(
        case_people.c.case_id == cases.c.id,
        case_people.c.person_id == scope.person_id,
        case_people.c.part.in_(parts),
    )


def watched(scope: Scope, table: sa.Table = cases) -> sa.ColumnElement[bool]:
    """The rows of the villages that a person's offices watch."""
    villages = {village for role, village in scope.offices if role in house().watch}
    if None in villages:
        return sa.true()
    return table.c.village_id.in_(sorted(village for village in villages if village))


def may_call(scope: Scope) -> sa.ColumnElement[bool]:
    """The lines of the call list that a person may work through."""
    open_lines = sa.and_(call_lines.c.restricted.is_(None), watched(scope, call_lines))
    named = call_lines.c.restricted.in_(sorted(scope.unrestricted))
    return sa.and_(call_lines.c.town_id == scope.town_id, sa.or_(open_lines, named))
