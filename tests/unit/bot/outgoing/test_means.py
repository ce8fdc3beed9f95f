"""By which account a person is reached, and until when nobody is nudged."""

from datetime import UTC, datetime
from typing import Any

import pytest

from bot.outgoing.carried import Postponed
from bot.outgoing.means import Means, Staff
from township.clock import SHANGHAI, TurnedClock
from township.directory import Reach
from township.workdays import Calendar

NOTHING: Any = None


def means(at: datetime) -> Means:
    ours: Any = {"main": NOTHING, "second": NOTHING}
    return Means(NOTHING, TurnedClock(at), Calendar(), ours, NOTHING)


@pytest.mark.parametrize(
    ("ways", "staff"),
    [
        ([], None),
        ([Reach("phone", "13900000000", None)], None),
        ([Reach("staff", "v-0101", "elsewhere")], None),
        ([Reach("sender", "x", "main"), Reach("staff", "v-0101", "main")], Staff("main", "v-0101")),
        ([Reach("staff", "a", "elsewhere"), Reach("staff", "b", "second")], Staff("second", "b")),
        ([Reach("staff", "a", "main"), Reach("staff", "b", "second")], Staff("main", "a")),
    ],
)
def test_a_person_is_reached_by_the_first_account_of_ours(ways: list[Reach], staff: Staff | None) -> None:
    assert means(datetime(2026, 11, 23, 2, tzinfo=UTC)).staff(ways) == staff


def test_in_the_day_nobody_waits() -> None:
    assert means(datetime(2026, 11, 23, 10, tzinfo=SHANGHAI)).night() is None


def test_at_night_a_nudge_waits_for_the_morning() -> None:
    asked = means(datetime(2026, 11, 23, 22, tzinfo=SHANGHAI)).night()
    assert asked == Postponed(datetime(2026, 11, 24, 8, tzinfo=SHANGHAI))


def test_an_empty_purse_waits_for_the_first_working_day_of_the_next_month() -> None:
    waits = means(datetime(2026, 10, 23, 10, tzinfo=SHANGHAI)).next_month()
    assert waits == Postponed(datetime(2026, 11, 2, 8, tzinfo=SHANGHAI))
