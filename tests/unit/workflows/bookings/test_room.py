"""What is free is counted like somebody who looks at every hour."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from township.clock import SHANGHAI
from workflows.bookings.room import Span, Taken, free, most_taken, nearest

ZERO = datetime(2026, 11, 23, tzinfo=SHANGHAI)
HOURS = st.integers(0, 72)


def at(hour: int) -> datetime:
    return ZERO + timedelta(hours=hour)


@st.composite
def spans(draw: st.DrawFn) -> tuple[int, int]:
    begins = draw(HOURS)
    return begins, begins + draw(st.integers(1, 30))


TAKEN = st.lists(st.tuples(st.integers(1, 9), spans(), st.booleans()), max_size=8)


def rows(taken: list[tuple[int, tuple[int, int], bool]]) -> list[Taken]:
    return [Taken(amount, at(span[0]), None if lost else at(span[1])) for amount, span, lost in taken]


def by_the_hour(taken: list[tuple[int, tuple[int, int], bool]], begins: int, ends: int) -> int:
    def out(hour: int) -> int:
        return sum(amount for amount, span, lost in taken if span[0] <= hour and (lost or hour < span[1]))

    return max(out(hour) for hour in range(begins, ends))


@given(TAKEN, spans())
def test_the_busiest_moment_is_that_of_every_hour_looked_at(
    taken: list[tuple[int, tuple[int, int], bool]], span: tuple[int, int]
) -> None:
    assert most_taken(rows(taken), Span(at(span[0]), at(span[1]))) == by_the_hour(taken, *span)


@given(TAKEN, spans(), st.integers(1, 12), st.integers(1, 12))
def test_the_nearest_day_is_the_first_with_enough(
    taken: list[tuple[int, tuple[int, int], bool]], span: tuple[int, int], amount: int, wanted: int
) -> None:
    found = nearest(amount, rows(taken), Span(at(span[0]), at(span[1])), wanted, days=8)
    days = [n for n in range(1, 9) if amount - by_the_hour(taken, span[0] + 24 * n, span[1] + 24 * n) >= wanted]
    assert (found is None) == (not days)
    if found is not None:
        assert found == Span(at(span[0]), at(span[1])).later(days[0])


def test_more_out_than_there_is_leaves_nothing_and_never_less() -> None:
    assert free(3, [Taken(5, at(0), at(9))], Span(at(1), at(2))) == 0


def test_who_brings_back_at_noon_and_who_takes_at_noon_need_one_between_them() -> None:
    taken = [Taken(1, at(0), at(12)), Taken(1, at(12), at(20))]
    assert most_taken(taken, Span(at(0), at(20))) == 1
