"""The calendar of a town: its rows overrule the published year, and an import moves the open deadlines."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
import sqlalchemy as sa

from skills.player import TOWN
from township.clock import SHANGHAI, TurnedClock
from township.db import Database
from township.errors import Mistake
from workflows import calendars, cases, timers
from workflows.models import calendar_days
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
