"""When a rule holds."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from knowledge.validity import Term, in_force

DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))
MAYBE = st.none() | DAYS
MARCH = date(2026, 3, 1)


def test_first_and_last_day_count() -> None:
    term = Term(MARCH, date(2026, 3, 31))
    assert [term.holds_on(MARCH + timedelta(n)) for n in (-1, 0, 30, 31)] == [False, True, True, False]


def test_without_dates_it_always_holds() -> None:
    assert Term(None, None).holds_on(MARCH)


def test_a_successor_ends_the_rule_the_day_before() -> None:
    assert Term(None, None).ended_by(MARCH) == Term(None, date(2026, 2, 28))
    assert Term(None, date(2025, 12, 31)).ended_by(MARCH).last == date(2025, 12, 31)


def test_the_keeper_is_warned_sixty_days_before() -> None:
    term = Term(None, MARCH)
    assert term.runs_out_soon(MARCH - timedelta(60))
    assert not term.runs_out_soon(MARCH - timedelta(61))
    assert not term.runs_out_soon(MARCH + timedelta(1))


@given(MAYBE, MAYBE, DAYS, DAYS)
def test_a_rule_and_its_successor_never_hold_on_the_same_day(
    first: date | None, last: date | None, starts: date, day: date
) -> None:
    old, new = Term(first, last).ended_by(starts), Term(starts, None)
    assert len(in_force([("old", old), ("new", new)], day)) <= 1
