"""Lists of cases at any size: each way by which somebody may see a case is read by its own index, newest first.

A page is the newest of the newest of each way, so no list looks at more rows than it shows, several times over. What a
row lets somebody see is said in `visibility.py`.
"""

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

import sqlalchemy as sa

from township.db import Instant, Tx
from township.scope import Scope
from township.statements import Row, Statement
from workflows.models import case_people, cases
from workflows.visibility import OWN, by_part, may_see, of_town, person, sight

Cut = tuple[int, int]
"""How many rows a page has at most, and how many stand before it."""
_SHOWN = [column for column in cases.c if column.name not in ("progress", "head", "query_hash")]
PAGES = 256
"""So many pages are kept as they were put together: where one begins and ends is written into it, since PostgreSQL
plans anew each time a list whose length it is only told when it runs."""


def rows(tx: Tx, scope: Scope, chosen: Mapping[str, Any], *, limit: int, offset: int) -> Sequence[Row]:
    """Read a page of what a scope may see; `chosen` are conditions by name, as in `casebook.Filter`."""
    seen, wanted = sight(scope), _wanted(chosen)
    given, cut = {**seen, **_values(chosen)}, (limit, offset)
    villages = {f"village_{n}": village for n, village in enumerate(seen["its_villages"])}
    if "person_id" in wanted and chosen["person_id"] == scope.person_id:
        return _page(True, 0, wanted - {"person_id"}, OWN[:2], cut).rows(tx, **given)
    if seen["its_watch"]:
        return _watching(wanted, cut).rows(tx, **given)
    return _page(False, len(villages), wanted, (), cut).rows(tx, **given, **villages)


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


@cache
def _count(wanted: frozenset[str]) -> Statement:
    return Statement(sa.select(sa.func.count()).select_from(cases).where(may_see(), *_conditions(wanted)))


@lru_cache(PAGES)
def _watching(wanted: frozenset[str], cut: Cut) -> Statement:
    """For whoever watches the whole town: nearly every row of the town's own index may be shown."""
    chosen = sa.select(*_SHOWN).where(may_see(), *_conditions(wanted))
    return Statement(_paged(chosen, cut, cases.c.opened_at, cases.c.id))


@lru_cache(PAGES)
def _page(own: bool, villages: int, wanted: frozenset[str], parts: tuple[str, ...], cut: Cut) -> Statement:
    """For everybody else: the newest of each village that one watches, and of the cases in which one plays a part."""
    narrowed = [*_conditions(wanted), *([case_people.c.part.in_(parts)] if own else [])]
    reach = sum(cut)
    ways = [_by_part(narrowed, reach), *(_of_village(n, _conditions(wanted), reach) for n in range(villages))]
    found = sa.union_all(*(sa.select(way.c.id, way.c.opened_at) for way in ways)).subquery()
    once = sa.select(found.c.id).group_by(found.c.id, found.c.opened_at)
    page = _paged(once, cut, found.c.opened_at, found.c.id)
    return Statement(
        sa.select(*_SHOWN).where(cases.c.id.in_(page)).order_by(cases.c.opened_at.desc(), cases.c.id.desc())
    )


def _paged(chosen: sa.Select[Any], cut: Cut, *newest: sa.ColumnElement[Any]) -> sa.Select[Any]:
    limit, offset = cut
    return _newest(chosen, limit, *newest).offset(_written(offset))


def _newest(chosen: sa.Select[Any], number: int, *newest: sa.ColumnElement[Any]) -> sa.Select[Any]:
    return chosen.order_by(*(one.desc() for one in newest)).limit(_written(number))


def _written(number: int) -> sa.ColumnElement[int]:
    return sa.literal_column(str(int(number)), sa.Integer())


def _by_part(conditions: Sequence[sa.ColumnElement[bool]], reach: int) -> sa.Subquery:
    """The newest cases in which one plays a part; a case in which one plays several is one."""
    part = case_people.c
    chosen = sa.select(part.case_id.label("id"), part.opened_at).join(cases, part.case_id == cases.c.id)
    chosen = chosen.where(part.person_id == person(), of_town(), by_part(), *conditions)
    once = chosen.group_by(part.opened_at, part.case_id)
    return _newest(once, reach, part.opened_at, part.case_id).subquery()


def _of_village(n: int, conditions: Sequence[sa.ColumnElement[bool]], reach: int) -> sa.Subquery:
    its = cases.c.village_id == sa.bindparam(f"village_{n}", type_=sa.String())
    chosen = sa.select(cases.c.id, cases.c.opened_at).where(of_town(), its, cases.c.restricted.is_(None), *conditions)
    return _newest(chosen, reach, cases.c.opened_at, cases.c.id).subquery()
