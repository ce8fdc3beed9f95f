import asyncio
import sqlite3
import threading
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from township.clock import SHANGHAI
from township.db import Database, Tx, insert_ignore, upsert
from township.errors import Mistake
from township.models import outbox, towns, villages


def _add(name: str) -> "sa.Executable":
    return sa.insert(towns).values(id=name, name=name)


async def test_a_call_that_fails_takes_back_its_own_rows_only(db: Database) -> None:
    def good(name: str) -> None:
        return None

    async def write(name: str, *, fail: bool) -> None:
        def call(tx: Tx) -> None:
            tx.execute(_add(name))
            if fail:
                raise Mistake("no", name=name)

        await db.write(call)

    outcomes = await asyncio.gather(*(write(f"t{i}", fail=i % 3 == 0) for i in range(30)), return_exceptions=True)
    assert sum(isinstance(outcome, Mistake) for outcome in outcomes) == 10
    names = await db.read(lambda tx: set(tx.execute(sa.select(towns.c.id)).scalars()))
    assert names == {f"t{i}" for i in range(30) if i % 3}


async def test_a_write_is_seen_by_the_next_read(db: Database) -> None:
    await db.write(lambda tx: tx.execute(_add("a")))
    assert await db.read(lambda tx: tx.execute(sa.select(sa.func.count()).select_from(towns)).scalar()) == 1


async def test_a_row_with_a_known_key_is_not_inserted_twice(db: Database) -> None:
    row = {"id": "a", "name": "示例镇"}
    assert await db.write(lambda tx: insert_ignore(tx, towns, row, ["id"]))
    assert not await db.write(lambda tx: insert_ignore(tx, towns, row, ["id"]))
    await db.write(lambda tx: upsert(tx, towns, {"id": "a", "name": "样例镇"}, ["id"]))
    assert await db.read(lambda tx: tx.execute(sa.select(towns.c.name)).scalars().all()) == ["样例镇"]


@pytest.mark.parametrize("micros", [0, 1, 999_999])
async def test_an_instant_comes_back_to_the_microsecond(db: Database, micros: int) -> None:
    from township.models import audit_entries

    at = datetime(2026, 11, 23, 1, 2, 3, micros, tzinfo=UTC)
    row = {"id": "x", "town_id": "t", "act": "read", "what": "case", "why": "handling", "at": at}
    await db.write(lambda tx: tx.execute(sa.insert(audit_entries).values(**row)))
    found = await db.read(lambda tx: tx.execute(sa.select(audit_entries.c.at)).scalar_one())
    assert found == at
    assert found.utcoffset() == timedelta(hours=8)


async def test_a_naive_time_is_refused(db: Database) -> None:
    from township.models import audit_entries

    with pytest.raises(sa.exc.StatementError, match="aware datetime"):
        await db.read(
            lambda tx: tx.execute(sa.select(audit_entries).where(audit_entries.c.at < datetime(2026, 1, 1)))  # noqa: DTZ001
        )


async def test_concurrent_counting_loses_nothing(db: Database) -> None:
    await db.write(lambda tx: tx.execute(sa.insert(towns).values(id="a", name="0")))

    def count(tx: Tx) -> None:
        value = tx.execute(sa.select(towns.c.name).where(towns.c.id == "a").with_for_update()).scalar_one()
        tx.execute(sa.update(towns).where(towns.c.id == "a").values(name=str(int(value) + 1)))

    await asyncio.gather(*(db.write(count) for _ in range(100)))
    assert await db.read(lambda tx: tx.execute(sa.select(towns.c.name)).scalar()) == "100"


def test_an_unknown_engine_is_named() -> None:
    with pytest.raises(Mistake, match="unknown_database"):
        Database("mysql://user:pw@127.0.0.1/x")
    assert SHANGHAI.key == "Asia/Shanghai"


async def test_the_order_of_keys_is_kept(db: Database) -> None:
    options = {"accept": 1, "a": 2, "done": 3}
    await db.write(lambda tx: tx.execute(sa.insert(towns).values(id="a", name="a", options=options)))
    found = await db.read(lambda tx: tx.execute(sa.select(towns.c.options)).scalar_one())
    assert list(found) == ["accept", "a", "done"]


async def test_a_write_that_nobody_waits_for_any_more_is_not_begun(sqlite_db: Database) -> None:
    gate = threading.Event()
    holding = asyncio.create_task(sqlite_db.write(lambda tx: gate.wait(20)))
    await asyncio.sleep(0)
    waiting = asyncio.create_task(sqlite_db.write(lambda tx: tx.execute(_add("a"))))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    assert await holding
    assert await sqlite_db.read(lambda tx: tx.execute(sa.select(towns.c.id)).all()) == []


async def test_a_commit_that_fails_takes_everything_back_and_the_lane_goes_on(sqlite_db: Database) -> None:
    def orphan(tx: Tx) -> None:
        tx.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        tx.execute(_add("taken back"))
        tx.execute(sa.insert(villages).values(id="v", town_id="no such town", name="v"))

    for fail in (lambda: sqlite_db.write(orphan), lambda: asyncio.to_thread(sqlite_db.write_now, orphan)):
        with pytest.raises((sa.exc.IntegrityError, sqlite3.IntegrityError)):
            await fail()
    await sqlite_db.write(lambda tx: tx.execute(_add("kept")))
    assert sqlite_db.read_now(lambda tx: list(tx.execute(sa.select(towns.c.id)).scalars())) == ["kept"]


async def test_who_comes_after_the_end_is_told_and_does_not_wait_for_ever(db: Database) -> None:
    await db.close()
    with pytest.raises(RuntimeError):
        await asyncio.to_thread(db.write_now, lambda tx: None)
    with pytest.raises(RuntimeError):
        await db.read(lambda tx: None)


async def test_who_looks_at_a_screen_does_not_wait_behind_what_piled_up(db: Database) -> None:
    gate, order = threading.Event(), list[str]()
    begun = threading.Semaphore(0)

    def hold(_: Tx) -> None:
        begun.release()
        gate.wait(10)

    holding = [asyncio.ensure_future(db.write(hold)) for _ in range(6)]
    for _ in range(1 if db.dialect == "sqlite" else 6):
        await asyncio.to_thread(begun.acquire)
    await db.read(lambda _: None)  # one more connection is open, as in a process that has lived for a while
    piled = [asyncio.ensure_future(db.write(lambda _: order.append("piled"))) for _ in range(60)]
    await asyncio.sleep(0)
    tap = asyncio.ensure_future(db.write(lambda _: order.append("tap"), urgent=True))
    await asyncio.sleep(0)
    gate.set()
    await asyncio.gather(*holding, *piled, tap)
    assert order.index("tap") < 12


async def test_a_tap_is_on_disk_before_what_waits_behind_it_begins(sqlite_db: Database) -> None:
    before, behind = threading.Event(), threading.Event()
    holding = asyncio.ensure_future(sqlite_db.write(lambda _: before.wait(30)))
    await asyncio.sleep(0)
    waiting = [asyncio.ensure_future(sqlite_db.write(lambda _: behind.wait(30))) for _ in range(3)]
    await asyncio.sleep(0)
    tap = asyncio.ensure_future(sqlite_db.write(lambda _: "tapped", urgent=True))
    await asyncio.sleep(0)
    before.set()
    async with asyncio.timeout(10):
        assert await tap == "tapped"
    assert not any(one.done() for one in waiting)
    behind.set()
    assert await asyncio.gather(holding, *waiting) == [True] * 4


async def test_a_tap_is_answered_while_every_thread_is_busy(postgres_db: Database) -> None:
    """On SQLite one thread writes for all; on PostgreSQL others may wait for a row, a tap of another case never."""
    database, gate = Database(postgres_db.url, threads=3), threading.Event()
    busy = [asyncio.ensure_future(database.write(lambda _: gate.wait(30))) for _ in range(9)]
    await asyncio.sleep(0)
    async with asyncio.timeout(10):
        taps = [database.write(lambda _, n=n: n, urgent=True) for n in range(5)]
        assert await asyncio.gather(*taps) == [0, 1, 2, 3, 4]
    assert not any(one.done() for one in busy)
    gate.set()
    assert await asyncio.gather(*busy) == [True] * 9
    await database.close()


def test_what_waits_is_found_by_its_index_among_all_that_left(postgres_db: Database) -> None:
    """Each of them stood in that index until it left, and nobody has swept it since."""

    def look(tx: Tx) -> str:
        row = {"town_id": "t", "kind": "say", "payload": {}, "policy": "keyed", "created_at": datetime.now(UTC)}
        rows = [{**row, "id": f"{n:032}", "key": str(n), "target": f"p{n}", "state": "ready"} for n in range(20_000)]
        tx.execute(sa.insert(outbox), rows)
        tx.execute(sa.update(outbox).where(outbox.c.key > "100").values(state="done"))
        tx.execute(sa.text("ANALYZE outbox"))
        plan = "EXPLAIN SELECT min(id) FROM outbox WHERE state = 'ready' OR state = 'sending' GROUP BY target"
        return "\n".join(tx.execute(sa.text(plan)).scalars())

    assert "ix_outbox_waiting" in postgres_db.write_now(look)


def test_options_of_the_address_hold(postgres_db: Database) -> None:
    said = sa.make_url(postgres_db.url).update_query_dict({"options": "-c random_page_cost=2"})
    database = Database(said.render_as_string(hide_password=False))
    try:
        assert database.read_now(lambda tx: tx.execute(sa.text("SHOW random_page_cost")).scalar()) == "2"
        assert database.read_now(lambda tx: tx.execute(sa.text("SHOW jit")).scalar()) == "off"
    finally:
        database.close_now()
