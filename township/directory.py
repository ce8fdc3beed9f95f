"""People, villages, households, roles, duty, and the ways to reach a person.

A person is not an account: somebody may have no DingTalk at all, and two may share one. Functions take a
transaction and return values; nothing here changes a row (that is `township/register.py`).
"""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from msgspec import Struct

from township.clock import SHANGHAI
from township.db import Instant, Tx
from township.models import duty, grants, groups, households, people, reaches, towns, villages
from township.scope import Audience, Scope
from township.statements import Statement
from township.texts import Texts


class Role(StrEnum):
    """What somebody answers for, in a village or in the whole town."""

    VILLAGE_CLERK = "village_clerk"
    VILLAGE_HEAD = "village_head"
    VILLAGE_DEPUTY = "village_deputy"
    GRID_WORKER = "grid_worker"
    ACCOUNTANT = "accountant"
    CUSTODIAN = "custodian"
    TOWN_CLERK = "town_clerk"
    TOWN_DUTY = "town_duty"
    TOWN_LEADER = "town_leader"
    CIVIL_AFFAIRS = "civil_affairs"
    DISCIPLINE = "discipline"
    JUDICIAL = "judicial"
    KNOWLEDGE_KEEPER = "knowledge_keeper"
    CHILD_PROTECTION = "child_protection"
    BUILDING = "building"


#: Kinds of restricted cases, and the only role that may see them (law of talk 7).
RESTRICTED = {"grievance": Role.DISCIPLINE, "child": Role.CHILD_PROTECTION}


class Person(Struct, frozen=True):
    """A resident or cadre; not an account."""

    id: str
    town_id: str
    name: str
    village_id: str | None
    household_id: str | None
    is_cadre: bool
    quiet: bool = False
    """No notices to this person's account, whatever happens (a child that asked for help)."""
    is_erased: bool = False
    """At his or her own wish: no name, no way to be reached, nothing to be told (ADR 0058)."""


class Village(Struct, frozen=True):
    """A village of a town."""

    id: str
    town_id: str
    name: str


class Group(Struct, frozen=True):
    """A DingTalk group that the bot sits in."""

    id: str
    town_id: str
    account_id: str
    open_id: str
    village_id: str | None
    title: str
    cadres_only: bool


class Grant(Struct, frozen=True):
    """A role that somebody holds now; with `village_id` None in the whole town."""

    role: Role
    village_id: str | None


class Reach(Struct, frozen=True):
    """One way to reach a person: staff, sender, phone, helper or paper."""

    kind: str
    value: str
    account_id: str | None


class Household(Struct, frozen=True):
    """A household, and the words by which one finds it."""

    id: str
    door: str


class DutyPerson(Struct, frozen=True):
    """Who has the duty, and the phone that rings there."""

    person: Person
    phone: str


def person(tx: Tx, person_id: str) -> Person | None:
    """Find a person by id."""
    row = _PERSON.first(tx, its_id=person_id)
    return person_of(row) if row else None


_PERSON = Statement(sa.select(people).where(people.c.id == sa.bindparam("its_id")))


def persons(tx: Tx, person_ids: Iterable[str]) -> dict[str, Person]:
    """Find several people at once."""
    wanted = list(person_ids)
    return {row["id"]: person_of(row) for row in _PERSONS.rows(tx, its_ids=wanted)} if wanted else {}


_PERSONS = Statement(sa.select(people).where(people.c.id.in_(sa.bindparam("its_ids", expanding=True))))


def by_staff_id(tx: Tx, account_id: str, staff_id: str) -> Person | None:
    """Find whose DingTalk account this is; of several who share it, the main one."""
    return _by_reach(tx, "staff", account_id, staff_id)


def by_sender_id(tx: Tx, account_id: str, sender_id: str) -> Person | None:
    """Find an outsider who was linked to a person before, by the opaque sender id."""
    return _by_reach(tx, "sender", account_id, sender_id)


def _by_reach(tx: Tx, kind: str, account_id: str, value: str) -> Person | None:
    row = _BY_REACH.first(tx, its_kind=kind, its_account=account_id, its_value=value)
    return person_of(row) if row else None


_BY_REACH = Statement(
    sa.select(people)
    .join(reaches, reaches.c.person_id == people.c.id)
    .where(
        reaches.c.kind == sa.bindparam("its_kind"),
        reaches.c.account_id == sa.bindparam("its_account"),
        reaches.c.value == sa.bindparam("its_value"),
    )
    .order_by(reaches.c.main.desc(), reaches.c.id)
    .limit(1)
)


def named(tx: Tx, town_id: str, name: str, village_id: str | None = None) -> list[Person]:
    """Find the people of that name, in one village or in the town; there may be several."""
    chosen = sa.select(people).where(people.c.town_id == town_id, people.c.name == name).order_by(people.c.id)
    if village_id is not None:
        chosen = chosen.where(people.c.village_id == village_id)
    return [person_of(row) for row in tx.execute(chosen).mappings()]


def surnamed(tx: Tx, town_id: str, village_id: str, surname: str) -> list[Person]:
    """Find the people of a village by their surname."""
    chosen = sa.select(people).where(people.c.town_id == town_id, people.c.village_id == village_id)
    chosen = chosen.where(people.c.name.startswith(surname, autoescape=True)).order_by(people.c.name, people.c.id)
    return [person_of(row) for row in tx.execute(chosen.limit(20)).mappings()]


def reaches_of(tx: Tx, person_id: str) -> list[Reach]:
    """List the ways to reach a person, accounts first."""
    rows = _REACHES.rows(tx, its_person=person_id)
    return [Reach(row["kind"], row["value"], row["account_id"]) for row in rows]


_REACHES = Statement(
    sa.select(reaches)
    .where(reaches.c.person_id == sa.bindparam("its_person"))
    .order_by(sa.case({"staff": 0, "sender": 1, "helper": 2, "phone": 3}, value=reaches.c.kind, else_=4), reaches.c.id)
)


def roles_of(tx: Tx, person_id: str, at: datetime) -> list[Grant]:
    """List the roles that somebody holds at a moment, those of whom he or she stands in for included."""
    rows = _ROLES.rows(tx, its_person=person_id, at=at)
    return [Grant(Role(row["role"]), row["village_id"]) for row in rows if row["role"] in _KNOWN_ROLES]


def people_with_role(tx: Tx, town_id: str, role: str, at: datetime, village_id: str | None = None) -> list[Person]:
    """List who holds a role in a village (or, with None, in the town), deputies instead of whom they replace."""
    in_village = grants.c.village_id == village_id if village_id is not None else grants.c.village_id.is_(None)
    chosen = (
        sa.select(people, grants.c.stands_in_for)
        .join(grants, grants.c.person_id == people.c.id)
        .where(grants.c.town_id == town_id, grants.c.role == role, in_village, _holds(at))
        .order_by(grants.c.stands_in_for.is_(None), grants.c.id)
    )
    rows = tx.execute(chosen).mappings().all()
    away = {row["stands_in_for"] for row in rows if row["stands_in_for"]}
    return [person_of(row) for row in rows if row["id"] not in away]


def _holds(at: datetime | sa.BindParameter[datetime]) -> sa.ColumnElement[bool]:
    started = sa.or_(grants.c.starts_at.is_(None), grants.c.starts_at <= at)
    return sa.and_(started, sa.or_(grants.c.ends_at.is_(None), grants.c.ends_at > at))


_KNOWN_ROLES = frozenset(Role)
_ROLES = Statement(
    sa.select(grants).where(
        grants.c.person_id == sa.bindparam("its_person"), _holds(sa.bindparam("at", type_=Instant()))
    )
)


def on_duty(tx: Tx, town_id: str, at: datetime, village_id: str | None = None) -> list[DutyPerson]:
    """List who has the duty at a moment: of the village first, then of the town; named times before standing ones."""
    within = sa.and_(
        sa.or_(duty.c.starts_at.is_(None), duty.c.starts_at <= at),
        sa.or_(duty.c.ends_at.is_(None), duty.c.ends_at > at),
    )
    where = sa.or_(duty.c.village_id.is_(None), duty.c.village_id == village_id)
    chosen = (
        sa.select(people, duty.c.phone, duty.c.weekdays, duty.c.village_id.label("duty_village"))
        .join(duty, duty.c.person_id == people.c.id)
        .where(duty.c.town_id == town_id, within, where)
        .order_by(duty.c.village_id.is_(None), duty.c.starts_at.is_(None), duty.c.id)
    )
    first: dict[str | None, DutyPerson] = {}
    weekday = at.astimezone(SHANGHAI).isoweekday()
    for row in tx.execute(chosen).mappings():
        if not row["weekdays"] or weekday in row["weekdays"]:
            first.setdefault(row["duty_village"], DutyPerson(person_of(row), row["phone"]))
    return list(first.values())


def duty_phones(tx: Tx, town_id: str) -> frozenset[str]:
    """List the phones that ring where somebody has the duty: these, and no other mobiles, everybody may be told."""
    return frozenset(tx.scalars(sa.select(duty.c.phone).where(duty.c.town_id == town_id)))


def villages_of(tx: Tx, town_id: str) -> list[Village]:
    """List the villages of a town."""
    return [Village(row["id"], row["town_id"], row["name"]) for row in _VILLAGES.rows(tx, its_town=town_id)]


_VILLAGES = Statement(sa.select(villages).where(villages.c.town_id == sa.bindparam("its_town")).order_by(villages.c.id))


def group_by_open_id(tx: Tx, account_id: str, open_id: str) -> Group | None:
    """Find a group by the id that DingTalk gives it."""
    chosen = sa.select(groups).where(groups.c.account_id == account_id, groups.c.open_id == open_id)
    row = tx.execute(chosen).mappings().first()
    return Group(**row) if row else None


def group(tx: Tx, group_id: str) -> Group | None:
    """Find a group by our id."""
    row = tx.execute(sa.select(groups).where(groups.c.id == group_id)).mappings().first()
    return Group(**row) if row else None


def door_of(tx: Tx, who: Person) -> str:
    """Say where somebody lives, in the words that one uses on the phone; empty if nobody wrote it down."""
    return door(tx, who.household_id) if who.household_id is not None else ""


def door(tx: Tx, household_id: str) -> str:
    """Say what a household is called; empty if nobody wrote it down."""
    return str(_DOOR.scalar(tx, its_id=household_id) or "")


_DOOR = Statement(sa.select(households.c.door).where(households.c.id == sa.bindparam("its_id")))


def households_called(tx: Tx, town_id: str, said: str, village_id: str | None) -> list[Household]:
    """Find the households whose door is named in a sentence, or names it; of one village where it is known."""
    chosen = sa.select(households.c.id, households.c.door).where(
        households.c.town_id == town_id, households.c.door != "", sa.literal(said).contains(households.c.door)
        | households.c.door.contains(said, autoescape=True),
    )  # fmt: skip
    if village_id is not None:
        chosen = chosen.where(households.c.village_id == village_id)
    return [Household(row.id, row.door) for row in tx.execute(chosen.order_by(households.c.id).limit(20))]


def scope_of(tx: Tx, who: Person, at: datetime) -> Scope:
    """Say what a person may see: the own village's matters, and what the roles held now answer for."""
    held = roles_of(tx, who.id, at)
    in_villages = {grant.village_id for grant in held if grant.village_id}
    if any(grant.village_id is None and grant.role in TOWN_WIDE for grant in held):
        in_villages |= {village.id for village in villages_of(tx, who.town_id)}
    if who.village_id:
        in_villages.add(who.village_id)
    audiences = {Audience.PUBLIC, Audience.RESIDENT} | ({Audience.CADRE} if who.is_cadre else set())
    return Scope(
        who.town_id,
        who.id,
        frozenset(in_villages),
        frozenset(grant.role.value for grant in held),
        frozenset((grant.role.value, grant.village_id) for grant in held),
        frozenset(audiences),
        frozenset(kind for kind, role in RESTRICTED.items() if any(grant.role is role for grant in held)),
    )


#: Offices of the town that answer for all its villages.
TOWN_WIDE = frozenset({Role.TOWN_CLERK, Role.TOWN_DUTY, Role.TOWN_LEADER, Role.KNOWLEDGE_KEEPER})


def person_of(row: Any) -> Person:
    """A row of `people` as a person."""
    return Person(
        row["id"],
        row["town_id"],
        row["name"] if row["erased_at"] is None else _texts().say("erased_person"),
        row["village_id"],
        row["household_id"],
        row["is_cadre"],
        bool(row["flags"].get("quiet", False)),
        row["erased_at"] is not None,
    )


@cache
def _texts() -> Texts:
    return Texts.load(Path(__file__).with_name("texts.yaml"))


def town_phone(tx: Tx, town_id: str) -> str:
    """Name the office phone of a town, for whoever must be told to ring."""
    return str(_PHONE.scalar(tx, its_id=town_id) or "")


_PHONE = Statement(sa.select(towns.c.phone).where(towns.c.id == sa.bindparam("its_id")))


def town_names(tx: Tx, town_id: str) -> tuple[str, str]:
    """Name a town and its county."""
    found = _NAMES.first(tx, its_id=town_id)
    return (str(found["name"]), str(found["county"])) if found else ("", "")


_NAMES = Statement(sa.select(towns.c.name, towns.c.county).where(towns.c.id == sa.bindparam("its_id")))


def places_of(tx: Tx, town_id: str) -> tuple[str, str, str]:
    """Name the county, the city and the province of a town; empty where nobody wrote it down."""
    found = _PLACES.first(tx, its_id=town_id)
    options = found["options"] if found else {}
    return (str(found["county"]), options.get("city", ""), options.get("province", "")) if found else ("", "", "")


_PLACES = Statement(sa.select(towns.c.county, towns.c.options).where(towns.c.id == sa.bindparam("its_id")))


def cadre_names(tx: Tx, town_id: str) -> frozenset[str]:
    """List the full names of a town's cadres: a complaint that names one takes another way."""
    return frozenset(name for name in _CADRES.scalars(tx, its_town=town_id) if len(name) > 1)


_CADRES = Statement(sa.select(people.c.name).where(people.c.town_id == sa.bindparam("its_town"), people.c.is_cadre))
