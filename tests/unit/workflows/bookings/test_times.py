"""When a booking is: values of forms as spans, and the times that a service offers."""

from datetime import datetime
from typing import Any

import pytest

from township.clock import SHANGHAI
from township.workdays import Calendar
from workflows.bookings import times
from workflows.bookings.room import Span
from workflows.bookings.supply import Slots
from workflows.definition import FieldKind

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)
CALENDAR = Calendar()


def at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("value", "span"),
    [
        ("2026-11-25", Span(at(25), at(26))),
        ("2026-11-25T15:30", Span(at(25, 15, 30), at(26))),
        ({"from": "2026-11-25", "to": "2026-11-27"}, Span(at(25), at(28))),
        ({"from": "2026-11-25T09:00", "to": "2026-11-25T11:00"}, Span(at(25, 9), at(25, 11))),
        ({"ref": "x"}, None),
        (None, None),
        (3, None),
    ],
)
def test_a_value_is_a_span(value: Any, span: Span | None) -> None:
    assert times.span_of(value) == span


def slots(**more: Any) -> Slots:
    return Slots.model_validate({"hours": ["09:00-11:00", "14:00-16:00"], "ahead": 7, **more})


def test_what_has_begun_today_is_offered_no_more() -> None:
    first = next(times.offered(slots(), NOW, CALENDAR))
    assert first == Span(at(23, 14), at(23, 16))


def test_only_named_days_and_working_days_are_offered() -> None:
    days = {one.begins.isoweekday() for one in times.offered(slots(days=[3, 6]), NOW, CALENDAR)}
    assert days == {3, 6}
    assert {one.begins.isoweekday() for one in times.offered(slots(days=[3, 6], working=True), NOW, CALENDAR)} == {3}


def test_notice_and_days_ahead_bound_what_is_offered() -> None:
    found = [one.begins.day for one in times.offered(slots(notice=2, hours=[]), NOW, CALENDAR)]
    assert (found[0], found[-1]) == (25, 30)


@pytest.mark.parametrize(
    ("said", "hour"),
    [
        ({"from": "2026-11-25T09:00", "to": "2026-11-25T11:00"}, 9),
        ({"from": "2026-11-25T10:00", "to": "2026-11-25T10:30"}, 9),
        ({"from": "2026-11-25T12:00", "to": "2026-11-25T18:00"}, 14),
        ({"from": "2026-11-25", "to": "2026-11-25"}, None),
        ({"from": "2026-11-25T20:00", "to": "2026-11-25T21:00"}, None),
    ],
)
def test_what_somebody_says_means_the_time_in_which_it_begins_or_the_only_one_it_holds(
    said: Any, hour: int | None
) -> None:
    found = times.meant(slots(), said, NOW, CALENDAR)
    assert (found.begins.hour if found else None) == hour


def test_a_time_is_kept_as_its_field_reads_it() -> None:
    span = Span(at(25, 9), at(25, 11))
    assert times.span_of(times.value_of(span, FieldKind.PERIOD)) == span
    assert times.value_of(Span(at(25), at(26)), FieldKind.DATE) == "2026-11-25"
