"""Ten thousand random clocks against a walk from minute to minute, over New Year 2027 as well."""

from bisect import bisect_left
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate, pairwise
from random import Random

import pytest

from township.clock import SHANGHAI
from township.workdays import Calendar
from workflows.clocks.deadlines import Clock, Segment, due, explain, is_late, next_step, spent
from workflows.clocks.durations import parse
from workflows.definition import ClockKind
from workflows.house import house, texts

CALENDAR = Calendar()
START = datetime(2026, 9, 20, tzinfo=SHANGHAI)
DAYS = 200
LENGTHS = ("30 minutes", "2 working hours", "24 working hours", "1 working day", "10 working days", "3 days", "1 week")


@cache
def worked() -> list[int]:
    """How many working minutes a walker has met, minute by minute."""
    return [0, *accumulate(CALENDAR.is_working(START + timedelta(minutes=n)) for n in range(DAYS * 1440))]


def walked(segments: list[tuple[int, bool]], minutes: int, *, working: bool) -> tuple[int, int]:
    """Walk: a minute counts if the clock runs and, for working time, people work. Where it ends, and what was spent
    when the last segment began."""
    left, met = minutes, worked()
    for (start, runs), (end, _) in pairwise(segments):
        left -= (met[end] - met[start] if working else end - start) if runs else 0
    spent_before, last = minutes - left, segments[-1][0]
    if not working:
        return last + left, spent_before
    return bisect_left(met, met[last] + left, lo=last), spent_before


@pytest.mark.parametrize("seed", range(10))
def test_a_thousand_deadlines_are_where_a_walk_ends(seed: int) -> None:
    random = Random(seed)
    for _ in range(1000):
        moments = sorted(random.sample(range(120 * 1440), random.choice((1, 3, 5))))
        segments = [(moment, number % 2 == 0) for number, moment in enumerate(moments)]
        within = parse(random.choice(LENGTHS))
        log = tuple(Segment(START + timedelta(minutes=at), "" if runs else "villager") for at, runs in segments)
        clock = Clock("done", "办好", ClockKind.DOING, within, log, house().late)
        minutes = round(within.length(CALENDAR).total_seconds() / 60)
        end, before = walked(segments, minutes, working=within.is_working)
        assert spent(clock, log[-1].since, CALENDAR) == timedelta(minutes=before)
        if before < minutes:
            assert due(clock, CALENDAR) == START + timedelta(minutes=end), (within, log)
        else:
            assert is_late(clock, log[-1].since + timedelta(minutes=1), CALENDAR)


def test_over_new_year_nothing_crashes_and_estimates_are_marked() -> None:
    for hours in range(0, 24 * 40, 5):
        since = datetime(2026, 12, 15, tzinfo=SHANGHAI) + timedelta(hours=hours)
        clock = Clock("done", "办好", ClockKind.DOING, parse("10 working days"), (Segment(since),), house().late)
        ends = due(clock, CALENDAR)
        assert ends is not None
        assert next_step(clock, CALENDAR) is not None
        said = explain(clock, since, CALENDAR, texts())
        assert ("估算" in said) == (ends.year > 2026), said
