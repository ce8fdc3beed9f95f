"""What the directory says about the people of a case, in few statements: the facts that the engine needs."""

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from township import directory
from township.clock import SHANGHAI
from township.db import Tx
from township.directory import Person, Village
from township.editions import Edition
from township.models import duty, grants, people, reaches
from township.statements import Row, Statement
from workflows import gist
from workflows.definition import Definition
from workflows.flow.who import Cast, Facts

UNKEPT = Edition(None)
"""Nothing is known from before."""


class Census:
    """What is asked of the directory for one change: each person is read once, offices once in an edition."""

    def __init__(self, tx: Tx, edition: Edition = UNKEPT) -> None:
        self._tx, self._edition = tx, edition
        self._met: dict[str, tuple[Person, bool]] = {}
        self._asked: set[str] = set()

    def meet(self, person_ids: Iterable[str | None]) -> None:
        """Read those of them who were not asked for yet: who they are, and whether they have an account."""
        new = [one for one in dict.fromkeys(person_ids) if one and one not in self._asked]
        if new:
            self._asked.update(new)
            for row in _WITH_ACCOUNT.rows(self._tx, its_ids=new):
                person = directory.person_of(row)
                self._met[person.id] = person, bool(row["has_account"])
                self._edition.put(("person", person.id), person)

    def persons(self, person_ids: Iterable[str]) -> dict[str, Person]:
        """Who they are."""
        wanted = list(person_ids)
        kept = {one: person for one in wanted if (person := self._edition.get(("person", one))) is not None}
        self.meet(one for one in wanted if one not in kept)
        return kept | {one: self._met[one][0] for one in wanted if one in self._met}

    def reachable(self, person_ids: Iterable[str]) -> frozenset[str]:
        """Who of them has an account of their own."""
        wanted = list(person_ids)
        self.meet(wanted)
        return frozenset(one for one in wanted if one in self._met and self._met[one][1])

    def home_village(self, person_id: str | None) -> str | None:
        """The village in which somebody lives."""
        self.meet((person_id,))
        return self._met[person_id][0].village_id if person_id in self._met else None

    def villages(self, town_id: str) -> list[Village]:
        """The villages of a town."""
        return self._edition.keep(("villages", town_id), lambda: directory.villages_of(self._tx, town_id))

    def facts(
        self, town_id: str, village_id: str | None, definition: Definition, cast: Cast, now: datetime, *,
        late: bool = False,
    ) -> Facts:  # fmt: skip
        """Find who holds the roles that a definition speaks of, who has the duty, and who can be written to.

        The duty is looked up for a late step, or where the definition itself speaks of it.
        """
        known = gist.of(definition)
        on_duty = self._duty(town_id, village_id, now) if late or known.speaks_of_duty else ()
        holders, stands_in = self._offices(town_id, village_id, known.roles, now)
        spoken_of = (*cast.villagers(), *cast.told, *((cast.wrote,) if cast.wrote else ()))
        return Facts(holders, on_duty, _WithAccount(self, spoken_of), stands_in)

    def _offices(self, town_id: str, village_id: str | None, roles: tuple[str, ...], now: datetime) -> "_Held":
        """Who holds each role, and for whom each deputy stands in; worked out once where none is for a time."""

        def read() -> "_Offices":
            rows = _HOLDERS.rows(self._tx, its_town=town_id, its_village=village_id, its_roles=roles)
            is_lasting = all(row["starts_at"] is None and row["ends_at"] is None for row in rows)
            return _Offices(rows, (_holders(rows), _stands_in(rows)) if is_lasting else None)

        found = self._edition.keep(("offices", town_id, village_id, roles), read)
        if found.always is not None:
            return found.always
        held = [row for row in found.rows if _holds(row, now)]
        return _holders(held), _stands_in(held)

    def _duty(self, town_id: str, village_id: str | None, now: datetime) -> tuple[str, ...]:
        """Who has the duty: of the village first, then of the town; named times before standing ones."""
        rows = self._edition.keep(
            ("duty", town_id, village_id), lambda: _DUTY.rows(self._tx, its_town=town_id, its_village=village_id)
        )
        weekday = now.astimezone(SHANGHAI).isoweekday()
        first: dict[str | None, str] = {}
        for row in rows:
            if _holds(row, now) and (not row["weekdays"] or weekday in row["weekdays"]):
                first.setdefault(row["village_id"], row["person_id"])
        return tuple(first.values())


class _WithAccount(Container[str]):
    """Who of some people has an account of their own: asked when a rule wants to know it, which most steps do not."""

    def __init__(self, census: Census, people: Collection[str]) -> None:
        self._census, self._people = census, people

    def __contains__(self, person: object) -> bool:
        return person in self._people and person in self._census.reachable(self._people)


_Held = tuple[Mapping[tuple[str, str], tuple[str, ...]], Mapping[str, frozenset[str]]]


class _Offices(Struct, frozen=True):
    """All grants of some roles, those for a time included, and what follows from them if there are none such."""

    rows: Sequence[Row]
    always: _Held | None


def facts(
    tx: Tx, town_id: str, village_id: str | None, definition: Definition, cast: Cast, now: datetime, *,
    late: bool = False,
) -> Facts:  # fmt: skip
    """What `Census.facts` says, for who asks nothing else."""
    return Census(tx).facts(town_id, village_id, definition, cast, now, late=late)


def reachable(tx: Tx, person_ids: Iterable[str]) -> frozenset[str]:
    """Who of these people has an account of their own."""
    return Census(tx).reachable(person_ids)


def _holds(row: Row, now: datetime) -> bool:
    starts, ends = row["starts_at"], row["ends_at"]
    return (starts is None or starts <= now) and (ends is None or ends > now)


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


_HOLDERS = Statement(
    sa.select(
        grants.c.person_id, grants.c.role, grants.c.village_id, grants.c.stands_in_for, grants.c.starts_at,
        grants.c.ends_at,
    )
    .where(
        grants.c.town_id == sa.bindparam("its_town"),
        grants.c.role.in_(sa.bindparam("its_roles", expanding=True)),
        sa.or_(grants.c.village_id.is_(None), grants.c.village_id == sa.bindparam("its_village")),
    )
    .order_by(grants.c.stands_in_for.is_(None), grants.c.id)
)  # fmt: skip
_DUTY = Statement(
    sa.select(duty.c.person_id, duty.c.village_id, duty.c.weekdays, duty.c.starts_at, duty.c.ends_at)
    .where(
        duty.c.town_id == sa.bindparam("its_town"),
        sa.or_(duty.c.village_id.is_(None), duty.c.village_id == sa.bindparam("its_village")),
    )
    .order_by(duty.c.village_id.is_(None), duty.c.starts_at.is_(None), duty.c.id)
)
_ACCOUNTS = sa.exists().where(reaches.c.person_id == people.c.id, reaches.c.kind.in_(("staff", "sender")))
_WITH_ACCOUNT = Statement(
    sa.select(
        people.c.id, people.c.town_id, people.c.name, people.c.village_id, people.c.household_id, people.c.is_cadre,
        people.c.flags, people.c.erased_at, _ACCOUNTS.label("has_account"),
    ).where(people.c.id.in_(sa.bindparam("its_ids", expanding=True)))
)  # fmt: skip
