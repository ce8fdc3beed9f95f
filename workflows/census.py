"""What the directory says about the people of a case, in few statements: the facts that the engine needs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa

from township import directory
from township.db import Instant, Tx
from township.models import grants, people, reaches
from township.statements import Row, Statement
from workflows import gist
from workflows.definition import Definition
from workflows.flow.who import Cast, Facts


def facts(
    tx: Tx, town_id: str, village_id: str | None, definition: Definition, cast: Cast, now: datetime, *,
    late: bool = False,
) -> Facts:  # fmt: skip
    """Find who holds the roles that a definition speaks of, who has the duty, and who can be written to.

    The duty is looked up for a late step, or where the definition itself speaks of it.
    """
    known = gist.of(definition)
    duty: tuple[str, ...] = ()
    if late or known.speaks_of_duty:
        duty = tuple(one.person.id for one in directory.on_duty(tx, town_id, now, village_id))
    people = {*cast.villagers(), *cast.told, *((cast.wrote,) if cast.wrote else ())}
    rows = _HOLDERS.rows(tx, its_town=town_id, its_village=village_id, its_roles=known.roles, now=now)
    return Facts(_holders(rows), duty, reachable(tx, people), _stands_in(rows))


def _stands_in(rows: Iterable[Row]) -> Mapping[str, frozenset[str]]:
    """For whom each deputy stands in."""
    found: dict[str, frozenset[str]] = {}
    for row in rows:
        if row["stands_in_for"]:
            found[row["person_id"]] = found.get(row["person_id"], frozenset()) | {row["stands_in_for"]}
    return found


def _holders(rows: Sequence[Row]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Who holds each role in the village or the town, deputies instead of whom they replace."""
    away = {(row["role"], row["village_id"], row["stands_in_for"]) for row in rows if row["stands_in_for"]}
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for row in rows:
        if (row["role"], row["village_id"], row["person_id"]) not in away:
            key = (row["role"], "village" if row["village_id"] else "town")
            found[key] = tuple(dict.fromkeys((*found.get(key, ()), row["person_id"])))
    return found


def _holding() -> sa.Select[tuple[str, str, str | None, str | None]]:
    columns, now = grants.c, sa.bindparam("now", type_=Instant())
    return (
        sa.select(columns.person_id, columns.role, columns.village_id, columns.stands_in_for)
        .where(
            columns.town_id == sa.bindparam("its_town"),
            columns.role.in_(sa.bindparam("its_roles", expanding=True)),
            sa.or_(columns.village_id.is_(None), columns.village_id == sa.bindparam("its_village")),
            sa.or_(columns.starts_at.is_(None), columns.starts_at <= now),
            sa.or_(columns.ends_at.is_(None), columns.ends_at > now),
        )
        .order_by(columns.stands_in_for.is_(None), columns.id)
    )


_HOLDERS = Statement(_holding())


def reachable(tx: Tx, person_ids: Iterable[str]) -> frozenset[str]:
    """Who of these people has an account of their own."""
    wanted = list(person_ids)
    if not wanted:
        return frozenset()
    return frozenset(_REACHABLE.scalars(tx, its_ids=wanted))


_REACHABLE = Statement(
    sa.select(reaches.c.person_id).where(
        reaches.c.person_id.in_(sa.bindparam("its_ids", expanding=True)), reaches.c.kind.in_(("staff", "sender"))
    )
)


def home_village(tx: Tx, person_id: str | None) -> str | None:
    """The village in which somebody lives."""
    if person_id is None:
        return None
    found = _HOME.scalar(tx, its_id=person_id)
    return str(found) if found else None


_HOME = Statement(sa.select(people.c.village_id).where(people.c.id == sa.bindparam("its_id")))
