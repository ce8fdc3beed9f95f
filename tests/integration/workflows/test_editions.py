"""What is kept under a mark is kept only as long as nothing that it says has changed, on either engine."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from skills.rehearsal.founding import TOWN
from tests.integration.workflows.conftest import Do, Report
from township import editions, schema
from township.clock import TurnedClock
from township.db import Database, Tx, metadata
from township.models import duty, grants, people, reaches, villages
from workflows import definitions, tasks
from workflows.models import calendar_days
from workflows.models import definitions as versions

CHANGES = {
    "an office given": sa.insert(grants).values(
        id="g-new", town_id=TOWN, person_id="v1", role="grid_worker", village_id="liushu"
    ),
    "an office ended": sa.update(grants).where(grants.c.person_id == "c1").values(role="accountant"),
    "an office taken": sa.delete(grants).where(grants.c.person_id == "c1"),
    "a village renamed": sa.update(villages).where(villages.c.id == "liushu").values(name="柳林村"),
    "a duty ended": sa.delete(duty),
    "a name mended": sa.update(people).where(people.c.id == "c1").values(name="换了名"),
    "a service off": sa.update(versions).where(versions.c.skill == "village_report").values(state="retired"),
    "a day off": sa.insert(calendar_days).values(
        town_id=TOWN, day=sa.literal_column("'2026-11-24'"), spans="", whole_year=False
    ),
}


def mark(tx: Tx) -> str:
    return str(tx.execute(sa.select(editions.editions.c.mark)).scalar_one())


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_makes_another_edition_and_taking_it_back_the_old_one(town: Database, what: str) -> None:
    before = town.read_now(mark)

    def change_and_fail(tx: Tx) -> None:
        tx.execute(CHANGES[what])
        assert mark(tx) != before
        raise LookupError(what)

    with pytest.raises(LookupError, match=what):
        town.write_now(change_and_fail)
    assert town.read_now(mark) == before
    town.write_now(lambda tx: tx.execute(CHANGES[what]))
    assert town.read_now(mark) != before


def test_migrations_watch_the_same_tables(db: Database) -> None:
    db.write_now(metadata.drop_all)
    schema.upgrade(db)
    kind = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if db.dialect == "postgresql":
        kind = "SELECT DISTINCT trigger_name || lower(event_manipulation) FROM information_schema.triggers"

    def watched(tx: Tx) -> set[str]:
        return {name for name in tx.exec_driver_sql(kind).scalars() if name.startswith("editions_")}

    migrated = db.read_now(watched)
    db.write_now(metadata.drop_all)
    db.create_all()
    assert migrated == db.read_now(watched) != set()
    assert len(db.read_now(mark)) == 32


def test_who_holds_an_office_now_gets_the_next_task(town: Database, report: Report) -> None:
    (first,) = {task.person for task in report("m1").tasks}
    town.write_now(lambda tx: tx.execute(sa.update(grants).where(grants.c.person_id == first).values(person_id="v2")))
    assert {task.person for task in report("m2").tasks} == {"v2"}
    town.write_now(lambda tx: tx.execute(sa.update(grants).where(grants.c.person_id == "v2").values(person_id=first)))
    assert {task.person for task in report("m3").tasks} == {first}


def test_an_office_for_a_time_begins_and_ends_without_any_change(
    town: Database, report: Report, clock: TurnedClock
) -> None:
    (usual,) = {task.person for task in report("m1").tasks}
    row = {
        "id": "g-deputy", "town_id": TOWN, "person_id": "v2", "role": "village_clerk", "village_id": "liushu",
        "stands_in_for": usual, "starts_at": clock.now() + timedelta(days=1),
        "ends_at": clock.now() + timedelta(days=2),
    }  # fmt: skip
    town.write_now(lambda tx: tx.execute(sa.insert(grants).values(**row)))
    assert {task.person for task in report("m2").tasks} == {usual}
    clock.forward(timedelta(days=1, hours=1))
    assert {task.person for task in report("m3").tasks} == {"v2"}
    clock.forward(timedelta(days=1))
    assert {task.person for task in report("m4").tasks} == {usual}


def test_an_account_that_is_linked_counts_at_once(town: Database, report: Report, do: Do) -> None:
    """Accounts are no part of an edition: they are asked for each time."""
    town.write_now(lambda tx: tx.execute(sa.delete(reaches).where(reaches.c.person_id == "v1")))
    first = report("m1", wrote="c1")
    assert not any("v1" in str(effect) for effect in first.effects)
    row = {
        "id": "r-new",
        "town_id": TOWN,
        "person_id": "v1",
        "kind": "staff",
        "value": "s-v1",
        "account_id": None,
        "main": True,
    }
    town.write_now(lambda tx: tx.execute(sa.insert(reaches).values(**row)))
    assert any("v1" in str(effect) for effect in report("m2", wrote="c1").effects)


def test_without_a_mark_everything_is_read(town: Database, report: Report) -> None:
    town.write_now(lambda tx: tx.execute(sa.delete(editions.editions)))
    (usual,) = {task.person for task in report("m1").tasks}
    town.write_now(lambda tx: tx.execute(sa.update(grants).where(grants.c.person_id == usual).values(person_id="v2")))
    (task,) = report("m2").tasks
    assert task.person == "v2"
    assert town.read_now(lambda tx: tasks.of_person(tx, TOWN, "v2"))
    assert town.read_now(lambda tx: definitions.current(tx, TOWN, "village_report"))
