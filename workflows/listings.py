"""Lists of cases at any size: each way by which somebody may see a case is read by its own index, newest first.

A page is the newest of the newest of each way, so no list looks at more rows than it shows, several times over. What a
row lets somebody see is said in `visibility.py`.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from township.db import Instant, Tx
from township.scope import Scope
from township.statements import Row, Statement
from workflows.models import case_people, cases
from workflows.visibility import OWN, by_part, may_see, of_town, person, sight

_SHOWN = [column for column in cases.c if column.name not in ("progress", "head", "query_hash")]
PARTS = 5
"""One person may play so many parts in one case."""


def rows(tx: Tx, scope: Scope, chosen: Mapping[str, Any], *, limit: int, offset: int) -> Sequence[Row]:
    """Read a page of what a scope may see; `chosen` are conditions by name, as in `casebook.Filter`."""
    seen, wanted = sight(scope), _wanted(chosen)
    given = {**seen, **_values(chosen), "most": limit, "passed": offset, "upto": limit + offset}
    given["reach"] = given["upto"] * PARTS
    villages = {f"village_{n}": village for n, village in enumerate(seen["its_villages"])}
    if "person_id" in wanted and chosen["person_id"] == scope.person_id:
        return _page(True, 0, wanted - {"person_id"}, OWN[:2]).rows(tx, **given)
    if seen["its_watch"]:
        return _watching(wanted).rows(tx, **given)
    return _page(False, len(villages), wanted, ()).rows(tx, **given, **villages)


def counted(tx: Tx, scope: Scope, chosen: Mapping[str, Any]) -> int:
    """Count what a scope may see."""
    return int(_count(_wanted(chosen)).scalar(tx, **sight(scope), **_values(chosen)))


def _wanted(chosen: Mapping[str, Any]) -> frozenset[str]:
    state = {"is_open": "open" if chosen.get("is_open") else "closed"}
    return frozenset(state.get(name, name) for name in chosen)


def _values(chosen: Mapping[str, Any]) -> dict[str, Any]:
    return {f"wanted_{name}": value for name, value in chosen.items()}


def _conditions(wanted: frozenset[str]) -> list[sa.ColumnElement[bool]]:
    columns = cases.c
    nothing: sa.ColumnElement[str] = sa.literal_column("''")
    same = (columns.skill, columns.village_id, columns.kind, columns.stage)
    known: dict[str, sa.ColumnElement[bool]] = {
        **{one.name: one == sa.bindparam(f"wanted_{one.name}", type_=sa.String()) for one in same},
        "open": columns.result == nothing,
        "closed": columns.result != nothing,
        "person_id": columns.id.in_(_of_person(sa.bindparam("wanted_person_id", type_=sa.String()))),
        "late_at": columns.due_at <= sa.bindparam("wanted_late_at", type_=Instant()),
        "opened_since": columns.opened_at >= sa.bindparam("wanted_opened_since", type_=Instant()),
    }
    return [known[name] for name in sorted(wanted)]


def _of_person(whose: sa.BindParameter[str]) -> sa.Select[tuple[str]]:
    """Whom a case concerns, or who spoke."""
    return sa.select(case_people.c.case_id).where(case_people.c.person_id == whose, case_people.c.part.in_(OWN[:2]))


def _number(name: str) -> sa.BindParameter[int]:
    return sa.bindparam(name, type_=sa.Integer())


@cache
def _count(wanted: frozenset[str]) -> Statement:
    return Statement(sa.select(sa.func.count()).select_from(cases).where(may_see(), *_conditions(wanted)))


@cache
def _watching(wanted: frozenset[str]) -> Statement:
    """For whoever watches the whole town: nearly every row of the town's own index may be shown."""
    chosen = sa.select(*_SHOWN).where(may_see(), *_conditions(wanted))
    return Statement(_paged(chosen, cases.c.opened_at, cases.c.id))


@cache
def _page(own: bool, villages: int, wanted: frozenset[str], parts: tuple[str, ...]) -> Statement:
    """For everybody else: the newest of each village that one watches, and of the cases in which one plays a part."""
    narrowed = [*_conditions(wanted), *([case_people.c.part.in_(parts)] if own else [])]
    ways = [_by_part(narrowed), *(_of_village(n, _conditions(wanted)) for n in range(villages))]
    found = sa.union_all(*(sa.select(way.c.id, way.c.opened_at) for way in ways)).subquery()
    once = sa.select(found.c.id).group_by(found.c.id, found.c.opened_at)
    page = _paged(once, found.c.opened_at, found.c.id)
    return Statement(
        sa.select(*_SHOWN).where(cases.c.id.in_(page)).order_by(cases.c.opened_at.desc(), cases.c.id.desc())
    )


def _paged(chosen: sa.Select[Any], *newest: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return chosen.order_by(*(one.desc() for one in newest)).limit(_number("most")).offset(_number("passed"))


def _by_part(conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Subquery:
    chosen = sa.select(cases.c.id, cases.c.opened_at).join(case_people, case_people.c.case_id == cases.c.id)
    chosen = chosen.where(case_people.c.person_id == person(), of_town(), by_part(), *conditions)
    newest = (case_people.c.opened_at.desc(), case_people.c.case_id.desc())
    return chosen.order_by(*newest).limit(_number("reach")).subquery()


def _of_village(n: int, conditions: Sequence[sa.ColumnElement[bool]]) -> sa.Subquery:
    its = cases.c.village_id == sa.bindparam(f"village_{n}", type_=sa.String())
    chosen = sa.select(cases.c.id, cases.c.opened_at).where(of_town(), its, cases.c.restricted.is_(None), *conditions)
    return chosen.order_by(cases.c.opened_at.desc(), cases.c.id.desc()).limit(_number("upto")).subquery()
