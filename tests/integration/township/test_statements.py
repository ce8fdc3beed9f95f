"""Statements that go straight to the driver bind, read and take back as SQLAlchemy does."""

import sqlite3
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from township.clock import SHANGHAI
from township.db import Database, Instant, Json, Tx
from township.statements import Statement, savepoint, together

samples = sa.Table(
    "statement_samples",
    sa.MetaData(),
    sa.Column("id", sa.String(8), primary_key=True),
    sa.Column("held", Json()),
    sa.Column("at", Instant()),
    sa.Column("is_open", sa.Boolean, nullable=False),
    sa.Column("day", sa.Date),
)
NAMES = ("id", "held", "at", "is_open", "day")
ADD = Statement(sa.insert(samples), NAMES)
ALL = Statement(sa.select(samples).order_by(samples.c.id))
SOME = Statement(sa.select(samples.c.id).where(samples.c.id.in_(sa.bindparam("ids", expanding=True))).order_by("id"))
AT = datetime(2026, 11, 23, 9, 0, 0, 123456, SHANGHAI)
ROWS = [
    {"id": "a", "held": {"路灯": [1, None]}, "at": AT, "is_open": True, "day": date(2026, 11, 23)},
    {"id": "b", "held": None, "at": None, "is_open": False, "day": None},
    {"id": "c", "held": [], "at": AT, "is_open": True, "day": None},
]


@pytest.fixture
def filled(db: Database) -> Database:
    def fill(tx: Tx) -> None:
        samples.drop(tx, checkfirst=True)
        samples.create(tx)
        ADD.run_all(tx, ROWS)

    db.write_now(fill)
    return db


def test_values_come_back_as_they_were_and_as_sqlalchemy_reads_them(filled: Database) -> None:
    usual = filled.read_now(lambda tx: [dict(row) for row in tx.execute(sa.select(samples).order_by("id")).mappings()])
    assert [dict(row) for row in filled.read_now(ALL.rows)] == usual == ROWS


def test_a_list_of_any_length_is_a_place(filled: Database) -> None:
    def look(tx: Tx) -> list[list[str]]:
        return [list(SOME.scalars(tx, ids=ids)) for ids in (["c", "a"], [], ["b"], ["x"])]

    assert filled.read_now(look) == [["a", "c"], [], ["b"], []]


def test_fixed_values_stand_beside_the_given_ones(filled: Database) -> None:
    closed = sa.and_(samples.c.is_open == sa.false(), samples.c.id.in_(["a", "b"]))
    change = Statement(sa.update(samples).where(closed).values(at=AT, held=sa.bindparam("its_held")))
    assert filled.write_now(lambda tx: change.run(tx, its_held={"n": 1})) == 1
    found = filled.read_now(lambda tx: ALL.rows(tx)[1])
    assert (found["at"], found["held"]) == (AT, {"n": 1})


def test_returned_columns_are_read(filled: Database) -> None:
    mine = sa.update(samples).where(samples.c.id == sa.bindparam("its_id"))
    change = Statement(mine.values(is_open=False).returning(samples.c.at))
    assert filled.write_now(lambda tx: change.scalar(tx, its_id="a")) == AT
    assert filled.write_now(lambda tx: change.first(tx, its_id="x")) is None


def test_a_missing_value_is_a_bug_that_says_so(filled: Database) -> None:
    with pytest.raises((KeyError, sa.exc.StatementError)):
        filled.read_now(SOME.rows)


def test_a_savepoint_takes_back_its_own_rows_only(filled: Database) -> None:
    def fail(tx: Tx) -> None:
        with savepoint(tx):
            ADD.run_all(tx, [{**ROWS[0], "id": "e"}])
            with savepoint(tx):
                ADD.run_all(tx, [{**ROWS[0], "id": "f"}])
            raise LookupError

    def fill(tx: Tx) -> None:
        ADD.run_all(tx, [{**ROWS[0], "id": "d"}])
        with pytest.raises(LookupError):
            fail(tx)
        with savepoint(tx):
            ADD.run_all(tx, [{**ROWS[0], "id": "g"}])

    filled.write_now(fill)
    assert [row["id"] for row in filled.read_now(ALL.rows)] == ["a", "b", "c", "d", "g"]


def test_what_is_sent_together_is_there_and_answers_come_in_between(filled: Database) -> None:
    def fill(tx: Tx) -> list[str]:
        with together(tx):
            ADD.run(tx, **{**ROWS[0], "id": "d"})
            ADD.run_all(tx, [{**ROWS[1], "id": "e"}, {**ROWS[1], "id": "f"}])
            seen = list(SOME.scalars(tx, ids=["d", "e", "f"]))
            ADD.run(tx, **{**ROWS[0], "id": "g"})
        return seen

    assert filled.write_now(fill) == ["d", "e", "f"]
    assert len(filled.read_now(ALL.rows)) == 7


def test_what_fails_together_is_told_and_takes_all_of_it_back(filled: Database) -> None:
    def fill(tx: Tx) -> None:
        with together(tx):
            ADD.run(tx, **{**ROWS[0], "id": "d"})
            ADD.run(tx, **ROWS[0])

    with pytest.raises((sa.exc.DBAPIError, sqlite3.IntegrityError)):
        filled.write_now(fill)
    assert [row["id"] for row in filled.read_now(ALL.rows)] == ["a", "b", "c"]


def test_how_many_rows_were_changed_is_told_at_the_end_of_what_is_sent_together(filled: Database) -> None:
    change = Statement(sa.update(samples).where(samples.c.id == sa.bindparam("its_id")).values(is_open=False))

    def send(tx: Tx) -> list[tuple[str, int]]:
        told: list[tuple[str, int]] = []
        with together(tx):
            for one in ("a", "x"):
                change.then(tx, lambda number, one=one: told.append((one, number)), its_id=one)
            with together(tx):
                change.then(tx, lambda number: told.append(("b", number)), its_id="b")
        change.then(tx, lambda number: told.append(("c", number)), its_id="c")
        return told

    assert filled.write_now(send) == [("a", 1), ("x", 0), ("b", 1), ("c", 1)]


def test_what_never_changes_may_hold_any_sign(filled: Database) -> None:
    ADD_ODD = {**ROWS[0], "id": "?%'"}
    filled.write_now(lambda tx: ADD.run_all(tx, [ADD_ODD]))
    odd = Statement(sa.select(samples.c.id).where(samples.c.id == "?%'", samples.c.at == AT, samples.c.is_open))
    some = Statement(sa.select(samples.c.id).where(samples.c.id.in_(["?%'", "b"])).order_by(samples.c.id.desc()))
    assert filled.read_now(odd.scalars) == ["?%'"]
    assert sorted(filled.read_now(some.scalars)) == ["?%'", "b"]
    none = Statement(sa.select(samples.c.id).where(samples.c.id.in_([])))
    assert filled.read_now(none.scalars) == []


def test_what_never_changes_stands_in_the_text_so_that_a_partial_index_holds(sqlite_db: Database) -> None:
    def look(tx: Tx) -> str:
        tx.exec_driver_sql("CREATE TABLE odd (id TEXT, state TEXT)")
        tx.exec_driver_sql("CREATE INDEX open_odd ON odd (id) WHERE state = 'open'")
        odd = sa.table("odd", sa.column("id", sa.String()), sa.column("state", sa.String()))
        mine = Statement(sa.select(odd.c.id).where(odd.c.id == sa.bindparam("its_id"), odd.c.state == "open"))
        return str(tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {mine._for(tx.dialect).text}", ("a",)).one()[3])

    assert sqlite_db.write_now(look) == "SEARCH odd USING INDEX open_odd (id=?)"
