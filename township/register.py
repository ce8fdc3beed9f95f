"""Writing people and places down: with `members.py` the only module that changes the directory.

A town enters as one sheet (towns, villages, groups, people, duty, helpers), again and again without doubling.
DingTalk's own directory then keeps accounts and roles up to date, event by event (`members.py`).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, ValidationError

from township.db import Tx, insert_ignore, upsert
from township.directory import Role
from township.errors import Mistake
from township.ids import new_id
from township.models import (
    account_towns,
    accounts,
    duty,
    grants,
    groups,
    helpers,
    households,
    people,
    reaches,
    towns,
    villages,
)


class _Row(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class TownRow(_Row):
    """The town itself."""

    id: str
    name: str
    county: str = ""
    city: str = ""
    province: str = ""
    """As their laws name them: only what these have passed, and the nation, holds here."""
    corp_id: str = ""
    hotline: str = ""


class VillageRow(_Row):
    """A village."""

    id: str
    name: str


class GroupRow(_Row):
    """A group that the bot sits in."""

    id: str
    title: str
    village: str | None = None
    cadres: bool = False


class PersonRow(_Row):
    """A resident or cadre, with whatever ways there are to reach that person."""

    id: str
    name: str
    village: str | None = None
    household: str | None = None
    roles: list[str] = []
    staff_id: str | None = None
    union_id: str | None = None
    mobile: str | None = None
    shares: str | None = None
    outsider: bool = False
    group_no: str = ""
    """The group of the village: with the family name, what one says on the phone."""


class DutyRow(_Row):
    """Who has the duty, on which weekdays."""

    village: str | None = None
    person: str
    phone: str
    weekdays: list[int] = []


class HelperRow(_Row):
    """Who may act for whom, once both agreed."""

    person: str
    helper: str
    consent: str = ""


class TownSheet(_Row):
    """All that a clerk writes down of a town."""

    town: TownRow
    villages: list[VillageRow]
    groups: list[GroupRow] = []
    people: list[PersonRow]
    duty: list[DutyRow] = []
    helpers: list[HelperRow] = []


def read_sheet(data: Any) -> TownSheet:
    """Check a sheet; what is wrong is a Mistake that names the row and the column."""
    try:
        return TownSheet.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        raise Mistake("wrong_sheet", where=" · ".join(map(str, first["loc"])), reason=first["msg"]) from error


def account(tx: Tx, account_id: str, *, client_id: str, secret: bytes, corp_id: str, town_ids: Sequence[str]) -> None:
    """Write an account down, with its sealed secret, and the towns that it serves."""
    values = {"id": account_id, "client_id": client_id, "secret": secret, "corp_id": corp_id}
    upsert(tx, accounts, values, ["id"])
    for town_id in town_ids:
        insert_ignore(tx, account_towns, {"account_id": account_id, "town_id": town_id}, ["account_id", "town_id"])


def town(tx: Tx, sheet: TownSheet, account_id: str, *, at: datetime) -> str:
    """Write a whole town down; the same sheet twice changes nothing. Returns the town's id.

    Who was erased stays so, whatever the sheet still says: whoever comes back is somebody new.
    """
    sheet = _without(sheet, erased_among(tx, sheet))
    town_id = places(tx, sheet)
    insert_ignore(tx, account_towns, {"account_id": account_id, "town_id": town_id}, ["account_id", "town_id"])
    for group in sheet.groups:
        _group(tx, town_id, account_id, group)
    for person in sheet.people:
        _person(tx, town_id, person)
    for person in sheet.people:
        _ways(tx, town_id, account_id, person, sheet.people)
    _duty(tx, town_id, sheet.duty)
    _helpers(tx, town_id, sheet.helpers, at)
    return town_id


def erased_among(tx: Tx, sheet: TownSheet) -> frozenset[str]:
    """Find who of a sheet was erased at his or her own wish, by id."""
    gone = tx.scalars(sa.select(people.c.id).where(people.c.town_id == sheet.town.id, people.c.erased_at.is_not(None)))
    return frozenset(gone) & {person.id for person in sheet.people}


def _without(sheet: TownSheet, gone: frozenset[str]) -> TownSheet:
    kept = {
        "people": [row for row in sheet.people if row.id not in gone],
        "duty": [row for row in sheet.duty if row.person not in gone],
        "helpers": [row for row in sheet.helpers if not {row.person, row.helper} & gone],
    }
    return sheet.model_copy(update=kept)


def places(tx: Tx, sheet: TownSheet) -> str:
    """Write down the town and its villages only: enough to hold documents. Returns the town's id."""
    town_id = sheet.town.id
    town = sheet.town
    options = {name: place for name, place in (("city", town.city), ("province", town.province)) if place}
    values = {"id": town_id, "name": town.name, "county": town.county, "phone": town.hotline, "options": options}
    upsert(tx, towns, values, ["id"])
    for village in sheet.villages:
        upsert(tx, villages, {"id": village.id, "town_id": town_id, "name": village.name}, ["id"])
    return town_id


def _group(tx: Tx, town_id: str, account_id: str, group: GroupRow) -> None:
    values: dict[str, object] = {
        "id": "g" + re.sub(r"\W", "", group.id),
        "town_id": town_id,
        "account_id": account_id,
        "open_id": group.id,
        "village_id": group.village,
        "title": group.title,
        "cadres_only": group.cadres,
    }
    upsert(tx, groups, values, ["id"])


def _person(tx: Tx, town_id: str, person: PersonRow) -> None:
    if person.household and person.village:
        household = f"{person.village}-{person.household}"
        values = {"id": household, "town_id": town_id, "village_id": person.village, "door": person.group_no}
        upsert(tx, households, values, ["id"])
    else:
        household = None
    upsert(
        tx,
        people,
        {
            "id": person.id,
            "town_id": town_id,
            "village_id": person.village,
            "household_id": household,
            "name": person.name,
            "is_cadre": bool(person.roles),
        },
        ["id"],
    )
    tx.execute(sa.delete(grants).where(grants.c.person_id == person.id, grants.c.stands_in_for.is_(None)))
    for role in person.roles:
        if role in set(Role):
            office = {"person_id": person.id, "role": role, "village_id": person.village}
            tx.execute(sa.insert(grants).values(id=new_id(), town_id=town_id, **office))


def _ways(tx: Tx, town_id: str, account_id: str, person: PersonRow, everybody: Sequence[PersonRow]) -> None:
    tx.execute(sa.delete(reaches).where(reaches.c.person_id == person.id, reaches.c.kind.in_(("staff", "phone"))))
    owner = next((other for other in everybody if other.id == person.shares), person)
    ways = [("staff", owner.staff_id, account_id), ("phone", person.mobile, None)]
    for kind, value, account_of_way in ways:
        if value:
            row = {"kind": kind, "value": value, "account_id": account_of_way, "main": owner is person}
            tx.execute(sa.insert(reaches).values(id=new_id(), town_id=town_id, person_id=person.id, **row))


def _duty(tx: Tx, town_id: str, rows: Sequence[DutyRow]) -> None:
    tx.execute(sa.delete(duty).where(duty.c.town_id == town_id, duty.c.starts_at.is_(None)))
    for row in rows:
        who = {"village_id": row.village, "person_id": row.person, "phone": row.phone}
        tx.execute(sa.insert(duty).values(id=new_id(), town_id=town_id, weekdays=row.weekdays or None, **who))


def _helpers(tx: Tx, town_id: str, rows: Sequence[HelperRow], at: datetime) -> None:
    """A helper without a recorded consent is only a proposal and is not written down."""
    for row in rows:
        known = sa.select(helpers.c.id).where(helpers.c.principal_id == row.person, helpers.c.helper_id == row.helper)
        if row.consent and not tx.execute(known).first():
            values = {"town_id": town_id, "principal_id": row.person, "helper_id": row.helper, "consent": row.consent}
            tx.execute(sa.insert(helpers).values(id=new_id(), covers=["*"], starts_at=at, **values))
