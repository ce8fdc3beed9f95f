"""The day that a question names."""

from datetime import date

import pytest

from knowledge.language import days

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("今天停水吗", date(2026, 11, 23)),
        ("大后天呢", date(2026, 11, 26)),
        ("周三还停水吗", date(2026, 11, 25)),
        ("星期天开门吗", date(2026, 11, 29)),
        ("下周一上班不", date(2026, 11, 30)),
        ("国庆大厅上班不", date(2027, 10, 1)),
        ("元旦办户口不", date(2027, 1, 1)),
        ("大年初一有人不", date(2027, 2, 6)),
        ("25号停水吗", date(2026, 11, 25)),
        ("12月1日开门吗", date(2026, 12, 1)),
    ],
)
def test_a_day_is_read(question: str, day: date) -> None:
    assert days.asked(question, MONDAY) == day


@pytest.mark.parametrize("question", ["停水了打谁", "3号窗口办啥", "上个月5号停的水", "2月30日开门吗"])
def test_no_day_to_come_is_none(question: str) -> None:
    assert days.asked(question, MONDAY) is None


def test_the_moon_is_said_as_people_say_it() -> None:
    assert days.lunar(date(2026, 12, 16)) == ("冬月", "初八")
    assert days.lunar(date(2027, 2, 6)) == ("正月", "初一")
    assert days.weekday(MONDAY) == "星期一"
