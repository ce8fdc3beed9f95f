"""Who still asks for proofs, as rows on both engines: bodies and counts, and no way back to a person."""

from datetime import date

import sqlalchemy as sa

from township.db import Database
from workflows.seals import demands
from workflows.seals.demands import Demand
from workflows.seals.models import demands as rows

TOWN = "shilizhen"
NOVEMBER = date(2026, 11, 1)


def note(db: Database, paper: str, body: str, day: date) -> None:
    db.write_now(lambda tx: demands.note(tx, TOWN, paper, body, day))


def test_a_month_is_counted_by_body_and_paper(db: Database) -> None:
    for day in (1, 15, 30):
        note(db, "R08", "银行", date(2026, 11, day))
    note(db, "R08", "学校", date(2026, 11, 30))
    note(db, "R08", "银行", date(2026, 12, 1))
    found = db.read_now(lambda tx: demands.of_month(tx, TOWN, NOVEMBER))
    assert found == [Demand("银行", "婚姻状况证明", 8, 3, 0), Demand("学校", "婚姻状况证明", 8, 1, 0)]
    assert db.read_now(lambda tx: demands.months(tx, TOWN)) == [date(2026, 12, 1), NOVEMBER]


def test_one_that_insists_is_marked_once_for_each_time(db: Database) -> None:
    note(db, "R08", "银行", NOVEMBER)
    note(db, "R08", "银行", NOVEMBER)
    for _ in range(3):
        db.write_now(lambda tx: demands.insist(tx, TOWN, "R08", "银行"))
    (found,) = db.read_now(lambda tx: demands.of_month(tx, TOWN, NOVEMBER))
    assert (found.times, found.insisted) == (2, 2)


def test_a_row_knows_the_day_and_nothing_of_who_asked(db: Database) -> None:
    note(db, "R08", "银行", NOVEMBER)
    (row,) = db.read_now(lambda tx: list(tx.execute(sa.select(rows)).mappings()))
    assert set(row) == {"id", "town_id", "on_day", "paper", "body", "insisted", "policy"}
    assert row["on_day"] == NOVEMBER


def test_a_row_of_a_policy_that_is_no_more_is_still_counted(db: Database) -> None:
    note(db, "R99", "银行", NOVEMBER)
    (found,) = db.read_now(lambda tx: demands.of_month(tx, TOWN, NOVEMBER))
    assert (found.paper, found.item) == ("R99", 0)
