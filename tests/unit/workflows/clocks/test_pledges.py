"""A day named in an answer: what is a promise and what is none, and which clocks follow it."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.clock import SHANGHAI
from township.workdays import Calendar
from workflows.clocks import pledges, promises
from workflows.clocks.deadlines import Clock, Segment, due, explain, next_step
from workflows.clocks.durations import parse
from workflows.definition import ClockKind
from workflows.house import house, texts

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)
CALENDAR = Calendar()


def clock(kind: ClockKind = ClockKind.DOING, name: str = "done") -> Clock:
    return Clock(name, "办好", kind, parse("24 working hours"), (Segment(NOW),), house().late)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("下周三前修好", date(2026, 12, 2)),
        ("灯泡没货了，下周三前给您修好", date(2026, 12, 2)),
        ("明天去修", date(2026, 11, 24)),
        ("11月27日前办好", date(2026, 11, 27)),
        ("明天我去看看", None),
        ("下周三前能修好吗", None),
        ("争取下周三前修好", None),
        ("上周三已经修好了", None),
        ("三天内修好", date(2026, 11, 26)),
        ("两天之内给您处理好", date(2026, 11, 25)),
        ("三天就能修好", date(2026, 11, 26)),
        ("24小时内恢复供水", date(2026, 11, 24)),
        ("一周内解决", date(2026, 11, 30)),
        ("这周内修好", date(2026, 11, 29)),
        ("下周内修好", date(2026, 12, 6)),
        ("月底前完工", date(2026, 11, 30)),
        ("12月上旬完成", date(2026, 12, 10)),
        ("3号到5号铺完", date(2026, 12, 5)),
        ("最晚周五修好", date(2026, 11, 27)),
        ("年前修好", date(2027, 2, 5)),
        ("晚上八点前通水", date(2026, 11, 23)),
        ("明天修", date(2026, 11, 24)),
        ("三个工作日内办结", date(2026, 11, 26)),
        ("5个工作日办完", date(2026, 11, 30)),
        ("国庆节后第一个工作日修好", None),
        ("早日修好", None),
        ("过两天就修", None),
        ("用了三天修好", None),
        ("三天前修好的", None),
        ("这个礼拜修不好", None),
        ("每周五来修", None),
        ("自2024年以来没修好", None),
        ("要是不下雨，明天修好", date(2026, 11, 24)),
        ("28号前搞定", date(2026, 11, 28)),
        ("周五前清理完毕", date(2026, 11, 27)),
        ("明天一早安排人疏通", date(2026, 11, 24)),
        ("26号更换井盖", date(2026, 11, 26)),
        ("两个工作日给您个信", date(2026, 11, 25)),
        ("等28号材料来了再修", None),
        ("26号维修队来量尺寸", None),
        ("更换的零件26号到", None),
        ("修好了", None),
        ("", None),
    ],
)
def test_a_day_in_an_answer(said: str, day: date | None) -> None:
    assert pledges.read(said, NOW, CALENDAR) == day


@given(st.integers(0, 60))
def test_the_clock_ends_with_work_on_that_day_unless_it_is_too_far(days: int) -> None:
    day = NOW.date() + timedelta(days=days)
    ends = pledges.ends(day, CALENDAR)
    moved = promises.pledged({"done": clock()}, ends, CALENDAR)["done"]
    latest = CALENDAR.add(CALENDAR.add(NOW, 24 * 60), 10 * CALENDAR.day_minutes)
    assert moved.fixed_due == (ends if ends <= latest else None)
    assert due(moved, CALENDAR) == (ends if ends <= latest else due(clock(), CALENDAR))
    assert next_step(moved, CALENDAR) <= due(moved, CALENDAR)  # type: ignore[operator]


def test_what_we_owe_and_what_a_stage_has_stays() -> None:
    ends = NOW + timedelta(days=2)
    others = {"answer": clock(ClockKind.TELLING, "answer"), "stage.dispatch": clock(name="stage.dispatch")}
    assert promises.pledged(others, ends, CALENDAR) == others
    resting = {"done": clock().rests("kept", NOW)}
    assert promises.pledged(resting, ends, CALENDAR) == resting


def test_the_clock_says_who_named_the_day() -> None:
    moved = promises.pledged({"done": clock()}, pledges.ends(date(2026, 12, 2), CALENDAR), CALENDAR)["done"]
    said = explain(moved, NOW, CALENDAR, texts())
    assert "经办人答应 12月2日（周三） 前办好，按这个日子算。" in said
    assert said.endswith("最晚 12月2日（周三）17:30。")
