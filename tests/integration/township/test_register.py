from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from ruamel.yaml import YAML

from township import directory, register
from township.clock import SHANGHAI, TurnedClock
from township.db import Database
from township.directory import Role
from township.errors import Mistake
from township.models import grants, people, reaches
from township.register import TownSheet
from township.scope import Audience

SAMPLE = Path(__file__).parents[3] / "sandbox" / "town.yaml"
MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def sheet() -> TownSheet:
    return register.read_sheet(YAML(typ="safe", pure=True).load(SAMPLE.read_text("utf-8")))


@pytest.fixture
async def town(db: Database, sheet: TownSheet, clock: TurnedClock) -> str:
    def call(tx: sa.Connection) -> str:
        register.account(tx, "a", client_id="c", secret=b"s", corp_id="corp", town_ids=[])
        return register.town(tx, sheet, "a", at=clock.now())

    await db.write(call)
    return await db.write(lambda tx: register.town(tx, sheet, "a", at=clock.now()))


async def test_the_same_sheet_twice_changes_nothing(db: Database, town: str, sheet: TownSheet) -> None:
    def count(tx: sa.Connection) -> list[int | None]:
        tables = (people, reaches, grants)
        return [tx.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in tables]

    persons, ways, roles = await db.read(count)
    assert persons == len(sheet.people)
    assert roles == sum(len(person.roles) for person in sheet.people)
    assert ways == sum(bool(p.mobile) + bool(p.staff_id or p.shares) for p in sheet.people)


async def test_two_persons_share_one_account_and_the_owner_is_meant(db: Database, town: str) -> None:
    found = await db.read(lambda tx: directory.by_staff_id(tx, "a", "v-0105"))
    assert found is not None
    assert found.id == "v-0105"
    other = await db.read(lambda tx: directory.reaches_of(tx, "v-0106"))
    assert ("staff", "v-0105") in [(way.kind, way.value) for way in other]


async def test_a_villager_without_a_phone_has_no_way_but_is_a_person(db: Database, town: str) -> None:
    assert await db.read(lambda tx: directory.reaches_of(tx, "n-0201")) == []
    assert await db.read(lambda tx: directory.person(tx, "n-0201")) is not None


async def test_each_village_is_seen_by_its_own_people_only(db: Database, town: str) -> None:
    def look(tx: sa.Connection) -> tuple[frozenset[str], frozenset[str], frozenset[Audience]]:
        clerk = directory.person(tx, "c-0101")
        villager = directory.person(tx, "v-0201")
        assert clerk is not None
        assert villager is not None
        own = directory.scope_of(tx, villager, MORNING)
        return directory.scope_of(tx, clerk, MORNING).villages, own.villages, own.audiences

    clerk, villager, audiences = await db.read(look)
    assert clerk == {"liushu"}
    assert villager == {"taoyuan"}
    assert Audience.CADRE not in audiences


async def test_only_the_two_named_persons_see_a_complaint_about_a_cadre(db: Database, town: str) -> None:
    def look(tx: sa.Connection) -> list[str]:
        everybody = directory.persons(tx, tx.execute(sa.select(people.c.id)).scalars()).values()
        return [p.id for p in everybody if "grievance" in directory.scope_of(tx, p, MORNING).unrestricted]

    assert sorted(await db.read(look)) == ["c-0006", "c-0007"]


@pytest.mark.parametrize(("days", "duty"), [(0, "c-0001"), (5, "c-0002")])
async def test_the_duty_changes_with_the_weekday(db: Database, town: str, days: int, duty: str) -> None:
    at = MORNING + timedelta(days=days)
    found = await db.read(lambda tx: directory.on_duty(tx, town, at, "liushu"))
    assert [who.person.id for who in found] == ["c-0103", duty]
    assert found[0].phone == "13800000001"


async def test_a_deputy_acts_instead_of_whom_he_replaces_until_the_day(db: Database, town: str) -> None:
    until = MORNING + timedelta(days=5)
    row = {"town_id": town, "person_id": "c-0104", "role": Role.VILLAGE_HEAD, "village_id": "liushu"}
    deputy = sa.insert(grants).values(id="d", stands_in_for="c-0102", ends_at=until, **row)
    await db.write(lambda tx: tx.execute(deputy))

    async def heads(at: datetime) -> list[str]:
        found = await db.read(lambda tx: directory.people_with_role(tx, town, Role.VILLAGE_HEAD, at, "liushu"))
        return [person.id for person in found]

    assert await heads(MORNING) == ["c-0104"]
    assert await heads(until) == ["c-0102"]


def test_a_wrong_sheet_names_the_row() -> None:
    with pytest.raises(Mistake, match="wrong_sheet") as caught:
        register.read_sheet({"town": {"id": "t", "name": "x"}, "villages": [{"id": "a"}], "people": []})
    assert caught.value.values["where"] == "villages · 0 · name"
