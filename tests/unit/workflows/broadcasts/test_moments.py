"""Times as people say them, by table; today is Monday 2026-11-23, nine o'clock."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from township.clock import SHANGHAI
from workflows.broadcasts.moments import find
from workflows.broadcasts.policy import Level, nearest, quiet

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=SHANGHAI)

MINUTES = {
    "今晚七点半": "11-23 19:30",
    "今天晚上七点": "11-23 19:00",
    "今晚8点": "11-23 20:00",
    "明早八点": "11-24 08:00",
    "明天早上8点半": "11-24 08:30",
    "明晚八点": "11-24 20:00",
    "明儿上午十点": "11-24 10:00",
    "后天下午三点": "11-25 15:00",
    "大后天十九点": "11-26 19:00",
    "周五上午十点": "11-27 10:00",
    "下周二8:30": "12-01 08:30",
    "星期天早上九点": "11-29 09:00",
    "11月25日晚上7点": "11-25 19:00",
    "十一月二十五号八点一刻": "11-25 08:15",
    "27号下午两点": "11-27 14:00",
    "十五号上午九点": "12-15 09:00",
    "八点": "11-23 20:00",
    "十点": "11-23 10:00",
    "三点": "11-23 15:00",
    "明天三点": "11-24 15:00",
    "周一八点": "11-23 20:00",
    "十九点三十分": "11-23 19:30",
    "19：05": "11-23 19:05",
    "晌午十一点半": "11-23 11:30",
    "下午两点三刻": "11-23 14:45",
    "傍晚六点": "11-23 18:00",
    "半小时后": "11-23 09:30",
    "20分钟后": "11-23 09:20",
    "两个小时以后": "11-23 11:00",
    "早上七点": "11-24 07:00",
    "晚上十二点": "11-24 00:00",
}
RULES = {
    "每天晚上七点": ("FREQ=DAILY", "11-23 19:00"),
    "每周一早上八点": ("FREQ=WEEKLY;BYDAY=MO", "11-30 08:00"),
    "每周一、三、五早上七点": ("FREQ=WEEKLY;BYDAY=MO,WE,FR", "11-25 07:00"),
    "每个星期六上午九点": ("FREQ=WEEKLY;BYDAY=SA", "11-28 09:00"),
    "每月1号上午九点": ("FREQ=MONTHLY;BYMONTHDAY=1", "12-01 09:00"),
    "每月三十一号上午九点": ("FREQ=MONTHLY;BYMONTHDAY=31", "12-31 09:00"),
    "每个工作日早上七点": ("FREQ=DAILY", "11-24 07:00"),
}


def said(moment: datetime | None) -> str:
    return f"{moment:%m-%d %H:%M}" if moment else ""


@pytest.mark.parametrize(("text", "minute"), MINUTES.items())
def test_a_time_is_read_as_people_mean_it(text: str, minute: str) -> None:
    found = find(text, NOW)
    assert found is not None
    assert said(found.spoken.settle(NOW)) == minute
    assert (found.start, found.end) == (0, len(text))


@pytest.mark.parametrize(("text", "expected"), RULES.items())
def test_a_rule_is_read_with_its_first_minute(text: str, expected: tuple[str, str]) -> None:
    found = find(text, NOW)
    assert found is not None
    assert (found.spoken.rule, said(found.spoken.settle(NOW))) == expected


@pytest.mark.parametrize("text", ["明天", "今晚", "周五上午", "晚上"])
def test_a_day_without_an_hour_is_no_minute(text: str) -> None:
    found = find(text, NOW)
    assert found is not None
    assert not found.spoken.is_whole


@pytest.mark.parametrize("text", ["停水", "三组", "25点", "八十三岁", "", "一家一户"])
def test_other_words_are_no_time(text: str) -> None:
    assert find(text, NOW) is None


@pytest.mark.parametrize("text", ["今天凌晨三点", "今天八点整早上"])
def test_a_minute_that_has_passed_is_none(text: str) -> None:
    found = find(text, NOW)
    assert found is not None
    assert found.spoken.settle(NOW) is None or found.spoken.settle(NOW) > NOW  # type: ignore[operator]


CORRECTIONS = [
    ("今晚七点半", "八点", "11-23 20:00"),
    ("今晚七点半", "明早八点", "11-24 08:00"),
    ("今晚七点半", "后天", "11-25 19:30"),
    ("今晚七点半", "明晚", "11-24 19:30"),
    ("今晚七点半", "下午三点", "11-23 15:00"),
    ("明早八点", "九点", "11-24 09:00"),
    ("每周一早上八点", "九点", "11-30 09:00"),
    ("每周一早上八点", "周五", "11-27 08:00"),
    ("今晚七点半", "每天", "11-23 19:30"),
    ("现在", "今晚八点", "11-23 20:00"),
]


@pytest.mark.parametrize(("before", "now", "minute"), CORRECTIONS)
def test_a_correction_keeps_what_it_does_not_name(before: str, now: str, minute: str) -> None:
    first, second = find(before, NOW), find(now, NOW)
    assert first is not None
    assert second is not None
    assert said(second.spoken.over(first.spoken).settle(NOW)) == minute


@given(st.integers(0, 2 * 366 * 1440), st.sampled_from(Level))
def test_quiet_hours_offer_minutes_outside_them(ahead: int, level: Level) -> None:
    moment = NOW + timedelta(minutes=ahead)
    found = quiet(level, moment)
    minute = moment.hour * 60 + moment.minute
    is_quiet = minute >= 21 * 60 or minute < 6 * 60 + 30 or 12 * 60 <= minute < 14 * 60
    assert (found is not None) == (is_quiet and level is not Level.URGENT)
    assert all(quiet(level, one) is None for one in nearest(level, moment, moment))
