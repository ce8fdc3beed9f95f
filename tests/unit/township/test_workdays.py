"""Working time against a walk from minute to minute, and against the published calendar."""

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from township.clock import SHANGHAI
from township.errors import Mistake
from township.workdays import USUAL, Calendar, Day, Span

PUBLISHED = Path(__file__).parents[4] / "shared/data/cn_workdays_2023_2026.jsonl"
CALENDAR = Calendar()
ODD = Calendar(
    {
        date(2026, 11, 23): Day((Span.parse("08:00-08:07"), Span.parse("09:00-09:01"), Span.parse("23:50-00:00"))),
        date(2026, 11, 24): Day(()),
        date(2026, 11, 25): Day((Span.parse("00:00-00:03"),)),
    }
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def walk(calendar: Calendar, start: datetime, minutes: int) -> datetime:
    moment = start
    while minutes:
        minutes -= calendar.is_working(moment)
        moment += timedelta(minutes=1)
    return moment


minutes_of_years = st.integers(0, 365 * 2 * 1440).map(lambda n: at("2025-06-01 00:00") + timedelta(minutes=n))


@given(minutes_of_years, st.integers(1, 6000))
@settings(max_examples=60, deadline=None)
def test_add_agrees_with_a_walk_from_minute_to_minute(start: datetime, minutes: int) -> None:
    assert CALENDAR.add(start, minutes) == walk(CALENDAR, start, minutes)


@given(st.integers(0, 5000).map(lambda n: at("2026-11-22 12:00") + timedelta(minutes=n)), st.integers(1, 900))
@settings(max_examples=60, deadline=None)
def test_odd_days_agree_with_the_walk_too(start: datetime, minutes: int) -> None:
    assert ODD.add(start, minutes) == walk(ODD, start, minutes)


@given(minutes_of_years, st.timedeltas(timedelta(), timedelta(days=40)), st.integers(0, 59_999_999))
@settings(max_examples=400, deadline=None)
def test_add_and_between_are_inverses(start: datetime, work: timedelta, micros: int) -> None:
    start += timedelta(microseconds=micros)
    assert CALENDAR.worked(start, CALENDAR.add(start, work)) == work
    assert CALENDAR.between(start, CALENDAR.add(start, 77)) == 77


@given(minutes_of_years, minutes_of_years)
@settings(max_examples=300, deadline=None)
def test_a_working_moment_is_found_again(start: datetime, end: datetime) -> None:
    start, end = min(start, end), max(start, end)
    if CALENDAR.is_working(end - timedelta(minutes=1)) and CALENDAR.worked(start, end):
        assert CALENDAR.add(start, CALENDAR.worked(start, end)) == end
    assert CALENDAR.worked(end, start) == -CALENDAR.worked(start, end)


def test_lunch_evening_and_a_make_up_sunday() -> None:
    assert CALENDAR.add(at("2026-11-23 11:30"), 60) == at("2026-11-23 14:30")
    assert CALENDAR.add(at("2026-11-22 10:00"), 90) == at("2026-11-23 10:00")
    assert CALENDAR.add(at("2026-09-30 17:00"), 60) == at("2026-10-08 09:00")
    assert CALENDAR.day(date(2026, 2, 14)).spans == USUAL, "a Saturday that was made a working day"


def test_a_year_that_nobody_published_is_estimated_and_says_so() -> None:
    due = CALENDAR.add(at("2026-12-31 16:30"), 120)
    assert due == at("2027-01-04 09:30")
    assert CALENDAR.is_estimated(at("2026-12-31 16:30"), due)
    assert not CALENDAR.is_estimated(at("2026-11-23 09:00"), at("2026-12-31 17:00"))
    assert CALENDAR.add(at("2050-06-01 09:00"), 100_000) > at("2050-12-01 00:00")
    assert CALENDAR.between(at("2019-01-02 08:30"), at("2019-01-02 09:30")) == 60


def test_rows_of_the_town_overrule_the_published_year() -> None:
    flooded = Calendar({date(2026, 11, 23): Day(())})
    assert flooded.add(at("2026-11-23 09:00"), 10) == at("2026-11-24 08:40")


def test_the_next_working_moment_is_now_or_the_next_opening() -> None:
    assert CALENDAR.next_working(at("2026-11-23 09:00")) == at("2026-11-23 09:00")
    assert CALENDAR.next_working(at("2026-11-21 13:00")) == at("2026-11-23 08:30")


@pytest.mark.parametrize("text", ["8:30", "12:00-08:00", "08:30-25:00", ""])
def test_a_span_that_cannot_be_is_a_mistake(text: str) -> None:
    with pytest.raises(Mistake):
        Span.parse(text)


def test_overlapping_spans_and_time_backwards_are_mistakes() -> None:
    with pytest.raises(Mistake):
        Calendar({date(2026, 1, 1): Day((Span(0, 10), Span(5, 20)))})
    with pytest.raises(Mistake):
        CALENDAR.add(at("2026-11-23 09:00"), -1)


@pytest.mark.skipif(not PUBLISHED.exists(), reason="the published days 2023-2026 are not beside the checkout")
def test_every_published_day_agrees() -> None:
    rows = [json.loads(line) for line in PUBLISHED.read_text().splitlines()]
    assert len(rows) == 1461
    assert all(bool(CALENDAR.day(date.fromisoformat(row["date"])).spans) == row["workday"] for row in rows)
