"""The calendar of a town: its rows overrule the published year, and an import moves the open deadlines."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from skills.rehearsal.founding import TOWN
from township.clock import SHANGHAI, TurnedClock
from township.db import Database
from township.errors import Mistake
from workflows import cases
from workflows.clocks import calendars, daytable, timers
from workflows.models import calendar_days, clocks
from workflows.models import cases as rows


def test_an_imported_day_off_moves_the_deadlines_of_open_cases(
    town: Database, report: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    report("m1")
    assert town.read_now(timers.next_due) == datetime(2026, 11, 23, 10, 36, tzinfo=SHANGHAI)
    days = {date(2026, 11, 23): "", date(2026, 11, 24): "09:00-11:00"}
    town.write_now(lambda tx: calendars.set_days(tx, TOWN, days, "示政办〔2026〕9号"))
    assert town.write_now(lambda tx: timers.replan(tx, TOWN)) == 2
    assert town.read_now(lambda tx: tx.execute(sa.select(rows.c.due_at)).scalar()) == datetime(
        2026, 11, 24, 11, 0, tzinfo=SHANGHAI
    )
    assert town.read_now(timers.next_due) == datetime(2026, 11, 24, 10, 36, tzinfo=SHANGHAI)
    assert town.write_now(lambda tx: timers.replan(tx, TOWN)) == 0


def test_a_day_that_cannot_be_read_changes_nothing(town: Database) -> None:
    with pytest.raises(Mistake, match="unreadable_span"):
        town.write_now(lambda tx: calendars.set_days(tx, TOWN, {date(2026, 11, 23): "morning"}, ""))
    assert town.read_now(lambda tx: tx.execute(sa.select(calendar_days)).all()) == []


def test_the_official_table_of_2027_moves_open_deadlines_and_takes_the_estimate_away(
    town: Database, report: Callable[..., cases.Outcome], clock: TurnedClock
) -> None:
    clock.turn_to(datetime(2026, 12, 31, 9, 0, tzinfo=SHANGHAI))
    case = report("m1")
    due = sa.select(rows.c.due_at).where(rows.c.id == case.case_id)
    done = sa.select(clocks.c.due_at).where(clocks.c.case_id == case.case_id, clocks.c.name == "done")
    notice = "2027年：元旦1月1日至5日放假调休。1月9日（星期六）、1月10日（星期日）上班。"
    before = town.read_now(lambda tx: tx.execute(done).scalar_one())
    estimated = town.read_now(lambda tx: calendars.calendar_of(tx, TOWN))
    assert before == datetime(2027, 1, 6, 12, 0, tzinfo=SHANGHAI)
    assert estimated.is_estimated(clock.now(), before)
    tables = daytable.read(notice)
    assert town.write_now(lambda tx: timers.take_tables(tx, TOWN, tables, "样例")) == 1
    after = town.read_now(lambda tx: tx.execute(done).scalar_one())
    assert after == datetime(2027, 1, 8, 12, 0, tzinfo=SHANGHAI)
    assert town.read_now(lambda tx: tx.execute(due).scalar_one()) == datetime(2026, 12, 31, 11, 0, tzinfo=SHANGHAI)
    known = town.read_now(lambda tx: calendars.calendar_of(tx, TOWN))
    assert not known.is_estimated(clock.now(), after)
    assert known.day(date(2027, 1, 9)).spans
    assert town.read_now(lambda tx: len(tx.execute(sa.select(calendar_days)).all())) == 5
