"""Clocks against a walk from minute to minute, whatever runs and rests; and their explanation in words."""

from datetime import datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from township.clock import SHANGHAI
from township.errors import Mistake
from township.workdays import Calendar
from workflows.clocks.deadlines import Clock, Segment, due, explain, is_late, next_step, spent
from workflows.clocks.durations import parse
from workflows.definition import ClockKind
from workflows.house import house, texts

CALENDAR = Calendar()
START = datetime(2026, 11, 20, 16, 0, tzinfo=SHANGHAI)


def clock(*segments: Segment, within: str = "4 working hours") -> Clock:
    return Clock("done", "办好", ClockKind.DOING, parse(within), segments, house().late)


def walked(one: Clock) -> datetime:
    """The deadline by walking: a minute counts if the clock runs and, for working time, people work."""
    left = one.within.length(CALENDAR) + one.extended
    moment = one.segments[0].since
    while left > timedelta():
        running = [segment for segment in one.segments if segment.since <= moment][-1].runs
        if running and (not one.is_working or CALENDAR.is_working(moment)):
            left -= timedelta(minutes=1)
        moment += timedelta(minutes=1)
    return moment


@given(
    gaps=st.lists(st.integers(1, 900), max_size=5),
    within=st.sampled_from(["30 minutes", "4 working hours", "2 working days", "2 days", "90 工作分钟"]),
    offset=st.integers(0, 4000),
)
@example(gaps=[90, 1], within="90 工作分钟", offset=0)
@settings(max_examples=120, deadline=None)
def test_a_deadline_is_what_a_walk_finds(gaps: list[int], within: str, offset: int) -> None:
    moment = START + timedelta(minutes=offset)
    segments = [Segment(moment)]
    for number, gap in enumerate(gaps):
        moment += timedelta(minutes=gap)
        segments.append(Segment(moment, "villager" if number % 2 == 0 else ""))
    one = clock(*segments, within=within)
    if not one.is_running:
        assert due(one, CALENDAR) is None
        return
    ends = walked(one)
    found = due(one, CALENDAR)
    if ends > segments[-1].since:
        assert found == ends
    assert is_late(one, ends, CALENDAR)


def test_resting_stops_the_clock_and_going_on_keeps_what_was_spent() -> None:
    one = clock(Segment(START)).rests("villager", START + timedelta(minutes=30))
    assert spent(one, START + timedelta(days=9), CALENDAR) == timedelta(minutes=30)
    assert one.rests("villager", START + timedelta(hours=1)) == one
    again = one.goes_on(datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI))
    assert due(again, CALENDAR) == datetime(2026, 11, 23, 14, 30, tzinfo=SHANGHAI)


def test_late_steps_come_at_their_share_and_after_the_end() -> None:
    one = clock(Segment(datetime(2026, 11, 23, 8, 30, tzinfo=SHANGHAI)), within="100 working minutes")
    assert next_step(one, CALENDAR) == datetime(2026, 11, 23, 9, 50, tzinfo=SHANGHAI)
    assert next_step(replace(one, fired=1), CALENDAR) == due(one, CALENDAR)
    assert next_step(replace(one, fired=2), CALENDAR) == datetime(2026, 11, 24, 10, 10, tzinfo=SHANGHAI)
    assert next_step(replace(one, fired=3), CALENDAR) is None
    assert next_step(one.rests("outside", one.segments[0].since), CALENDAR) is None


def test_words_name_the_start_the_rest_and_the_end() -> None:
    one = clock(Segment(datetime(2026, 11, 22, 10, 0, tzinfo=SHANGHAI)))
    now = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    said = explain(one, now, CALENDAR, texts())
    assert (
        said == "办好：从 11月22日（周日）10:00 收到消息算起，给 4 小时办公时间。"
        "当时不在办公时间，从 11月23日（周一）8:30 起计时。最晚 11月23日（周一）14:30。"
    )
    resting = explain(one.rests("outside", now), now, CALENDAR, texts())
    assert "等外单位处理，先停表；该给村民的回话不停" in resting
    late = explain(one, datetime(2026, 11, 24, 9, 0, tzinfo=SHANGHAI), CALENDAR, texts())
    assert late.endswith("应在 11月23日（周一）14:30 做到，已经过了。")


def test_the_clock_of_a_stage_tells_of_no_message_and_of_the_day_that_was_set() -> None:
    since = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
    asked = replace(clock(Segment(since), within="7 days"), name="stage.confirm", title="等村民说好没好")
    assert explain(asked, since, CALENDAR, texts()) == (
        "等村民说好没好：从 11月23日（周一）9:00 起，给 7 天。最晚 11月30日（周一）9:00。"
    )
    over = explain(asked.rests("kept", since + timedelta(hours=1)), since + timedelta(hours=2), CALENDAR, texts())
    assert over.endswith("11月23日（周一）10:00 这一步走完了。")
    day = datetime(2026, 11, 27, 8, 30, tzinfo=SHANGHAI)
    outside = replace(clock(Segment(since), within="1 working day"), name="stage.outside", fixed_due=day)
    said = explain(replace(outside, title="外单位在办"), since, CALENDAR, texts())
    assert said == "外单位在办：从 11月23日（周一）9:00 起，到定好的那天。最晚 11月27日（周五）8:30。"


def test_a_deadline_in_a_year_that_nobody_published_says_that_it_is_estimated() -> None:
    one = clock(Segment(datetime(2026, 12, 31, 16, 0, tzinfo=SHANGHAI)), within="3 个工作日")
    said = explain(one, datetime(2026, 12, 31, 16, 0, tzinfo=SHANGHAI), CALENDAR, texts())
    assert "估算" in said


@pytest.mark.parametrize("text", ["", "soon", "0 minutes", "3 fortnights", "-1 天"])
def test_a_length_that_cannot_be_read_is_a_mistake(text: str) -> None:
    with pytest.raises(Mistake, match="unreadable_duration"):
        parse(text)


def test_a_longer_promise_is_said_in_whole_hours() -> None:
    one = replace(clock(Segment(START)), extended=timedelta(hours=21))
    assert "后来延长 21 小时办公时间。" in explain(one, START, CALENDAR, texts())
    assert "后来延长 3.5 小时" in explain(replace(one, extended=timedelta(hours=3.5)), START, CALENDAR, texts())
