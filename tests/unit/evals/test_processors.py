"""What the processors did: shares between two readings."""

from evals.bench.processors import parsed, ticks

BEFORE = "cpu  100 0 50 800 10 0 5 35 7 0\ncpu0 1 1 1 1\n"
AFTER = "cpu  140 0 60 820 10 0 5 65 9 0\ncpu0 1 1 1 1\n"


def test_what_others_took_is_neither_busy_nor_idle() -> None:
    assert parsed(AFTER).since(parsed(BEFORE)) == {"busy": 0.5, "stolen": 0.3}


def test_two_readings_at_once_divide_by_nothing() -> None:
    assert parsed(BEFORE).since(parsed(BEFORE)) == {"busy": 0.0, "stolen": 0.0}


def test_this_machine_has_worked() -> None:
    now = ticks()
    assert 0 <= now.idle + now.stolen <= now.whole
