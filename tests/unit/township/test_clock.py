from datetime import UTC, datetime, timedelta

import pytest

from township.clock import SHANGHAI, OffsetClock, SystemClock, TurnedClock
from township.errors import Mistake

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)


def test_system_time_is_aware_in_both_clocks() -> None:
    clock = SystemClock()
    assert clock.now().utcoffset() == timedelta(hours=8)
    assert clock.machine().tzinfo is UTC


def test_a_turned_business_clock_leaves_machine_time_alone() -> None:
    clock = OffsetClock()
    ahead = clock.machine() + timedelta(days=3)
    clock.turn_to(ahead)
    assert abs(clock.now() - ahead) < timedelta(seconds=5)
    assert abs(clock.machine() - datetime.now(UTC)) < timedelta(seconds=5)


def test_business_time_never_runs_back() -> None:
    clock = OffsetClock()
    clock.turn_to(clock.machine() + timedelta(hours=2))
    with pytest.raises(Mistake, match="clock_runs_forward_only"):
        clock.turn_to(clock.machine() + timedelta(hours=1))
    with pytest.raises(Mistake, match="clock_runs_forward_only"):
        TurnedClock(MONDAY).turn_to(MONDAY - timedelta(seconds=1))


def test_a_standing_clock_moves_when_it_is_turned() -> None:
    clock = TurnedClock(MONDAY)
    clock.forward(timedelta(minutes=90))
    assert clock.now() == MONDAY + timedelta(minutes=90)
    assert clock.machine() == MONDAY + timedelta(minutes=90)
